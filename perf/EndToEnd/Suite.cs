using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Peers;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Suites;
using TickStore.Storage;
using TickStore.Workloads;

namespace TickStore.EndToEnd;

/// <summary>The order of a run: a workload at a time, TickStore and then its peers on the same rows.</summary>
internal sealed class Suite(Arguments arguments, Report report)
{
    // Below the size at which a head is sealed behind our back: 96 MiB.
    private const int HeadTrades = 1_000_000;
    private const int HeadSnapshots = 150_000;

    private readonly Bars bars = new(report);

    public void Run()
    {
        using var peers =
            arguments.WithPeers && Peered.Any(report.Wants) ? new PeerRuns(report, arguments.Folder) : null;
        Report.Progress($"generating {arguments.TradeCount:N0} trades and {arguments.SnapshotCount:N0} snapshots");
        var profile = new MarketProfile();
        if (WantsTable("trades"))
        {
            var trades = new TradeWorkload(profile, arguments.TradeCount);
            RunTable(trades, Math.Min(HeadTrades, trades.RowCount));
            RunPeers(peers, trades);
        }

        if (!WantsTable("snapshots"))
        {
            return;
        }

        var snapshots = new SnapshotWorkload(profile, arguments.SnapshotCount);
        var headRows = Math.Min(HeadSnapshots, snapshots.RowCount);
        RunTable(snapshots, headRows);
        RunPeers(peers, snapshots);
        RunTable(snapshots.AsDouble(profile), headRows);
    }

    private static readonly string[] Kinds =
    [
        "write",
        "commit_p50",
        "commit_p99",
        "memory",
        "bytes",
        "seal",
        "read",
        "replay",
        "bars",
    ];

    // What the peers are asked for as well.
    private static readonly string[] Peered = ["write", "commit_p50", "commit_p99", "bytes", "bars"];

    private void RunPeers(PeerRuns? peers, Workload workload)
    {
        if (Peered.Any(k => report.Wants($"{k}.{workload.Name}")))
        {
            peers?.Run(workload, workload is TradeWorkload && report.Wants("bars.trades") ? bars : null);
        }
    }

    private bool WantsTable(string table) => Kinds.Any(k => report.Wants($"{k}.{table}"));

    private void RunTable(Workload workload, int headRows)
    {
        // The first database of a process pays for the compiler; nobody's first minute is measured here.
        WarmUp(workload, Math.Min(100_000, headRows));
        var ingest = new Ingest(report, arguments.Folder);
        var name = workload.Name;
        var isVariant = workload is SnapshotWorkload && name != "snapshots";
        var wantsWrites = new[] { "write", "commit_p50", "commit_p99", "memory" }.Any(k => report.Wants($"{k}.{name}"));
        if (wantsWrites && !isVariant)
        {
            Delete(ingest.Columns(workload, Durability.Async, 1000));
            Delete(ingest.Columns(workload, Durability.Fsync, 20_000));
        }

        if (workload is TradeWorkload trades && report.Wants($"write.{name}.rows"))
        {
            ingest.Rows(trades, 20_000);
        }

        if (report.Wants($"seal.{name}") && !isVariant)
        {
            ingest.Seal(workload, headRows);
        }

        if (report.Wants($"read.{name}.head") && !isVariant)
        {
            new HeadReads(report, arguments.Folder).Run(workload, headRows);
        }

        var path = ingest.Columns(workload, Durability.Fsync, 1000);
        using (var database = TickDatabase.Open(path))
        {
            new Sizes(report).Segments(database, workload);
            var reads = new SegmentReads(report, database);
            if (report.Wants($"read.{name}.segments"))
            {
                reads.Scans(workload);
            }

            if (report.Wants($"replay.{name}") && !isVariant)
            {
                reads.Replay(workload);
            }

            if (workload is TradeWorkload && report.Wants($"bars.{name}"))
            {
                bars.TickStore(database, workload);
            }
        }

        new Sizes(report).Folder(path, workload);
        Delete(path);
    }

    private void WarmUp(Workload workload, int rowCount)
    {
        var path = Path.Combine(arguments.Folder, $"warm-{workload.Name}");
        using (var database = HeadReads.OpenWithHead(workload, rowCount, path))
        {
            database.Seal();
            workload
                .Checksum(rowCount)
                .MustEqual(Scanner.Read(database, workload, Core.ScanOrder.None, 2), $"{workload.Name} after a seal");
        }

        Delete(path);
    }

    private static void Delete(string path) => Directory.Delete(path, recursive: true);
}
