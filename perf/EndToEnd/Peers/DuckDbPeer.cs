using System.Diagnostics;
using DuckDB.NET.Data;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Peers;

/// <summary>
/// DuckDB through its appender, one transaction a commit, 2 threads. Sizes are those of files of their own, written in one go, once in
/// arrival order and once sorted by symbol and time.
/// </summary>
internal sealed class DuckDbPeer : IPeer
{
    private const int Depth = Workloads.SnapshotBlock.Depth;
    private readonly string folder;
    private readonly DuckDBConnection connection;

    public DuckDbPeer(string folder)
    {
        this.folder = folder;
        connection = new DuckDBConnection($"Data Source={Path.Combine(folder, "peer.duckdb")}");
        connection.Open();
        PeerSql.Execute(connection, $"SET threads = {Math.Min(2, Environment.ProcessorCount)}");
    }

    public string Name => "duckdb";

    public double Load(Workload workload, int commitRows, Latencies latencies)
    {
        PeerSql.Execute(
            connection,
            workload is TradeWorkload
                ? "CREATE TABLE trades (ts BIGINT, sym VARCHAR, px DECIMAL(18, 2), qty INTEGER, side BOOLEAN)"
                : "CREATE TABLE snapshots (ts BIGINT, sym VARCHAR, last DECIMAL(18, 2), volume BIGINT, bid DECIMAL(18, 2)[10], "
                    + "ask DECIMAL(18, 2)[10], bid_size INTEGER[10], ask_size INTEGER[10])"
        );
        var clock = Stopwatch.StartNew();
        for (var start = 0; start < workload.RowCount; start += commitRows)
        {
            var before = Stopwatch.GetTimestamp();
            using (var transaction = connection.BeginTransaction())
            {
                using (var appender = connection.CreateAppender(workload.Name))
                {
                    for (var row = start; row < Math.Min(start + commitRows, workload.RowCount); row++)
                    {
                        Append(appender.CreateRow(), workload, row);
                    }
                }

                transaction.Commit();
            }

            latencies.Add(Stopwatch.GetTimestamp() - before);
        }

        return clock.Elapsed.TotalSeconds;
    }

    public RowChecksum Checksum(Workload workload) =>
        PeerSql.Checksum(
            connection,
            workload is TradeWorkload
                ? "SELECT count(*), sum(qty)::BIGINT, (sum(px * qty) * 100)::BIGINT, 0 FROM trades"
                : "SELECT count(*), sum(volume)::BIGINT, (sum(last * volume) * 100)::BIGINT, (sum(bid[10] * bid_size[10] "
                    + "+ ask[10] * ask_size[10]) * 100)::BIGINT FROM snapshots"
        );

    public IEnumerable<(string Variant, string Engine, long Bytes)> Sizes(Workload workload)
    {
        yield return ("segments", Name, FileBytes(workload, "arrival", string.Empty));
        yield return ("segments", $"{Name}-sorted", FileBytes(workload, "sorted", " ORDER BY sym, ts"));
    }

    /// <summary>The table as it was loaded, and a copy sorted by symbol and time.</summary>
    public IReadOnlyList<(string Engine, string Table)> Layouts(Workload workload)
    {
        PeerSql.Execute(
            connection,
            $"CREATE OR REPLACE TABLE {workload.Name}_sorted AS SELECT * FROM {workload.Name} ORDER BY sym, ts"
        );
        return [(Name, workload.Name), ($"{Name}-sorted", $"{workload.Name}_sorted")];
    }

    /// <summary>The first row of a query's result.</summary>
    public decimal[] Decimals(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        reader.Read();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(i => decimal.Parse($"{reader.GetValue(i)}"))];
    }

    public void Dispose() => connection.Dispose();

    private long FileBytes(Workload workload, string layout, string order)
    {
        var path = Path.Combine(folder, $"{workload.Name}-{layout}.duckdb");
        PeerSql.Execute(connection, $"ATTACH '{path}' AS other");
        PeerSql.Execute(connection, $"CREATE TABLE other.{workload.Name} AS SELECT * FROM {workload.Name}{order}");
        PeerSql.Execute(connection, "CHECKPOINT other");
        PeerSql.Execute(connection, "DETACH other");
        return new FileInfo(path).Length;
    }

    private static void Append(IDuckDBAppenderRow target, Workload workload, int row)
    {
        if (workload is TradeWorkload trades)
        {
            target
                .AppendValue(trades.Rows.Times[row])
                .AppendValue(workload.SymbolNames[trades.Rows.Symbols[row]])
                .AppendValue(new decimal(trades.Rows.PriceCents[row], 0, 0, false, 2))
                .AppendValue(trades.Rows.Sizes[row])
                .AppendValue(trades.Rows.IsBuy[row] != 0)
                .EndRow();
            return;
        }

        var rows = ((SnapshotWorkload)workload).Rows;
        target
            .AppendValue(rows.Times[row])
            .AppendValue(workload.SymbolNames[rows.Symbols[row]])
            .AppendValue(new decimal(rows.LastCents[row], 0, 0, false, 2))
            .AppendValue(rows.Volumes[row])
            .AppendValue(Prices(rows.BidCents))
            .AppendValue(Prices(rows.AskCents))
            .AppendValue(Counts(rows.BidSizes))
            .AppendValue(Counts(rows.AskSizes))
            .EndRow();

        decimal[] Prices(int[] cents)
        {
            var levels = new decimal[Depth];
            for (var level = 0; level < Depth; level++)
            {
                levels[level] = new decimal((int)cents[(level * workload.RowCount) + row], 0, 0, false, 2);
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
}
