using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <content>
/// BACKFILL ALL NEWEST FIRST: a view takes the rows of the buckets that are open at the last commit and steps with every commit from then
/// on; a thread of its own fills in what lies before.
/// </content>
internal sealed partial class ViewManager
{
    private readonly ManualResetEventSlim isFillWanted = new();
    private Thread? filler;

    // The group stands before the first row. Where nothing can be left for later it is left there, and reads everything.
    private void BeginNewest(ViewGroup group, LiveView live)
    {
        var view = live.View!;
        using var snapshot = database.OpenSnapshot(database.CommittedSequence);
        var watermarks = new Querying.QueryWatermarks(null, snapshot, database.Pool, stop.Token);
        var watermark = long.MaxValue;
        foreach (var table in group.Tables)
        {
            watermark = Math.Min(watermark, watermarks.Of(table.Clock.Table));
        }

        if (view.Backward?.StartOf(watermark, view.Options.Evaluation) is not { } start)
        {
            return;
        }

        view.BeginFill(start.LastBucket);
        foreach (var table in group.Tables)
        {
            table.Clock.Mark(watermarks.Of(table.Clock.Table));
        }

        try
        {
            using var catchUp = new CatchUp(group, snapshot, database.Pool, t => t.HasReaders, start.FromNanos);
            catchUp.Run(stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            group.Fail(e);
            throw;
        }
    }

    // With the lock on the set of views held. A view whose state was lost begins anew, unless others stand on it.
    private void BeginNewestIfNew(ViewGroup group)
    {
        if (
            group is { Frontier: 0, Count: 1 }
            && Views.FirstOrDefault(v => v.Group == group) is { View.Backward: not null } live
        )
        {
            BeginNewest(group, live);
            StartFiller();
        }
    }

    // With the lock on the set of views held.
    private void StartFiller()
    {
        isFillWanted.Set();
        if (filler is null && database.FillsHistory)
        {
            filler = new Thread(FillAll) { IsBackground = true, Name = "TickStore backfill" };
            filler.Start();
        }
    }

    private void FillAll()
    {
        NewestFirstFill? fill = null;
        try
        {
            while (true)
            {
                stop.Token.ThrowIfCancellationRequested();
                isFillWanted.Reset();
                fill ??= Views.FirstOrDefault(v => v.View is { Failure: null, IsWhole: false }) is { } live
                    ? new NewestFirstFill(database, live, BetweenSteps)
                    : null;
                if (fill is null)
                {
                    isFillWanted.Wait(stop.Token);
                }
                else if (!TryFill(fill))
                {
                    fill = null;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The database is being closed.
        }
    }

    private bool TryFill(NewestFirstFill fill)
    {
        try
        {
            return fill.Next(stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            BetweenSteps(fill.Live, () => fill.Live.View!.Fail(e));
            return false;
        }
    }

    /// <summary>Does something between two steps of a view; false where it is gone or has failed, and nothing was done.</summary>
    internal bool BetweenSteps(LiveView live, Action action)
    {
        lock (manage)
        {
            // A group that is in place steps under the sequencer's lock, any other one under this one.
            if (live.View is not { Failure: null } || !Views.Contains(live))
            {
                return false;
            }

            Storage.WhilePaused(_ => action());
            return true;
        }
    }
}
