namespace TickStore.Storage.Ingest;

/// <summary>
/// Translates the log's durable position into the last sequence that is durable. Commits wait here in a ring of fixed
/// size; when it is full the newest entry takes the next commit in, so that the answer lags but never leads.
/// </summary>
internal sealed class DurableFrontier(long recoveredSequence)
{
    private readonly Lock gate = new();
    private readonly (long EndPosition, long Sequence)[] ring = new (long, long)[4096];
    private int first;
    private int count;
    private long durablePosition;
    private long durableSequence = recoveredSequence;

    /// <summary>Every row up to it survives a crash.</summary>
    public long DurableSequence => Volatile.Read(ref durableSequence);

    /// <summary>A commit was appended. Called in log order.</summary>
    public void Committed(long endPosition, long lastSequence)
    {
        lock (gate)
        {
            if (count == 0 && endPosition <= durablePosition)
            {
                Volatile.Write(ref durableSequence, lastSequence);
                return;
            }

            if (count == ring.Length)
            {
                ring[(first + count - 1) % ring.Length] = (endPosition, lastSequence);
                return;
            }

            ring[(first + count) % ring.Length] = (endPosition, lastSequence);
            count++;
            Settle();
        }
    }

    /// <summary>The log is durable up to there. Called by the log's thread.</summary>
    public void Advanced(long position)
    {
        lock (gate)
        {
            durablePosition = position;
            Settle();
        }
    }

    private void Settle()
    {
        while (count > 0 && ring[first].EndPosition <= durablePosition)
        {
            Volatile.Write(ref durableSequence, ring[first].Sequence);
            first = (first + 1) % ring.Length;
            count--;
        }
    }
}
