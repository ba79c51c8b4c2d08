using TickStore.Core;
using TickStore.Engine.Views;

namespace TickStore.Tests.Streaming.Law;

/// <content>Views that step at once, and whose history is filled in behind them.</content>
internal sealed partial class LawRun
{
    private const string NewestFirstClause = " BACKFILL ALL NEWEST FIRST";

    private readonly HashSet<string> newestFirst = [];
    private bool mustBeWhole;

    /// <summary>How many views were made with BACKFILL ALL NEWEST FIRST.</summary>
    public int NewestFirstCount => newestFirst.Count;

    /// <summary>How often a batch of history was put in, or a range begun or ended, with commits before it.</summary>
    public int Interruptions { get; private set; }

    private bool IsNewestFirst => path is LawPath.NewestFirst or LawPath.Racing;

    private void Make(LawView view)
    {
        if (!IsNewestFirst || view.Create.Contains("BACKFILL", StringComparison.Ordinal))
        {
            database.Execute(view.Create);
            return;
        }

        try
        {
            database.Execute(view.Create + NewestFirstClause);
            newestFirst.Add(view.Name);
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.NotSupported)
        {
            database.Execute(view.Create);
        }
    }

    private void BeginInTheMiddle(int index, IReadOnlyList<int> checkpoints)
    {
        // The first time nothing is filled in until the views have been compared; then some of it, a restart, and the rest.
        if (index == 1)
        {
            CreateViews();
        }
        else if (index == 2)
        {
            FillSome(commits.Done + ((checkpoints[index] - commits.Done) / 2), rangesMax: 2);
            Restart();
            FillSome(checkpoints[index], rangesMax: 3);
        }
        else if (index == 3)
        {
            FillSome(checkpoints[index], int.MaxValue);
            mustBeWhole = true;
        }
    }

    // Rows are committed between every two things that filling in does to a view.
    private void FillSome(int until, int rangesMax)
    {
        if (path is LawPath.Racing)
        {
            WaitUntilWhole();
            return;
        }

        foreach (var live in database.ViewManager.Views)
        {
            if (live.View is not { IsWhole: false, Failure: null })
            {
                continue;
            }

            var fill = new NewestFirstFill(
                database,
                live,
                (l, action) =>
                {
                    var isDone = database.ViewManager.BetweenSteps(l, action);
                    if (grouping.Next(3) == 0)
                    {
                        Interruptions++;
                        commits.CommitUntil(Math.Min(until, commits.Done + 1), grouping, rowsMax: 1);
                    }

                    return isDone;
                }
            );
            for (var range = 0; range < rangesMax && fill.Next(CancellationToken.None); range++) { }
        }
    }

    private void WaitUntilWhole()
    {
        while (mustBeWhole && database.ViewManager.Views.Any(v => v.View is { IsWhole: false, Failure: null }))
        {
            Thread.Yield();
        }
    }

    // What a query reads is what is kept, and not the definition once more.
    private void CheckWhole(LawView view)
    {
        if (!IsNewestFirst || !newestFirst.Contains(view.Name))
        {
            return;
        }

        WaitUntilWhole();
        var live = database.GetView(view.Name);
        using var contents = live.View!.OpenContents();
        if (mustBeWhole && contents is null)
        {
            throw new LawException("its history is not filled in");
        }
    }
}
