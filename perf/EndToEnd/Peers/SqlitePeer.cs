using System.Diagnostics;
using Microsoft.Data.Sqlite;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Peers;

/// <summary>
/// SQLite through one prepared statement, with a write-ahead log and synchronous = FULL, so that each commit is synced. Prices are
/// integers of cents, its smallest form; a book level is a column.
/// </summary>
internal sealed class SqlitePeer(string folder) : IPeer
{
    private readonly Dictionary<string, SqliteConnection> connections = [];

    public string Name => "sqlite";

    public double Load(Workload workload, int commitRows, Latencies latencies)
    {
        var connection = new SqliteConnection($"Data Source={FileOf(workload)};Pooling=False");
        connections.Add(workload.Name, connection);
        connection.Open();
        PeerSql.Execute(
            connection,
            "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -262144"
        );
        var columns = Columns(workload);
        var declarations = columns.Select(c => c == "sym" ? "sym TEXT" : $"{c} INTEGER");
        PeerSql.Execute(connection, $"CREATE TABLE {workload.Name} ({string.Join(", ", declarations)})");
        using var insert = connection.CreateCommand();
        insert.CommandText =
            $"INSERT INTO {workload.Name} VALUES ({string.Join(", ", columns.Select((_, i) => $"${i}"))})";
        var parameters = columns.Select((_, i) => insert.Parameters.Add(new SqliteParameter($"${i}", null))).ToArray();
        insert.Prepare();
        var clock = Stopwatch.StartNew();
        for (var start = 0; start < workload.RowCount; start += commitRows)
        {
            var before = Stopwatch.GetTimestamp();
            using var transaction = connection.BeginTransaction();
            insert.Transaction = transaction;
            for (var row = start; row < Math.Min(start + commitRows, workload.RowCount); row++)
            {
                Bind(workload, row, parameters);
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
            latencies.Add(Stopwatch.GetTimestamp() - before);
        }

        return clock.Elapsed.TotalSeconds;
    }

    public RowChecksum Checksum(Workload workload) =>
        PeerSql.Checksum(
            connections[workload.Name],
            workload is TradeWorkload
                ? "SELECT count(*), sum(qty), sum(px * qty), 0 FROM trades"
                : "SELECT count(*), sum(volume), sum(last * volume), sum(bid10 * bid_size10 + ask10 * ask_size10) FROM snapshots"
        );

    public IEnumerable<(string Variant, string Engine, long Bytes)> Sizes(Workload workload)
    {
        var connection = connections[workload.Name];
        PeerSql.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        yield return ("segments", Name, new FileInfo(FileOf(workload)).Length);
        PeerSql.Execute(connection, $"CREATE INDEX by_symbol ON {workload.Name} (sym, ts)");
        PeerSql.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        yield return ("with_index", Name, new FileInfo(FileOf(workload)).Length);
    }

    public void Dispose()
    {
        foreach (var connection in connections.Values)
        {
            connection.Dispose();
        }
    }

    private static string[] Columns(Workload workload) =>
        workload is TradeWorkload
            ? ["ts", "sym", "px", "qty", "side"]
            :
            [
                "ts",
                "sym",
                "last",
                "volume",
                .. Levels("bid"),
                .. Levels("ask"),
                .. Levels("bid_size"),
                .. Levels("ask_size"),
            ];

    private static IEnumerable<string> Levels(string name) =>
        Enumerable.Range(1, Workloads.SnapshotBlock.Depth).Select(l => $"{name}{l}");

    private static void Bind(Workload workload, int row, SqliteParameter[] parameters)
    {
        if (workload is TradeWorkload trades)
        {
            parameters[0].Value = trades.Rows.Times[row];
            parameters[1].Value = workload.SymbolNames[trades.Rows.Symbols[row]];
            parameters[2].Value = trades.Rows.PriceCents[row];
            parameters[3].Value = (long)trades.Rows.Sizes[row];
            parameters[4].Value = (long)trades.Rows.IsBuy[row];
            return;
        }

        var rows = ((SnapshotWorkload)workload).Rows;
        parameters[0].Value = rows.Times[row];
        parameters[1].Value = workload.SymbolNames[rows.Symbols[row]];
        parameters[2].Value = rows.LastCents[row];
        parameters[3].Value = rows.Volumes[row];
        const int depth = Workloads.SnapshotBlock.Depth;
        for (var level = 0; level < depth; level++)
        {
            var from = (level * workload.RowCount) + row;
            parameters[4 + level].Value = rows.BidCents[from];
            parameters[4 + depth + level].Value = rows.AskCents[from];
            parameters[4 + (2 * depth) + level].Value = (long)rows.BidSizes[from];
            parameters[4 + (3 * depth) + level].Value = (long)rows.AskSizes[from];
        }
    }

    private string FileOf(Workload workload) => Path.Combine(folder, $"{workload.Name}.sqlite");
}
