using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The rows that an alert has fired, by places that <see cref="AlertHistory.Fired"/> names. When a key is folded again, those that fire
/// again as they did keep their places and make no change: who listens is told of nothing but what a late row has changed.
/// </summary>
internal sealed class AlertFirings(BatchSchema schema, BlockPool pool) : IDisposable
{
    private const int DeadMin = 1024;

    private readonly BatchSchema schema = schema;
    private readonly BlockPool pool = pool;
    private readonly Batch again = Batch.Allocate(schema, 64, pool);
    private readonly List<int> former = [];
    private readonly int[] one = new int[1];
    private int liveCount;

    /// <summary>The rows; some may be of firings that were taken back.</summary>
    public Batch Rows { get; private set; } = Batch.Allocate(schema, 64, pool);

    /// <summary>Adds a firing.</summary>
    /// <returns>Its place.</returns>
    public int Add(Batch rows, int row, long nanos)
    {
        AlertRows.Append(Rows, rows, row, nanos, one);
        liveCount++;
        return Rows.RowCount - 1;
    }

    /// <summary>Takes the firings of a key from an index on out of its history, until <see cref="Settle"/>.</summary>
    public void Suspend(AlertHistory history, int kept)
    {
        again.Clear();
        former.Clear();
        former.AddRange(history.Fired.GetRange(kept, history.Fired.Count - kept));
        history.Fired.RemoveRange(kept, former.Count);
    }

    /// <summary>Adds a firing of a key that is folded again, after <see cref="Suspend"/>.</summary>
    /// <returns>Its place until <see cref="Settle"/>.</returns>
    public int AddAgain(Batch rows, int row, long nanos)
    {
        AlertRows.Append(again, rows, row, nanos, one);
        return again.RowCount - 1;
    }

    /// <summary>
    /// Gives a history its places, once its key has been folded again, and adds what is new or gone to the changes. Both lists are in the
    /// order of the moments. Of a moment with several firings more may be told than has changed, never less.
    /// </summary>
    public void Settle(AlertHistory history, int kept, DeltaBuffer changes)
    {
        var fired = history.Fired;
        var isNew = new bool[fired.Count - kept];
        for (int i = 0, k = kept; i < former.Count || k < fired.Count; )
        {
            var order =
                i == former.Count ? 1
                : k == fired.Count ? -1
                : MomentOf(Rows, former[i]).CompareTo(MomentOf(again, fired[k]));
            if (order == 0 && VectorEquality.HasSameBits(Rows, former[i], again, fired[k]))
            {
                fired[k++] = former[i++];
                continue;
            }

            // Deletes come first: where a row of the same key fires again after all, the last word is that it did.
            if (order <= 0)
            {
                changes.Add(Rows, former[i++], DeltaOp.Delete, DeltaCause.LateCorrection);
                liveCount--;
            }

            if (order >= 0)
            {
                isNew[k++ - kept] = true;
            }
        }

        for (var k = kept; k < fired.Count; k++)
        {
            if (isNew[k - kept])
            {
                one[0] = fired[k];
                Rows.AppendGather(again, one);
                liveCount++;
                fired[k] = Rows.RowCount - 1;
                changes.Add(Rows, fired[k], DeltaOp.Upsert, DeltaCause.LateCorrection);
            }
        }
    }

    /// <summary>Lets go of rows that were taken back, once they are the most.</summary>
    public void Compact(List<AlertHistory> histories)
    {
        var dead = Rows.RowCount - liveCount;
        if (dead < DeadMin || dead < liveCount)
        {
            return;
        }

        var compact = Batch.Allocate(schema, Math.Max(64, liveCount), pool);
        foreach (var history in histories)
        {
            for (var i = 0; i < history.Fired.Count; i++)
            {
                one[0] = history.Fired[i];
                compact.AppendGather(Rows, one);
                history.Fired[i] = compact.RowCount - 1;
            }
        }

        Rows.Dispose();
        Rows = compact;
    }

    /// <summary>Counts what histories name, after rows and histories were read back.</summary>
    public void CountLive(List<AlertHistory> histories)
    {
        liveCount = 0;
        foreach (var history in histories)
        {
            liveCount += history.Fired.Count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Rows.Dispose();
        again.Dispose();
    }

    private static long MomentOf(Batch rows, int place) => rows[rows.ColumnCount - 1].Values<long>()[place];
}
