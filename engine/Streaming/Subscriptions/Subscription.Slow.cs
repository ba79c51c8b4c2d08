using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>What the thread that commits does for a subscription: tell it of a step, and see to one that falls behind.</summary>
public sealed partial class Subscription
{
    private readonly object writerGate = new();
    private int isWriterWaiting;

    private void StepEnded(bool hasRows)
    {
        if (!hasRows)
        {
            if (options.UntilSequence is not null)
            {
                signal.Tell();
            }

            return;
        }

        if (live!.UnreadBytes > options.QueueBytes)
        {
            FallBehind();
        }

        if (!options.IsDurable || IsDurableNow())
        {
            signal.Tell();
        }
    }

    // Before a step is durable its reader has nothing to do. Either this sees that the step is, or whoever made it so and wakes the reader
    // (Wake) comes after the step was written to the tail: the barrier keeps the two from missing each other.
    private bool IsDurableNow()
    {
        Interlocked.MemoryBarrier();
        return live!.Tail.Sequence <= host.DurableSequence();
    }

    private void Fail(TickStoreException error)
    {
        Volatile.Write(ref failure, error);
        ReleaseWriter();
        signal.Tell();
    }

    private void FallBehind()
    {
        if (options.OnSlow == SlowReaderPolicy.Block)
        {
            WaitForReader();
            return;
        }

        // A reader that is just reading is not waited for: the next step tries again.
        if (!gate.TryEnter())
        {
            return;
        }

        try
        {
            if (Volatile.Read(ref disposed) != 0 || failure is not null)
            {
                return;
            }

            switch (options.OnSlow)
            {
                case SlowReaderPolicy.Skip:
                    skippedRows += live!.SkipToEnd();
                    takenThrough = Math.Max(takenThrough, live.Tail.Sequence);
                    break;
                case SlowReaderPolicy.Conflate:
                    GatherUnread();
                    break;
                default:
                    CutOff($"{live!.UnreadRows:N0} rows were unread");
                    break;
            }
        }
        catch (TickStoreException error)
        {
            Fail(error);
        }
        finally
        {
            gate.Exit();
        }
    }

    private void GatherUnread()
    {
        while (live!.TryTake(long.MaxValue, ChangeChunk.CapacityRows, out var chunk, out var start, out var count))
        {
            conflation!.Add(chunk!, start, count);
            live.Tail.Release(chunk);
        }

        takenThrough = Math.Max(takenThrough, live.Tail.Sequence);
        if (conflation!.Bytes > options.QueueBytes)
        {
            CutOff($"the newest rows of {conflation.Count:N0} keys were unread");
        }
    }

    private void CutOff(string what)
    {
        Fail(
            new TickStoreException(
                ErrorCode.SlowSubscriber,
                $"The subscriber fell behind and was cut off: {what}, more than the {options.QueueBytes:N0} bytes that its queue may "
                    + $"hold. It may resume from sequence {completeThrough}"
            )
        );
        live!.Close();
        conflation?.Clear();
    }

    private void WaitForReader()
    {
        signal.Tell();
        lock (writerGate)
        {
            Interlocked.Exchange(ref isWriterWaiting, 1);
            Interlocked.Increment(ref waitsBlocked);
            while (
                live!.UnreadBytes > options.QueueBytes
                && Volatile.Read(ref failure) is null
                && Volatile.Read(ref disposed) == 0
            )
            {
                Monitor.Wait(writerGate);
            }

            Volatile.Write(ref isWriterWaiting, 0);
        }
    }

    // After the reader has moved on: whoever waits for that looks again.
    private void ReleaseWriter()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref isWriterWaiting) != 0)
        {
            lock (writerGate)
            {
                Monitor.PulseAll(writerGate);
            }
        }
    }

    private sealed class Reader(Subscription owner) : ITailReader
    {
        public void OnStep(bool hasRows) => owner.StepEnded(hasRows);

        public void OnFailed(TickStoreException error) => owner.Fail(error);
    }
}
