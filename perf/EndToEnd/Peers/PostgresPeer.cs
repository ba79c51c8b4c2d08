using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Peers;

/// <summary>
/// PostgreSQL by binary COPY, one a commit, over a Unix socket; the cluster is private and its fsync is on. Its time stamps have no
/// nanoseconds, so they are BIGINT; book prices are double precision, for arrays of numeric are half as large again.
/// </summary>
internal sealed class PostgresPeer : IPeer
{
    private const int Depth = Workloads.SnapshotBlock.Depth;
    private readonly string script;
    private readonly string folder;
    private readonly NpgsqlConnection connection;

    private PostgresPeer(string script, string folder, NpgsqlConnection connection) =>
        (this.script, this.folder, this.connection) = (script, folder, connection);

    public string Name => "postgresql";

    /// <summary>Starts a private cluster. Returns null and the reason where that is not possible.</summary>
    public static PostgresPeer? TryStart(string folder, out string reason)
    {
        var script = Path.Combine(Results.FindRepository() ?? ".", "perf", "Peers", "postgres.sh");
        if (!File.Exists(script))
        {
            reason = "its script was not found beside the program";
            return null;
        }

        // A socket's path may have 107 bytes, and the server's user must be able to go there.
        var place = Directory.CreateTempSubdirectory("tickstore-pg-").FullName;
        var (exitCode, output) = Run(script, "start", place);
        if (exitCode != 0)
        {
            Directory.Delete(place, recursive: true);
            reason = output;
            return null;
        }

        reason = string.Empty;
        var connection = new NpgsqlConnection($"{output};Pooling=false;Command Timeout=600");
        try
        {
            connection.Open();
        }
        catch
        {
            Run(script, "stop", place);
            Directory.Delete(place, recursive: true);
            throw;
        }

        return new(script, place, connection);
    }

    public double Load(Workload workload, int commitRows, Latencies latencies)
    {
        PeerSql.Execute(
            connection,
            workload is TradeWorkload
                ? "CREATE TABLE trades (ts bigint, sym text, px numeric(18, 2), qty int, side boolean)"
                : "CREATE TABLE snapshots (ts bigint, sym text, last numeric(18, 2), volume bigint, bid double precision[], "
                    + "ask double precision[], bid_size int[], ask_size int[])"
        );
        var clock = Stopwatch.StartNew();
        for (var start = 0; start < workload.RowCount; start += commitRows)
        {
            var before = Stopwatch.GetTimestamp();
            using (var copy = connection.BeginBinaryImport($"COPY {workload.Name} FROM STDIN (FORMAT BINARY)"))
            {
                for (var row = start; row < Math.Min(start + commitRows, workload.RowCount); row++)
                {
                    copy.StartRow();
                    Write(copy, workload, row);
                }

                copy.Complete();
            }

            latencies.Add(Stopwatch.GetTimestamp() - before);
        }

        return clock.Elapsed.TotalSeconds;
    }

    public RowChecksum Checksum(Workload workload) =>
        PeerSql.Checksum(
            connection,
            workload is TradeWorkload
                ? "SELECT count(*), sum(qty)::bigint, (sum(px * qty) * 100)::bigint, 0 FROM trades"
                : "SELECT count(*), sum(volume)::bigint, (sum(last * volume) * 100)::bigint, sum(round(bid[10] * 100)::bigint * bid_size[10] "
                    + "+ round(ask[10] * 100)::bigint * ask_size[10])::bigint FROM snapshots"
        );

    public IEnumerable<(string Variant, string Engine, long Bytes)> Sizes(Workload workload)
    {
        var sql = $"SELECT pg_table_size('{workload.Name}')";
        yield return ("segments", Name, PeerSql.Scalar(connection, sql));
        PeerSql.Execute(connection, $"CREATE INDEX ON {workload.Name} (sym, ts)");
        yield return (
            "with_index",
            Name,
            PeerSql.Scalar(connection, $"SELECT pg_total_relation_size('{workload.Name}')")
        );
    }

    public void Dispose()
    {
        connection.Dispose();
        Run(script, "stop", folder);
        Directory.Delete(folder, recursive: true);
    }

    private static void Write(NpgsqlBinaryImporter copy, Workload workload, int row)
    {
        if (workload is TradeWorkload trades)
        {
            copy.Write(trades.Rows.Times[row], NpgsqlDbType.Bigint);
            copy.Write(workload.SymbolNames[trades.Rows.Symbols[row]], NpgsqlDbType.Text);
            copy.Write(new decimal(trades.Rows.PriceCents[row], 0, 0, false, 2), NpgsqlDbType.Numeric);
            copy.Write(trades.Rows.Sizes[row], NpgsqlDbType.Integer);
            copy.Write(trades.Rows.IsBuy[row] != 0, NpgsqlDbType.Boolean);
            return;
        }

        var rows = ((SnapshotWorkload)workload).Rows;
        copy.Write(rows.Times[row], NpgsqlDbType.Bigint);
        copy.Write(workload.SymbolNames[rows.Symbols[row]], NpgsqlDbType.Text);
        copy.Write(new decimal(rows.LastCents[row], 0, 0, false, 2), NpgsqlDbType.Numeric);
        copy.Write(rows.Volumes[row], NpgsqlDbType.Bigint);
        copy.Write(Prices(rows.BidCents), NpgsqlDbType.Array | NpgsqlDbType.Double);
        copy.Write(Prices(rows.AskCents), NpgsqlDbType.Array | NpgsqlDbType.Double);
        copy.Write(Counts(rows.BidSizes), NpgsqlDbType.Array | NpgsqlDbType.Integer);
        copy.Write(Counts(rows.AskSizes), NpgsqlDbType.Array | NpgsqlDbType.Integer);

        double[] Prices(int[] cents)
        {
            var levels = new double[Depth];
            for (var level = 0; level < Depth; level++)
            {
                levels[level] = cents[(level * workload.RowCount) + row] / 100.0;
            }

            return levels;
        }

        int[] Counts(int[] sizes)
        {
            var levels = new int[Depth];
            for (var level = 0; level < Depth; level++)
            {
                levels[level] = sizes[(level * workload.RowCount) + row];
            }

            return levels;
        }
    }

    private static (int ExitCode, string Output) Run(string script, string verb, string folder)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(verb);
        start.ArgumentList.Add(folder);
        using var process = Process.Start(start)!;

        // The server inherits the pipes, so their end never comes; a line is all that the script says.
        process.WaitForExit();
        var line = process.ExitCode == 0 && verb == "start" ? process.StandardOutput.ReadLine() : string.Empty;
        return (
            process.ExitCode,
            process.ExitCode == 0 ? line ?? string.Empty : process.StandardError.ReadLine() ?? "no reason given"
        );
    }
}
