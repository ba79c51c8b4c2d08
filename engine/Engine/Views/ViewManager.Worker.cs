using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>
/// The thread that brings views to the last commit: those of a database just opened, and those that were set aside because commits had to
/// wait for them too much. These follow at their own pace until they have kept up for a while, and are put back in place then.
/// </summary>
internal sealed partial class ViewManager
{
    private static readonly TimeSpan AsideTime = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan StateInterval = TimeSpan.FromSeconds(10);

    private readonly ManualResetEventSlim isWanted = new();
    private Thread? worker;

    // Belongs to the sequencer's lock: the only group that a slow step may be blamed on is the one with the most views.
    private void SetAside()
    {
        var slowest = attached.MaxBy(g => g.Count);
        if (slowest is not null)
        {
            Detach(slowest);
            isWanted.Set();
        }
    }

    // With the lock on the set of views held.
    private void StartWorker()
    {
        if (worker is not null)
        {
            return;
        }

        worker = new Thread(Follow) { IsBackground = true, Name = "TickStore views" };
        worker.Start();
        isWanted.Set();
    }

    private void Follow()
    {
        var isFirst = true;
        try
        {
            while (true)
            {
                if (!isWanted.Wait(StateInterval, stop.Token))
                {
                    SaveStatesThatAreDue();
                    continue;
                }

                isWanted.Reset();
                if (!isFirst)
                {
                    FollowAside();
                }

                isFirst = false;
                foreach (var view in Views)
                {
                    lock (manage)
                    {
                        if (view.Group is { } group && Views.Contains(view))
                        {
                            OrFail(group, BringUp);
                        }
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The database is being closed.
        }
    }

    // Groups that are not in place follow in small steps, so that listeners are not left behind either.
    private void FollowAside()
    {
        var started = database.Clock.GetTimestamp();
        while (database.Clock.GetElapsedTime(started) < AsideTime)
        {
            stop.Token.ThrowIfCancellationRequested();
            lock (manage)
            {
                foreach (var group in Views.Select(v => v.Group).OfType<ViewGroup>().Distinct())
                {
                    if (!Volatile.Read(ref attached).Contains(group))
                    {
                        OrFail(group, g => Advance(g, database.CommittedSequence));
                    }
                }
            }

            stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(1));
        }
    }

    private static void OrFail(ViewGroup group, Action<ViewGroup> action)
    {
        try
        {
            action(group);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            foreach (var view in group.Views)
            {
                view.Fail(e);
            }
        }
    }

    /// <summary>Brings a group to the last commit and puts it in place; does nothing where it is. With <see cref="manage"/> held.</summary>
    private void BringUp(ViewGroup group)
    {
        if (Volatile.Read(ref attached).Contains(group))
        {
            return;
        }

        BeginNewestIfNew(group);
        for (var round = 0; ; round++)
        {
            var target = 0L;
            var isDone = false;
            Storage.WhilePaused(sequence =>
            {
                target = sequence;
                if (sequence - group.Frontier <= PausedRowsMax || round >= RoundsMax)
                {
                    Advance(group, sequence);
                    Attach(group);
                    isDone = true;
                }
            });
            if (isDone)
            {
                return;
            }

            Advance(group, target);
        }
    }
}
