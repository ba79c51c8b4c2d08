using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// Of the changes put in, the newest of each key. A key that came and went again meanwhile leaves nothing, if the key is the source's own.
/// One thread at a time.
/// </summary>
internal sealed class Conflation : IDisposable
{
    private readonly ChangeShape shape;
    private readonly BlockPool pool;
    private readonly RowKeys keys;
    private readonly bool isOwnKey;
    private readonly Dictionary<byte[], int> newest = new(RowKeyComparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> lookup;
    private readonly List<Change> changes = [];
    private readonly int[] one = new int[1];
    private Batch rows;
    private double textBytes;
    private int next;

    public Conflation(ChangeShape shape, IReadOnlyList<int> keyColumns, BlockPool pool)
    {
        this.shape = shape;
        this.pool = pool;
        var columns = keyColumns.Count == 0 ? shape.KeyColumns : keyColumns;
        isOwnKey = columns.Order().SequenceEqual(shape.KeyColumns.Order());
        keys = new RowKeys(columns);
        lookup = newest.GetAlternateLookup<ReadOnlySpan<byte>>();
        rows = Batch.Allocate(shape.Schema, 64, pool);
    }

    /// <summary>Keys that have a change.</summary>
    public int Count => newest.Count;

    /// <summary>Bytes of the newest rows, roughly. As much again or three times more may be held by rows that are not the newest.</summary>
    public long Bytes =>
        (long)(newest.Count * (shape.RowBytes + 48 + (textBytes / (double)Math.Max(1, rows.RowCount))));

    /// <summary>The newest step of a change that is held.</summary>
    public long Step { get; private set; }

    /// <summary>Puts in changes of a chunk.</summary>
    public void Add(ChangeChunk chunk, int start, int count)
    {
        textBytes += (double)chunk.TextBytes * count / Math.Max(1, chunk.Published);
        for (var row = start; row < start + count; row++)
        {
            var key = keys.Of(chunk.Rows, row);
            var op = chunk.Ops[row];
            var wasThere = op != ChangeOp.Insert;
            if (lookup.TryGetValue(key, out var earlier))
            {
                // What has been taken out already is what the reader knows.
                wasThere = earlier < next ? changes[earlier].Op != ChangeOp.Delete : changes[earlier].WasThere;
                changes[earlier] = changes[earlier] with { IsStale = true };
            }

            one[0] = row;
            lookup[key] = rows.RowCount;
            rows.AppendGather(chunk.Rows, one);
            changes.Add(new Change(op, wasThere, chunk.Causes[row], chunk.Steps[row], IsStale: false));
            Step = Math.Max(Step, chunk.Steps[row]);
        }

        if (next == 0 && rows.RowCount > 4096 && rows.RowCount > newest.Count * 4L)
        {
            Compact();
        }
    }

    /// <summary>
    /// Takes out up to a chunk of changes, in the order in which each key changed last.
    /// </summary>
    /// <param name="target">An empty batch of all columns.</param>
    /// <param name="ops">Gets what each row does.</param>
    /// <param name="causes">Gets why.</param>
    /// <param name="steps">Gets the step of each row.</param>
    /// <param name="maxRows">The most rows wanted.</param>
    /// <param name="isUpsert">True for rows that are put, whether they were there or not.</param>
    /// <returns>Rows taken; 0 once all are out.</returns>
    public int Take(Batch target, ChangeOp[] ops, DeltaCause[] causes, long[] steps, int maxRows, bool isUpsert)
    {
        var taken = 0;
        for (; next < changes.Count && taken < Math.Min(maxRows, ops.Length); next++)
        {
            var change = changes[next];
            var isDelete = change.Op == ChangeOp.Delete;
            if (change.IsStale || (isDelete && !change.WasThere && isOwnKey))
            {
                continue;
            }

            one[0] = next;
            target.AppendGather(rows, one);
            ops[taken] =
                isDelete ? ChangeOp.Delete
                : isUpsert || change.WasThere ? ChangeOp.Update
                : ChangeOp.Insert;
            causes[taken] = change.Cause;
            steps[taken] = change.Step;
            taken++;
        }

        if (next == changes.Count)
        {
            Clear();
        }

        return taken;
    }

    /// <summary>True while some changes have been taken out, and not all.</summary>
    public bool IsBeingTaken => next > 0;

    /// <summary>Drops everything.</summary>
    /// <returns>Keys dropped.</returns>
    public int Clear()
    {
        var dropped = newest.Count;
        newest.Clear();
        changes.Clear();
        rows.Clear();
        (next, Step, textBytes) = (0, 0, 0);
        return dropped;
    }

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();

    private void Compact()
    {
        var live = new List<int>(newest.Count);
        var kept = new List<Change>(newest.Count);
        var moved = new int[changes.Count];
        for (var i = 0; i < changes.Count; i++)
        {
            moved[i] = live.Count;
            if (!changes[i].IsStale)
            {
                live.Add(i);
                kept.Add(changes[i]);
            }
        }

        textBytes *= (double)live.Count / rows.RowCount;
        var smaller = Batch.Allocate(shape.Schema, Math.Max(64, live.Count * 2), pool);
        smaller.AppendGather(rows, live.ToArray());
        rows.Dispose();
        rows = smaller;
        changes.Clear();
        changes.AddRange(kept);
        foreach (var key in newest.Keys.ToArray())
        {
            newest[key] = moved[newest[key]];
        }
    }

    private readonly record struct Change(ChangeOp Op, bool WasThere, DeltaCause Cause, long Step, bool IsStale);
}
