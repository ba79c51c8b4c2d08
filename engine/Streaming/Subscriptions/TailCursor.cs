namespace TickStore.Streaming;

/// <summary>How far one reader has come in a tail. One thread at a time.</summary>
internal sealed class TailCursor
{
    private ChangeChunk? chunk;
    private int row;
    private long rowsTaken;
    private long rowsBefore;
    private long textBefore;

    public TailCursor(ChangeTail tail, ChangeChunk chunk, int row)
    {
        Tail = tail;
        (this.chunk, this.row) = (chunk, row);
        Note();
    }

    public ChangeTail Tail { get; }

    /// <summary>Rows that are not taken yet. Any thread.</summary>
    public long UnreadRows => Tail.RowCount - Volatile.Read(ref rowsTaken);

    /// <summary>Bytes of what is not taken yet, roughly. Any thread.</summary>
    public long UnreadBytes
    {
        get
        {
            // Text is known by chunks: of those not read to their end, as much as rows are unread.
            var unread = UnreadRows;
            var text = Math.Max(0, Tail.TextBytes - Volatile.Read(ref textBefore));
            var rows = Math.Max(1, Tail.RowCount - Volatile.Read(ref rowsBefore));
            return (unread * Tail.Shape.RowBytes) + (long)(text * ((double)unread / rows));
        }
    }

    /// <summary>Takes the next rows of one chunk whose steps end at or before a sequence.</summary>
    /// <param name="throughStep">The last step wanted.</param>
    /// <param name="maxRows">The most rows wanted.</param>
    /// <param name="taken">Holds the rows; the caller releases it.</param>
    /// <param name="start">The first row.</param>
    /// <param name="count">How many.</param>
    /// <returns>False where there are none.</returns>
    public bool TryTake(long throughStep, int maxRows, out ChangeChunk? taken, out int start, out int count)
    {
        while (chunk is not null)
        {
            // In this order: whoever links the next chunk has published all rows of this one before.
            var next = Volatile.Read(ref chunk.Next);
            var available = chunk.Published - row;
            if (available > 0)
            {
                count = Math.Min(CountThrough(throughStep, available), maxRows);
                (taken, start) = (chunk, row);
                if (count == 0)
                {
                    return false;
                }

                chunk.AddReference();
                row += count;
                Note();
                return true;
            }

            if (next is null)
            {
                break;
            }

            next.AddReference();
            var done = chunk;
            (chunk, row) = (next, 0);
            Note();
            Tail.Release(done);
        }

        (taken, start, count) = (null, 0, 0);
        return false;
    }

    /// <summary>The step of the next row, or null where there is none yet.</summary>
    public long? NextStep()
    {
        for (var at = chunk; at is not null; at = Volatile.Read(ref at.Next))
        {
            var from = at == chunk ? row : 0;
            if (at.Published > from)
            {
                return at.Steps[from];
            }
        }

        return null;
    }

    /// <summary>Goes to the end, while no step happens.</summary>
    /// <returns>Rows that were passed over.</returns>
    public long SkipToEnd()
    {
        var unread = UnreadRows;
        while (TryTake(long.MaxValue, ChangeChunk.CapacityRows, out var passed, out _, out _))
        {
            Tail.Release(passed);
        }

        return unread;
    }

    /// <summary>Lets go of the tail.</summary>
    public void Close()
    {
        var done = chunk;
        chunk = null;
        Tail.Release(done);
    }

    private int CountThrough(long step, int available)
    {
        var steps = chunk!.Steps.AsSpan(row, available);
        if (steps[^1] <= step)
        {
            return available;
        }

        var low = 0;
        var high = available;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (steps[middle] <= step)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Note()
    {
        Volatile.Write(ref rowsTaken, chunk!.RowsBefore + row);
        Volatile.Write(ref rowsBefore, chunk.RowsBefore);
        Volatile.Write(ref textBefore, chunk.TextBefore);
    }
}
