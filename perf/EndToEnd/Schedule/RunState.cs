using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd.Schedule;

/// <summary>What the phases of a run share: the plan, the engines that take part, where their databases lie, the figures.</summary>
internal sealed class RunState(Arguments arguments, RunPlan plan, Report report)
{
    public RunPlan Plan => plan;

    public Report Report => report;

    public string? Only => arguments.Only;

    /// <summary>Engines that take part; those that cannot are removed.</summary>
    public List<string> Engines { get; } = [.. arguments.Engines];

    /// <summary>Figures that are taken in turns.</summary>
    public SampleBook Samples { get; } = new();

    /// <summary>Where an engine's database lies.</summary>
    public string FolderOf(string engine) => Path.Combine(arguments.Folder, engine);

    /// <summary>A folder for databases that are removed soon.</summary>
    public string ScratchOf(string engine) => Path.Combine(arguments.Folder, $"scratch-{engine}");

    /// <summary>True where the table is needed in the databases that queries are asked of.</summary>
    public bool NeedsTable(string table) =>
        WantsLoadOf(table) || QueryCatalog.All.Any(q => q.Tables.Contains(table) && QueryCatalog.Wants(report, q.Id));

    /// <summary>True where a figure of loading the table is wanted.</summary>
    public bool WantsLoadOf(string table) =>
        report.Wants($"ingest.bulk.{table}")
        || report.Wants($"bytes.{table}")
        || report.Wants($"memory.ingest.{table}");

    /// <summary>Starts a worker; null where the engine takes no part, which the report then says.</summary>
    public WorkerProcess? TryStart(string engine, string folder)
    {
        var worker = WorkerProcess.TryStart(engine, folder, plan.Profile.Market, out var reason);
        if (worker is null)
        {
            Engines.Remove(engine);
            report.LeftOut(engine, reason);
            Report.Progress($"{engine} is left out: {reason}");
        }
        else
        {
            report.Version(engine, worker.Version);
        }

        return worker;
    }

    /// <summary>Starts a worker on an engine's database.</summary>
    public WorkerProcess Start(string engine) => WorkerProcess.Start(engine, FolderOf(engine), plan.Profile.Market);
}
