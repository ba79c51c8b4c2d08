using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Streaming.Law;

/// <summary>
/// What the deltas of a view add up to, applied one after the other to nothing: plain, and strict about what deltas may say: what
/// one says that a row was before must be what it was.
/// </summary>
internal sealed class DeltaMap(KeyedPlan plan, ISymbolTable symbols)
{
    private static readonly BytesComparer Bytes = new();
    private readonly int[] all = [.. Enumerable.Range(0, plan.Plan.Schema.ColumnCount)];
    private readonly int[] visible = [.. Enumerable.Range(0, plan.VisibleCount)];
    private readonly Dictionary<byte[], (byte[] All, byte[] Visible)> rows = new(Bytes);
    private readonly HashSet<byte[]> touched = new(Bytes);
    private readonly Dictionary<byte[], byte[]?> before = new(Bytes);

    /// <summary>Deltas of the last step that left a row as it was, in sum.</summary>
    public int EmptyChanges { get; private set; }

    /// <summary>Rows there are.</summary>
    public int Count => rows.Count;

    /// <summary>Applies changes.</summary>
    /// <param name="delta">The changes.</param>
    /// <param name="appendOnly">True where no key may come a second time.</param>
    /// <param name="keysOnce">True where a key may come once a step only.</param>
    /// <param name="tellsOld">
    /// True where the delta has to say rightly which rows were there before; else it may also take out what is not there.
    /// </param>
    public void Apply(in DeltaBatch delta, bool appendOnly, bool keysOnce, bool tellsOld)
    {
        for (var row = 0; row < delta.RowCount; row++)
        {
            var key = CanonicalRows.Of(delta.Rows, row, plan.KeyColumns, symbols);
            var there = rows.TryGetValue(key, out var was);
            before.TryAdd(key, there ? was.All : null);
            Require(!appendOnly || !there, "a key came twice from an operator that only appends", delta, row);
            Require(touched.Add(key) || !keysOnce, "a key came twice in one step", delta, row);
            var saysOld = !delta.HasOld.IsEmpty && delta.HasOld[row] != 0;
            Require(
                !tellsOld || saysOld == there,
                $"a row that was {(there ? "" : "not ")}there, and the delta says otherwise",
                delta,
                row
            );
            if (saysOld && delta.Old is { } old)
            {
                var said = CanonicalRows.Of(old, row, all, symbols);
                if (there && !said.AsSpan().SequenceEqual(was.All))
                {
                    throw new LawException(
                        $"the delta says that a row was\n  {CanonicalRows.Describe(said, old.Schema)}\nand it was\n  "
                            + CanonicalRows.Describe(was.All, old.Schema)
                    );
                }
            }

            if (delta.IsDelete(row))
            {
                Require(there || !tellsOld, "a row that is not there was taken out", delta, row);
                rows.Remove(key);
            }
            else
            {
                rows[key] = (
                    CanonicalRows.Of(delta.Rows, row, all, symbols),
                    CanonicalRows.Of(delta.Rows, row, visible, symbols)
                );
            }
        }
    }

    /// <summary>Ends a step, and counts what changed nothing.</summary>
    public void EndStep()
    {
        EmptyChanges = 0;
        foreach (var (key, old) in before)
        {
            var now = rows.TryGetValue(key, out var found) ? found.All : null;
            EmptyChanges +=
                (old is null && now is null) || (old is not null && now is not null && old.AsSpan().SequenceEqual(now))
                    ? 1
                    : 0;
        }

        before.Clear();
        touched.Clear();
    }

    /// <summary>The visible columns of all rows.</summary>
    public List<byte[]> Contents() => [.. rows.Values.Select(r => r.Visible)];

    private void Require(bool holds, string violation, in DeltaBatch delta, int row)
    {
        if (!holds)
        {
            var rowsSchema = delta.Rows.Schema;
            var text = CanonicalRows.Of(delta.Rows, row, delta.IsDelete(row) ? plan.KeyColumns : all, symbols);
            var schema = delta.IsDelete(row)
                ? new BatchSchema([.. plan.KeyColumns.Select(k => rowsSchema[k])])
                : rowsSchema;
            throw new LawException($"{violation}: {CanonicalRows.Describe(text, schema)}");
        }
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj)
        {
            var hash = new HashCode();
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}

/// <summary>Stands at the end of a circuit and applies what comes out.</summary>
internal sealed class DeltaMapOperator(IncrementalOperator root, DeltaMap map)
    : IncrementalOperator(root.Node, root.KeyColumns)
{
    /// <inheritdoc/>
    public override void Push(int input, in DeltaBatch delta) =>
        map.Apply(delta, root.IsAppendOnly, root.EmitsKeysOnce, root.CarriesOld);
}
