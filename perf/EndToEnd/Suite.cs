using TickStore.EndToEnd.Latency;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Schedule;
using TickStore.EndToEnd.Suites;

namespace TickStore.EndToEnd;

/// <summary>The order of a run: load and compare, write durably, query warm and cold, and then what only TickStore has.</summary>
internal sealed class Suite(Arguments arguments, RunPlan plan, Report report)
{
    public void Run()
    {
        var run = new RunState(arguments, plan, report);
        NoteLoad();
        new LoadPhase(run).Run(KeptTables.Open(arguments.Folder, plan));
        if (!arguments.IsReuse)
        {
            new WritePhase(run).Run();
        }

        if (QueryCatalog.All.Any(q => QueryCatalog.Wants(report, q.Id)))
        {
            var queries = new QueryPhase(run);
            queries.Run();
            new ColdPhase(run).Run(queries.WarmSeconds);
        }

        if (!arguments.IsReuse)
        {
            new OwnFiguresPhase(run).Run();
            RealData(run);
            Latencies(run);
        }

        run.Samples.MoveTo(report);
    }

    // Half a core that somebody else uses is felt in every figure of two threads.
    private void NoteLoad()
    {
        const string path = "/proc/loadavg";
        if (File.Exists(path) && double.TryParse(File.ReadAllText(path).Split(' ')[0], out var load) && load > 0.5)
        {
            report.Note($"The machine was not quiet when the run began: a load of {load:F1} over the minute before.");
        }
    }

    private void RealData(RunState run)
    {
        if (run.Engines.Contains(EngineNames.TickStore))
        {
            RealFiles.Run(report, arguments.Folder);
        }
    }

    // In this very process, for nobody else is running by now.
    private void Latencies(RunState run)
    {
        if (run.Engines.Contains(EngineNames.TickStore))
        {
            Upkeep.Run(report, plan.IsSmall);
            JoinUpkeep.Run(report, plan.IsSmall);
            LatencySuite.Run(report, arguments.Folder, plan.IsSmall);
        }
    }
}
