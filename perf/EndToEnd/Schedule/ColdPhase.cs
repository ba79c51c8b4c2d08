using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd.Schedule;

/// <summary>
/// Cold queries: the page cache of an engine's files is dropped, a new process opens them and runs a trivial statement, and then the
/// query is timed once. What a process does for the first time (compiling, say) is within.
/// </summary>
internal sealed class ColdPhase(RunState run)
{
    public void Run(Dictionary<(string Query, string Engine), double> warmSeconds)
    {
        if (!PageCache.CanDrop)
        {
            run.Report.Note("No cold figures: only Linux drops the page cache of a file on request.");
            return;
        }

        foreach (var (id, _) in QueryCatalog.All)
        {
            if (
                !run.Report.WantsFigure($"query_cold.{id}")
                || (run.Plan.ColdQueries is { } some && run.Only is null && !some.Contains(id))
            )
            {
                continue;
            }

            Report.Progress($"query {id}, cold");
            for (var turn = 0; turn < run.Plan.ColdRunCount; turn++)
            {
                foreach (var engine in run.Engines)
                {
                    if (!warmSeconds.TryGetValue((id, engine), out var warm))
                    {
                        continue;
                    }

                    if (warm > run.Plan.ColdLimit.TotalSeconds)
                    {
                        run.Report.LeftOut($"query_cold.{id}", engine, $"it takes {warm:F0} s even when warm");
                        continue;
                    }

                    Time(id, engine);
                }
            }
        }
    }

    private void Time(string id, string engine)
    {
        PageCache.Drop(run.FolderOf(engine));
        using var worker = run.Start(engine);
        var limit = run.Plan.QueryLimit.TotalSeconds;
        worker.Ask(new(WorkerCommand.Query) { Query = QueryCatalog.Trivial, TimeoutSeconds = limit });
        var reply = worker.Ask(new(WorkerCommand.Query) { Query = id, TimeoutSeconds = limit });
        if (reply.Seconds is { } seconds)
        {
            run.Samples.Add($"query_cold.{id}", engine, "ms", seconds * 1000);
        }
        else
        {
            run.Report.LeftOut($"query_cold.{id}", engine, $"it takes more than {limit:F0} s");
        }
    }
}
