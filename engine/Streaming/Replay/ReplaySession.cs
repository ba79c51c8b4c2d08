using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>Takes the blocks of a replay. The block is on loan until the call returns; throwing ends the replay.</summary>
public delegate void ReplayCallback(ReplayBlock block);

/// <summary>
/// Plays a span of several tables in exact order to a callback: at a multiple of the recorded pace, as fast as it can,
/// or by steps. <see cref="Run"/> works on the caller's thread; the other members may be called from any thread, and
/// from the callback. Memory is bounded by a batch a table.
/// </summary>
public sealed class ReplaySession
{
    // The operating system wakes a sleeper late; the last stretch before a row is due is spun instead.
    private const double SpinNanos = 1_500_000;

    private readonly ReplayOptions options;
    private readonly object gate = new();
    private readonly LatencyHistogram lags = new();
    private ReplaySpeed speed;
    private bool isPaused;
    private bool isReanchored;
    private long stepRows;
    private bool stepsHaveEnded;

    /// <summary>Prepares a replay; nothing is read before <see cref="Run"/>.</summary>
    public ReplaySession(ReplayOptions options)
    {
        if (options.Tables.Count == 0)
        {
            Throw.Error(ErrorCode.InvalidArgument, "A replay needs at least one table");
        }

        if (options.BlockRowsMax < 1)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A block of {options.BlockRowsMax} rows is not possible: at least 1"
            );
        }

        this.options = options;
        speed = options.Speed;
    }

    /// <summary>The speed; a change takes effect at the next block, and recorded time goes on from where it is.</summary>
    public ReplaySpeed Speed
    {
        get
        {
            lock (gate)
            {
                return speed;
            }
        }
        set => Change(() => speed = value);
    }

    /// <summary>Holds the replay after the present block, until <see cref="Resume"/>.</summary>
    public void Pause() => Change(() => isPaused = true);

    /// <summary>Goes on after <see cref="Pause"/>; recorded time did not pass meanwhile.</summary>
    public void Resume() => Change(() => isPaused = false);

    /// <summary>Plays so many rows more, at <see cref="ReplaySpeed.Step"/> or while paused, and then waits again.</summary>
    public void Step(long rows)
    {
        if (rows < 1)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"A step of {rows} rows is not possible: at least 1");
        }

        Change(() => stepRows += rows);
    }

    /// <summary>
    /// Says that no more steps come: at <see cref="ReplaySpeed.Step"/> or while paused, the replay ends once those asked for are played,
    /// and <see cref="Run"/> reports them.
    /// </summary>
    public void EndSteps() => Change(() => stepsHaveEnded = true);

    /// <summary>Plays to the end.</summary>
    /// <param name="callback">Takes the blocks, on this thread.</param>
    /// <param name="cancellationToken">Ends the replay with <see cref="OperationCanceledException"/>.</param>
    /// <returns>What was played, measured.</returns>
    public ReplayReport Run(ReplayCallback callback, CancellationToken cancellationToken = default)
    {
        using var wake = cancellationToken.Register(() => Change(static () => { }));
        using var merge = new ReplayMerge(options, cancellationToken);
        using var hash = options.ComputeRunHash ? new RunHash(options.Tables) : null;
        var pacer = new ReplayPacer(options.Clock);
        var started = options.Clock.GetTimestamp();
        long rows = 0;
        isReanchored = true;
        while (merge.TryPeek(out var time))
        {
            if (SkipsTo(time, merge.Block, rows))
            {
                lock (gate)
                {
                    isReanchored = true;
                }
            }

            var rowsMax = WaitUntilDue(pacer, time, out var dueTime, out var isStep, cancellationToken);
            if (rowsMax == 0)
            {
                break;
            }

            merge.Fill(dueTime, rowsMax);
            if (dueTime != long.MaxValue)
            {
                CountLags(pacer, merge.Block);
            }

            hash?.Append(merge.Block);
            rows += merge.Block.RowCount;
            callback(merge.Block);
            if (isStep)
            {
                CountStep(merge.Block.RowCount);
            }
        }

        var seconds = options.Clock.GetElapsedTime(started).TotalSeconds;
        return new(
            rows,
            seconds,
            lags.PercentileMicros(0.5),
            lags.PercentileMicros(0.999),
            hash?.Finish() ?? string.Empty
        );
    }

    // The time in which the market was closed takes none.
    private bool SkipsTo(long time, ReplayBlock played, long rows) =>
        rows > 0
        && options.Calendar is { } calendar
        && options.Order == ReplayOrder.Event
        && SessionReader.IsClosedBetween(calendar, played.LastTime, time);

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            isReanchored = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Waits until the row of <paramref name="time"/> may be played.</summary>
    /// <returns>How many rows may be played now; 0 where the replay is to end.</returns>
    private int WaitUntilDue(
        ReplayPacer pacer,
        long time,
        out long dueTime,
        out bool isStep,
        CancellationToken cancellationToken
    )
    {
        dueTime = long.MaxValue;
        isStep = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double waitNanos;
            lock (gate)
            {
                if (isPaused || speed.IsStep)
                {
                    if (stepRows > 0)
                    {
                        isStep = true;
                        return (int)Math.Min(stepRows, options.BlockRowsMax);
                    }

                    if (stepsHaveEnded)
                    {
                        return 0;
                    }

                    Monitor.Wait(gate);
                    continue;
                }

                if (speed.IsMax)
                {
                    return options.BlockRowsMax;
                }

                if (isReanchored)
                {
                    pacer.Anchor(time, speed.Multiple);
                    isReanchored = false;
                }

                waitNanos = pacer.NanosUntil(time);
                if (waitNanos > SpinNanos)
                {
                    // Long waits are cut up, for a wait takes at most 2^31 milliseconds.
                    Monitor.Wait(gate, (int)Math.Min((waitNanos - SpinNanos) / 1e6, 60_000));
                    continue;
                }
            }

            while (waitNanos > 0)
            {
                Thread.SpinWait(20);
                waitNanos = pacer.NanosUntil(time);
            }

            dueTime = pacer.DueTime();
            return options.BlockRowsMax;
        }
    }

    private void CountStep(int rows)
    {
        lock (gate)
        {
            stepRows -= rows;
        }
    }

    private void CountLags(ReplayPacer pacer, ReplayBlock block)
    {
        foreach (var run in block.Runs)
        {
            var batch = block.TableBatch(run.Table);
            var times = batch[batch.ColumnCount - 1].Values<long>().Slice(run.StartRow, run.RowCount);
            foreach (var time in times)
            {
                lags.Add((long)-pacer.NanosUntil(time));
            }
        }
    }
}
