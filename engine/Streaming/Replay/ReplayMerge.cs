using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>
/// Merges the tables' cursors into blocks of one total order. With the handful of tables that a replay has, the
/// smallest key is found by looking at all of them; rows are then taken in runs up to the next table's key, so that the
/// look is paid once a run. Memory is one batch a table. In ingest order the same key serves: the ingest clock never
/// runs backwards along the sequence.
/// </summary>
internal sealed class ReplayMerge : IDisposable
{
    private readonly TableCursor[] cursors;

    public ReplayMerge(ReplayOptions options, CancellationToken cancellationToken)
    {
        cursors = new TableCursor[options.Tables.Count];
        try
        {
            for (var i = 0; i < cursors.Length; i++)
            {
                cursors[i] = new TableCursor(options.Tables[i], options, cancellationToken);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        Block = new ReplayBlock(Array.ConvertAll(cursors, c => c.View));
    }

    /// <summary>The block that <see cref="Fill"/> fills.</summary>
    public ReplayBlock Block { get; }

    /// <summary>Readies the cursors for the next block, and tells the time of its first row.</summary>
    /// <returns>False at the end.</returns>
    public bool TryPeek(out long time)
    {
        time = 0;
        foreach (var cursor in cursors)
        {
            cursor.Advance();
        }

        var first = Smallest(-1);
        if (first < 0)
        {
            return false;
        }

        time = cursors[first].Time;
        return true;
    }

    /// <summary>
    /// Fills the block with the rows due by <paramref name="dueTime"/>, at most <paramref name="rowsMax"/>. The block
    /// ends early where a table's batch is used up, for the next batch would overwrite it.
    /// </summary>
    public void Fill(long dueTime, int rowsMax)
    {
        Block.Clear();
        while (Block.RowCount < rowsMax)
        {
            var first = Smallest(-1);
            if (first < 0 || cursors[first].Time > dueTime)
            {
                return;
            }

            var second = Smallest(first);
            var cursor = cursors[first];
            var (endTime, endSequence) =
                second < 0 ? (long.MaxValue, long.MaxValue) : (cursors[second].Time, cursors[second].Sequence);
            if (dueTime < endTime)
            {
                (endTime, endSequence) = (dueTime, long.MaxValue);
            }

            var startRow = cursor.Row;
            var taken = cursor.TakeBefore(endTime, endSequence, rowsMax - Block.RowCount);
            Block.Add(first, startRow, taken);
            Block.LastTime = cursor.Times[startRow + taken - 1];
            if (cursor.BatchIsTaken)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        foreach (var cursor in cursors)
        {
            cursor?.Dispose();
        }
    }

    private int Smallest(int except)
    {
        var best = -1;
        for (var i = 0; i < cursors.Length; i++)
        {
            if (
                i != except
                && cursors[i].HasRow
                && !cursors[i].BatchIsTaken
                && (best < 0 || ComesBefore(cursors[i], cursors[best]))
            )
            {
                best = i;
            }
        }

        return best;
    }

    private static bool ComesBefore(TableCursor left, TableCursor right) =>
        left.Time < right.Time || (left.Time == right.Time && left.Sequence < right.Sequence);
}
