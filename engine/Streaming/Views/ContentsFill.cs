using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// The kept contents of a view that began in the middle, while its history is filled in from the newest to the oldest. Contents hold every
/// row of the buckets after <see cref="UnfilledTo"/>; of earlier ones those that a step has changed, which are right, and those that were
/// put in already. To whoever listens the view is whole all the same: before a row changes that may not be there yet, it is put in as the
/// definition had it before the step.
/// </summary>
/// <remarks>
/// A range of buckets is computed at a sequence while steps go on. What they put in meanwhile is newer and stays; what they take out is
/// noted, so that it does not come back. All calls between two steps, or in one, on one thread at a time.
/// </remarks>
internal sealed class ContentsFill : IDisposable
{
    private readonly BackwardRange range;
    private readonly KeyedRows contents;
    private readonly ViewOptions options;
    private readonly Func<long> frontier;
    private readonly KeyedRows gone;
    private readonly Batch keyView;
    private readonly Batch goneKeys;
    private readonly int[] one = new int[1];
    private long unfilledTo = long.MinValue;
    private byte[] isThere = [];
    private bool isInRange;

    /// <param name="contents">Of the view.</param>
    /// <param name="options">Of the view, with a range.</param>
    /// <param name="frontier">The end of the last step.</param>
    public ContentsFill(KeyedRows contents, ViewOptions options, Func<long> frontier)
    {
        (this.contents, this.options, this.frontier) = (contents, options, frontier);
        range = options.Backward!;
        var schema = new BatchSchema([.. contents.KeyColumns.Select(k => contents.Schema[k])]);
        gone = new KeyedRows(
            options.Name,
            schema,
            [.. Enumerable.Range(0, schema.ColumnCount)],
            options.Evaluation.Pool
        );
        keyView = Batch.CreateView(schema);
        goneKeys = Batch.Allocate(schema, 1, options.Evaluation.Pool);
    }

    /// <summary>The latest bucket whose rows may be missing; the least value where nothing is. May be read on any thread.</summary>
    public long UnfilledTo => Volatile.Read(ref unfilledTo);

    /// <summary>True where all rows are there.</summary>
    public bool IsComplete => UnfilledTo == long.MinValue;

    /// <summary>Says that rows of this bucket and of earlier ones are missing.</summary>
    public void Begin(long bucket) => Volatile.Write(ref unfilledTo, bucket);

    /// <summary>The next range is being computed at the frontier: from here on it is noted what is taken out.</summary>
    public void BeginRange()
    {
        isInRange = true;
        gone.Clear();
    }

    /// <summary>Puts in rows of the range, as they were at its beginning.</summary>
    public void PutIn(Batch rows)
    {
        if (gone.RowCount == 0)
        {
            contents.AddMissing(rows, default);
            return;
        }

        isThere = isThere.Length < rows.RowCount ? new byte[Math.Max(rows.RowCount, Batch.VectorRows)] : isThere;
        gone.FindKeys(KeysOf(rows), isThere);
        contents.AddMissing(rows, isThere);
    }

    /// <summary>All rows of the range were put in.</summary>
    /// <param name="bucket">The latest bucket that is missing still; the least value for none.</param>
    public void EndRange(long bucket)
    {
        isInRange = false;
        gone.Clear();
        Volatile.Write(ref unfilledTo, bucket);
    }

    /// <summary>Sees changes before they are applied to the contents.</summary>
    /// <param name="delta">The changes.</param>
    /// <param name="isTold">True where somebody is told of them.</param>
    public void Prepare(in DeltaBatch delta, bool isTold)
    {
        var buckets = delta.Rows[range.BucketColumn].Values<long>();
        var hasLooked = false;
        for (var row = 0; row < delta.RowCount; row++)
        {
            if (buckets[row] > UnfilledTo)
            {
                continue;
            }

            if (isTold)
            {
                if (!hasLooked)
                {
                    isThere = isThere.Length < delta.RowCount ? new byte[delta.RowCount] : isThere;
                    contents.FindKeys(delta.Rows, isThere);
                    hasLooked = true;
                }

                if (isThere[row] == 0)
                {
                    PutInAsItWas(delta.Rows, row);
                }
            }

            if (isInRange && delta.IsDelete(row))
            {
                NoteGone(delta.Rows, row);
            }
        }
    }

    /// <summary>Writes how far it is.</summary>
    public void Save(StateWriter writer) => writer.Write(UnfilledTo);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(StateReader reader) => Begin(reader.Read<long>());

    /// <inheritdoc/>
    public void Dispose()
    {
        gone.Dispose();
        goneKeys.Dispose();
    }

    // A row that was taken out in the range is not there before the step either: the definition says so.
    private void PutInAsItWas(Batch rows, int row)
    {
        if (frontier() is var before && before <= 0)
        {
            return;
        }

        using var reader = options.History.Derive(range.NarrowToKey(rows, row, options.Evaluation.Symbols), before);
        while (reader.Next() is { } found)
        {
            contents.AddMissing(found, default);
        }
    }

    private void NoteGone(Batch rows, int row)
    {
        one[0] = row;
        goneKeys.Clear();
        goneKeys.AppendGather(KeysOf(rows), one);
        gone.Apply(new DeltaBatch(goneKeys));
    }

    private Batch KeysOf(Batch rows)
    {
        for (var i = 0; i < keyView.ColumnCount; i++)
        {
            keyView[i].Borrow(rows[contents.KeyColumns[i]], 0, rows.RowCount);
        }

        keyView.SetRowCount(rows.RowCount);
        return keyView;
    }
}
