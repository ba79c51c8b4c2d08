using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd.Schedule;

/// <summary>
/// Fills the databases that queries are asked of: an engine after the other, a table after the other. What an engine holds is compared
/// with what it was given before anything else is asked.
/// </summary>
internal sealed class LoadPhase(RunState run)
{
    public void Run(KeptTables kept)
    {
        foreach (var engine in run.Engines.ToArray())
        {
            var missing = Workload.Tables.Where(t => run.NeedsTable(t) && !kept.Contains(engine, t)).ToArray();
            foreach (var table in missing)
            {
                // A process for each: memory that it kept from the table before would not count again.
                using var worker = run.TryStart(engine, run.FolderOf(engine));
                if (worker is null)
                {
                    break;
                }

                Load(worker, table);
                kept.Add(engine, table);
            }
        }
    }

    private void Load(WorkerProcess worker, string table)
    {
        var rowCount = RunPlan.RowCountOf(run.Plan.Profile, table);
        Report.Progress($"{worker.Engine}: load {table}");
        var request = new WorkerRequest(WorkerCommand.Bulk) { Table = table, Profile = run.Plan.Profile };
        var loaded = worker.Ask(request);
        run.Samples.Add($"ingest.bulk.{table}", worker.Engine, "rows/s", rowCount / loaded.Seconds!.Value);
        worker.Ask(request with { Command = WorkerCommand.Checksum });
        var indexed = worker.Ask(request with { Command = WorkerCommand.Indexes });
        if (indexed.Seconds is { } seconds)
        {
            run.Samples.Add($"ingest.index.{table}", worker.Engine, "s", seconds);
        }

        foreach (var size in worker.Ask(request with { Command = WorkerCommand.Sizes }).Sizes!)
        {
            run.Samples.Add(
                $"bytes.{table}.{size.Part}",
                size.Form ?? worker.Engine,
                "B/row",
                (double)size.Bytes / rowCount
            );
        }

        if (worker.Engine == EngineNames.Postgres)
        {
            run.Report.LeftOut($"memory.ingest.{table}", worker.Engine, "its memory is that of a server's processes");
        }
        else if (loaded.PeakMebibytes is { } mebibytes)
        {
            run.Samples.Add($"memory.ingest.{table}", worker.Engine, "MiB", mebibytes);
        }
    }
}
