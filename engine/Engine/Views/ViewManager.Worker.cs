using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>The thread that brings views of a database just opened to the last commit.</summary>
internal sealed partial class ViewManager
{
    private Thread? worker;

    private void StartWorker()
    {
        worker = new Thread(BringUpAll) { IsBackground = true, Name = "TickStore views" };
        worker.Start();
    }

    private void BringUpAll()
    {
        foreach (var view in Views)
        {
            lock (manage)
            {
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                if (view.Group is { } group && Views.Contains(view))
                {
                    BringUpOrFail(group);
                }
            }
        }
    }

    private void BringUpOrFail(ViewGroup group)
    {
        try
        {
            BringUp(group);
        }
        catch (OperationCanceledException)
        {
            // The database is being closed; opening it again goes on from the last state that was written.
        }
        catch (Exception e) when (e is TickStoreException or IOException or ObjectDisposedException)
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
