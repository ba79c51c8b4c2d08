using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Suites;

namespace TickStore.EndToEnd.Peers;

/// <summary>Gives the peers the same rows as TickStore, compares what they hold, and measures ingest and bytes.</summary>
internal sealed class PeerRuns : IDisposable
{
    private const int CommitRows = 1000;
    private readonly Report report;
    private readonly List<IPeer> peers = [];

    public PeerRuns(Report report, string folder)
    {
        this.report = report;
        try
        {
            peers.Add(new SqlitePeer(folder));
            peers.Add(new DuckDbPeer(folder));
            if (PostgresPeer.TryStart(folder, out var reason) is { } postgres)
            {
                peers.Add(postgres);
            }
            else
            {
                report.Note($"postgresql is left out: {reason}");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Loads, compares and measures; then asks for bars where the workload has TickStore's.</summary>
    public void Run(Workload workload, Bars? bars)
    {
        foreach (var peer in peers)
        {
            Report.Progress($"{peer.Name}: write {workload.Name}");
            var latencies = new Latencies((workload.RowCount / CommitRows) + 1);
            var seconds = peer.Load(workload, CommitRows, latencies);
            workload.Checksum(workload.RowCount).MustEqual(peer.Checksum(workload), $"{workload.Name} in {peer.Name}");
            var variant = $"{workload.Name}.fsync_{CommitRows}";
            report.Add($"write.{variant}", peer.Name, workload.RowCount / seconds, "rows/s");
            report.Add($"commit_p50.{variant}", peer.Name, latencies.PercentileMicros(0.5), "us");
            report.Add($"commit_p99.{variant}", peer.Name, latencies.PercentileMicros(0.99), "us");
            if (bars is not null && peer is DuckDbPeer duckDb)
            {
                bars.Peer(duckDb, workload);
            }

            if (!report.Wants($"bytes.{workload.Name}"))
            {
                continue;
            }

            foreach (var (kind, engine, bytes) in peer.Sizes(workload))
            {
                report.Add($"bytes.{workload.Name}.{kind}", engine, (double)bytes / workload.RowCount, "B/row");
            }
        }
    }

    public void Dispose()
    {
        foreach (var peer in peers)
        {
            peer.Dispose();
        }
    }
}
