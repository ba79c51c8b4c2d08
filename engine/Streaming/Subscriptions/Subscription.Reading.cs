using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>Reading: the past first, then the tail; straight, or the newest of each key.</summary>
public sealed partial class Subscription
{
    // Bounds how long one read gathers while somebody writes faster than that.
    private const int ChunksPerReadMax = 64;

    private ChangeTail? loanTail;
    private long takenThrough;
    private bool isPastRead;
    private bool hasReachedEnd;

    private bool ConflatesAlways =>
        options.Envelope == SubscriptionEnvelope.Upsert || options.ConflateInterval > TimeSpan.Zero;

    /// <summary>
    /// The next block if there is one now, on loan until the next read; null where there is none. Reads of the past that is stored take as
    /// long as they take.
    /// </summary>
    /// <exception cref="TickStoreException">SlowSubscriber, MemoryBudget, or what made the source fail. Every later read throws it
    /// too.</exception>
    public ChangeBlock? TryRead(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (IsCompleted)
            {
                return null;
            }

            ReturnLoan();
            if (rolledBackTo is { } to)
            {
                rolledBackTo = null;
                return Mark(ChangeBlockKind.RolledBack, to);
            }

            takenThrough = Math.Max(takenThrough, completeThrough);
            if (rowsLeft > 0 && (ConflatesAlways ? TakeNewest(cancellationToken) : TakeNext(cancellationToken)))
            {
                rowsLeft -= block.RowCount;
                Stamp(completeThrough);
                skippedRows = 0;
                return block;
            }

            if (Volatile.Read(ref failure) is { } error)
            {
                throw new TickStoreException(error.Code, error.Message, error);
            }

            if (isProgressDue && completeThrough > toldProgress)
            {
                isProgressDue = false;
                toldProgress = completeThrough;
                return Mark(ChangeBlockKind.Progress, completeThrough);
            }

            isCompleted = rowsLeft == 0 || (hasReachedEnd && conflation is not { Count: > 0 });
            return null;
        }
    }

    /// <summary>Waits for the next block; null once the subscription has ended.</summary>
    public ChangeBlock? Read(CancellationToken cancellationToken = default) =>
        Read(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits for the next block; null once the subscription has ended, or when a wait of this length brought nothing.</summary>
    public ChangeBlock? Read(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var seen = signal.Version;
            if (TryRead(cancellationToken) is { } next)
            {
                return next;
            }

            if (IsCompleted || !signal.Wait(seen, timeout, cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>Blocks as they come. Each is on loan until the next is asked for.</summary>
    public async IAsyncEnumerator<ChangeBlock> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var seen = signal.Version;
            if (TryRead(cancellationToken) is { } next)
            {
                yield return next;
            }
            else if (IsCompleted)
            {
                yield break;
            }
            else
            {
                await signal.WaitAsync(seen, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private bool TakeNext(CancellationToken cancellationToken)
    {
        // What was conflated because the reader was slow is older than what the tail holds.
        if (conflation is { Count: > 0 } && TakeGathered(isUpsert: false))
        {
            return true;
        }

        if (
            conflation is { Count: > 0 }
            || !Take(RowsMax, cancellationToken, out var chunk, out var start, out var count)
        )
        {
            completeThrough = conflation is { Count: > 0 } ? completeThrough : takenThrough;
            return false;
        }

        (loan, loanTail) = (chunk, takenFrom);
        completeThrough = takenThrough;
        block.ShowRows(chunk!.Rows, chunk.Ops, chunk.Causes, chunk.Steps, start, count);
        return true;
    }

    private bool TakeNewest(CancellationToken cancellationToken)
    {
        if (!conflation!.IsBeingTaken)
        {
            Gather(cancellationToken);
            var isPastGathered = pastCursor is null || conflation.Bytes > options.QueueBytes;
            var isDue = options.ConflateInterval == TimeSpan.Zero || isConflationDue || hasReachedEnd;
            if (!isPastGathered || !isDue)
            {
                return false;
            }

            isConflationDue = false;
        }

        return TakeGathered(options.Envelope == SubscriptionEnvelope.Upsert);
    }

    private void Gather(CancellationToken cancellationToken)
    {
        for (var chunks = 0; chunks < ChunksPerReadMax || pastCursor is not null; chunks++)
        {
            if (
                conflation!.Bytes > options.QueueBytes
                || !Take(ChangeChunk.CapacityRows, cancellationToken, out var chunk, out var start, out var count)
            )
            {
                break;
            }

            conflation.Add(chunk!, start, count);
            takenFrom!.Release(chunk);
        }

        if (conflation!.Count == 0)
        {
            completeThrough = takenThrough;
        }
    }

    private bool TakeGathered(bool isUpsert)
    {
        if (conflation!.Count == 0 || (options.IsDurable && host.DurableSequence() < conflation.Step))
        {
            return false;
        }

        staging!.Rows.Clear();
        var count = conflation.Take(staging.Rows, staging.Ops, staging.Causes, staging.Steps, RowsMax, isUpsert);
        if (conflation.Count == 0)
        {
            completeThrough = takenThrough;
        }

        if (count == 0)
        {
            return false;
        }

        block.ShowRows(staging.Rows, staging.Ops, staging.Causes, staging.Steps, 0, count);
        return true;
    }

    private int RowsMax => (int)Math.Min(ChangeChunk.CapacityRows, rowsLeft);

    private ChangeTail? takenFrom;

    private bool Take(
        int maxRows,
        CancellationToken cancellationToken,
        out ChangeChunk? chunk,
        out int start,
        out int count
    )
    {
        (chunk, start, count) = (null, 0, 0);
        if (hasReachedEnd)
        {
            return false;
        }

        while (pastCursor is { } cursor)
        {
            var durable = options.IsDurable ? host.DurableSequence() : long.MaxValue;
            if (cursor.TryTake(durable, maxRows, out chunk, out start, out count))
            {
                return Took(cursor, past!.Sequence, chunk!, start, ref count);
            }

            if (cursor.UnreadRows > 0)
            {
                return false;
            }

            takenThrough = Math.Max(takenThrough, past!.Sequence);
            if (isPastRead)
            {
                ClosePast();
                break;
            }

            isPastRead = !feed.ReadPast(this, past, cancellationToken);
        }

        if (live is null)
        {
            return false;
        }

        var through = live.Tail.Sequence;
        through = options.IsDurable ? Math.Min(through, host.DurableSequence()) : through;
        if (live.TryTake(through, maxRows, out chunk, out start, out count))
        {
            return Took(live, through, chunk!, start, ref count);
        }

        takenThrough = Math.Max(takenThrough, through);
        EndAt(takenThrough);
        return false;
    }

    // Notes how far all is taken, and cuts what lies behind the last sequence wanted.
    private bool Took(TailCursor cursor, long through, ChangeChunk chunk, int start, ref int count)
    {
        takenFrom = cursor.Tail;
        ReleaseWriter();
        var next = cursor.NextStep();
        var steps = chunk.Steps.AsSpan(start, count);
        if (next is null || next > through)
        {
            takenThrough = Math.Max(takenThrough, through);
        }
        else
        {
            var whole = count - 1;
            while (whole >= 0 && steps[whole] >= next)
            {
                whole--;
            }

            takenThrough = whole >= 0 ? Math.Max(takenThrough, steps[whole]) : takenThrough;
        }

        if (options.UntilSequence is { } until)
        {
            var column = feed.Shape.SequenceColumn;
            var sequences =
                column >= 0 ? chunk.Rows[column].Values<long>().Slice(start, count) : (ReadOnlySpan<long>)steps;
            while (count > 0 && sequences[count - 1] > until)
            {
                count--;
                hasReachedEnd = true;
            }

            EndAt(takenThrough);
            if (count == 0)
            {
                cursor.Tail.Release(chunk);
                return false;
            }
        }

        return true;
    }

    private void EndAt(long through)
    {
        if (options.UntilSequence is { } until && (hasReachedEnd || through >= until))
        {
            hasReachedEnd = true;
            takenThrough = Math.Min(takenThrough, until);
        }
    }

    private ChangeBlock Mark(ChangeBlockKind kind, long sequence)
    {
        block.ShowMark(kind);
        Stamp(sequence);
        return block;
    }

    private void Stamp(long sequence) =>
        block.Stamp(
            sequence,
            host.Epoch,
            host.DurableSequence(),
            block.Kind == ChangeBlockKind.Changes ? skippedRows : 0
        );
}
