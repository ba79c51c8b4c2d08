namespace TickStore.Storage.Ingest;

/// <summary>
/// Translates the log's durable position into the last sequence that is durable, exactly: a commit that was acknowledged as durable is
/// within <see cref="DurableSequence"/>. Commits wait here in a ring that grows with what the log's buffers hold, and never shrinks.
/// </summary>
internal sealed class DurableFrontier(long recoveredSequence)
{
    private readonly Lock gate = new();
    private (long EndPosition, long Sequence)[] ring = new (long, long)[4096];
    private int first;
    private int count;
    private long durablePosition;
    private long durableSequence = recoveredSequence;

    /// <summary>Every row up to it survives a crash.</summary>
    public long DurableSequence => Volatile.Read(ref durableSequence);

    /// <summary>Called after <see cref="DurableSequence"/> has grown, mostly by the log's thread; must be quick.</summary>
    public Action? Grown { get; set; }

    /// <summary>A commit was appended. Called in log order.</summary>
    public void Committed(long endPosition, long lastSequence)
    {
        var before = DurableSequence;
        lock (gate)
        {
            if (count == 0 && endPosition <= durablePosition)
            {
                Volatile.Write(ref durableSequence, lastSequence);
            }
            else
            {
                if (count == ring.Length)
                {
                    Grow();
                }

                ring[(first + count) % ring.Length] = (endPosition, lastSequence);
                count++;
                Settle();
            }
        }

        Tell(before);
    }

    /// <summary>The log is durable up to there. Called by the log's thread.</summary>
    public void Advanced(long position)
    {
        var before = DurableSequence;
        lock (gate)
        {
            durablePosition = position;
            Settle();
        }

        Tell(before);
    }

    private void Tell(long before)
    {
        if (DurableSequence > before)
        {
            Grown?.Invoke();
        }
    }

    private void Grow()
    {
        var larger = new (long, long)[ring.Length * 2];
        var tail = ring.AsSpan(first);
        tail.CopyTo(larger);
        ring.AsSpan(0, first).CopyTo(larger.AsSpan(tail.Length));
        (ring, first) = (larger, 0);
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
