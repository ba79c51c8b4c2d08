using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd.Schedule;

/// <summary>
/// Writing into databases that are removed at once: durable commits, bulk loads again where they are short, and rows of other markets
/// for their sizes. The engines take turns; each has the machine to itself, a new folder and a process that has written some rows before
/// the clock starts.
/// </summary>
internal sealed class WritePhase(RunState run)
{
    private const int WarmUpRows = 20_000;
    private static readonly int[] CommitSizes = [1000, 20_000];
    private readonly VariantSizes variants = new(run);

    public void Run()
    {
        var tables = Workload.Tables.Where(t => CommitSizes.Any(n => WantsDurable(t, n)) || WantsBulk(t));
        foreach (
            var turn in Enumerable.Range(
                0,
                tables.Any() ? run.Plan.WriteTurns
                    : variants.AreWanted ? 1
                    : 0
            )
        )
        {
            // A visit may find that an engine takes no part, and removes it.
            var engines = run.Engines.ToArray();
            for (var i = 0; i < engines.Length; i++)
            {
                Visit(engines[(i + turn) % engines.Length], [.. tables], turn);
            }
        }
    }

    private bool WantsDurable(string table, int commitRows) =>
        new[] { "ingest", "commit_p50", "commit_p99" }.Any(k =>
            run.Report.WantsFigure($"{k}.fsync_{commitRows}.{table}")
        );

    private bool WantsBulk(string table) => run.Plan.IsSmall && run.Report.WantsFigure($"ingest.bulk.{table}");

    private void Visit(string engine, string[] tables, int turn)
    {
        Report.Progress($"{engine}: write, turn {turn + 1}");
        var folder = run.ScratchOf(engine);
        using (var worker = run.TryStart(engine, folder))
        {
            foreach (var table in worker is null ? [] : tables)
            {
                Write(worker!, table);
            }

            if (worker is not null && turn == 0)
            {
                variants.Measure(worker);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private void Write(WorkerProcess worker, string table)
    {
        var rowCount = RunPlan.RowCountOf(run.Plan.DurableProfile, table);
        var request = new WorkerRequest(WorkerCommand.Durable) { Table = table, Profile = run.Plan.DurableProfile };
        worker.Ask(request with { RowCount = Math.Min(WarmUpRows, rowCount), CommitRows = 1000 });
        foreach (var commitRows in CommitSizes)
        {
            if (!WantsDurable(table, commitRows))
            {
                continue;
            }

            var reply = worker.Ask(request with { CommitRows = commitRows });
            var variant = $"fsync_{commitRows}.{table}";
            run.Samples.Add($"ingest.{variant}", worker.Engine, "rows/s", rowCount / reply.Seconds!.Value);
            run.Samples.Add($"commit_p50.{variant}", worker.Engine, "us", reply.P50Micros!.Value);
            run.Samples.Add($"commit_p99.{variant}", worker.Engine, "us", reply.P99Micros!.Value);
        }

        if (WantsBulk(table))
        {
            var rows = RunPlan.RowCountOf(run.Plan.Profile, table);
            var reply = worker.Ask(request with { Command = WorkerCommand.Bulk, Profile = run.Plan.Profile });
            run.Samples.Add($"ingest.bulk.{table}", worker.Engine, "rows/s", rows / reply.Seconds!.Value);
        }

        worker.Ask(new WorkerRequest(WorkerCommand.Forget));
    }
}
