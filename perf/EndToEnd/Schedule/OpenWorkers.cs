using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd.Schedule;

/// <summary>A worker of each engine, all open on their databases at once.</summary>
internal sealed class OpenWorkers(RunState run) : IDisposable
{
    private readonly Dictionary<string, WorkerProcess> workers = [];

    /// <summary>Starts them.</summary>
    public void Open()
    {
        foreach (var engine in run.Engines.ToArray())
        {
            Report.Progress($"{engine}: open");
            if (run.TryStart(engine, run.FolderOf(engine)) is { } worker)
            {
                workers.Add(engine, worker);
            }
        }
    }

    /// <summary>Asks an engine a query. One that does not even stop at its limit is replaced by a new worker.</summary>
    public WorkerReply Ask(string engine, string id)
    {
        var limit = run.Plan.QueryLimitOf(engine).TotalSeconds;
        var reply = workers[engine].Ask(new(WorkerCommand.Query) { Query = id, TimeoutSeconds = limit });
        if (!workers[engine].IsAlive)
        {
            workers[engine] = run.Start(engine);
        }

        return reply;
    }

    /// <summary>Adds the peak memory of each to the figures.</summary>
    public void AddMemory()
    {
        const string metric = "memory.queries";
        foreach (var (engine, worker) in run.Report.WantsFigure(metric) ? workers : [])
        {
            if (engine == EngineNames.Postgres)
            {
                run.Report.LeftOut(metric, engine, "its memory is that of a server's processes");
            }
            else if (worker.Ask(new(WorkerCommand.Memory)).PeakMebibytes is { } mebibytes)
            {
                run.Samples.Add(metric, engine, "MiB", mebibytes);
            }
        }
    }

    public void Dispose()
    {
        foreach (var worker in workers.Values)
        {
            worker.Dispose();
        }
    }
}
