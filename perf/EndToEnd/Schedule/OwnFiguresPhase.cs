using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd.Schedule;

/// <summary>Figures that only TickStore has, in a worker of their own.</summary>
internal sealed class OwnFiguresPhase(RunState run)
{
    private static readonly string[] Kinds = ["ingest.async_1000", "ingest.rows_fsync_20000", "seal", "read", "replay"];

    public void Run()
    {
        var tables = Workload
            .Tables.Where(t => Kinds.Any(k => run.Report.Wants($"{k}.{t}")) && run.Only != QueryCatalog.DeliveryMetric)
            .ToArray();
        if (tables.Length == 0 || !run.Engines.Contains(EngineNames.TickStore))
        {
            return;
        }

        var folder = run.ScratchOf(EngineNames.TickStore);
        using (var worker = run.TryStart(EngineNames.TickStore, folder)!)
        {
            foreach (var table in tables)
            {
                Report.Progress($"tickstore: its own figures of {table}");
                var reply = worker.Ask(
                    new(WorkerCommand.OwnFigures)
                    {
                        Table = table,
                        Profile = run.Plan.OwnProfile,
                        Only = run.Only,
                    }
                );
                foreach (var figure in reply.Figures!)
                {
                    foreach (var value in figure.Values)
                    {
                        run.Samples.Add(figure.Metric, EngineNames.TickStore, figure.Unit, value);
                    }
                }

                worker.Ask(new WorkerRequest(WorkerCommand.Forget));
            }
        }

        Directory.Delete(folder, recursive: true);
    }
}
