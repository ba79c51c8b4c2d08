using System.Globalization;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>
/// ClickHouse inside this process (libchdb): MergeTree tables ordered by symbol and time, a partition a day, two threads, 8 GB.
/// </summary>
/// <remarks>
/// Prices are Decimal(9, 2), four bytes of whole cents: exact, and half of what Decimal(18, 2) or Float64 would have to read;
/// products widen to 18 digits. Books are tuples of ten, which ClickHouse stores level by level; arrays would lie row by row.
/// A day's rows are one sorted part, so nothing is left to merge, and no merge disturbs the queries.
/// </remarks>
internal sealed class ClickHouseEngine : IEngine
{
    private const string AnswerFormat = "RowBinaryWithNamesAndTypes";
    private readonly string folder;
    private readonly ChDbConnection connection;
    private TimeSpan timeoutNow = TimeSpan.Zero;

    private ClickHouseEngine(string folder, ChDbConnection connection)
    {
        (this.folder, this.connection) = (folder, connection);
        Set("max_threads", 2);
        Set("max_insert_threads", 2);
        Set("max_memory_usage", 8L << 30);
        Version = $"ClickHouse {Answer("SELECT version()")[0][0]}";
    }

    public string Version { get; }

    /// <summary>Opens or makes the engine's folder. Null and the reason where libchdb is not installed.</summary>
    public static IEngine? TryOpen(string folder, out string reason)
    {
        if (ChDbLocation.TryFind(out reason) is not { } path)
        {
            return null;
        }

        try
        {
            ChDbApi.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            reason = e.Message;
            return null;
        }

        Directory.CreateDirectory(folder);
        return new ClickHouseEngine(folder, ChDbConnection.Open(folder));
    }

    public double LoadBulk(Workload workload) => new ClickHouseLoader(connection, folder, workload).Bulk();

    public double LoadDurable(Workload workload, int rowCount, int commitRows, Latencies commits) =>
        new ClickHouseLoader(connection, folder, workload).Durable(rowCount, commitRows, commits);

    public double? CreateIndexes(Workload workload) => null;

    public RowChecksum Checksum(Workload workload)
    {
        var row = Answer(
            workload switch
            {
                TradeWorkload =>
                    "SELECT count(), sum(qty), toInt64(sum(toDecimal128(px, 2) * qty) * 100), toInt64(0) FROM trades",
                QuoteWorkload => "SELECT count(), sum(bid_size), toInt64(sum(toDecimal128(bid, 2) * bid_size) * 100), "
                    + "toInt64(sum(toDecimal128(ask, 2) * ask_size) * 100) FROM quotes",
                _ => "SELECT count(), sum(volume), toInt64(sum(toDecimal128(last, 2) * volume) * 100), "
                    + "toInt64(sum(toDecimal128(bid.10, 2) * bid_size.10 + toDecimal128(ask.10, 2) * ask_size.10) * 100) "
                    + "FROM snapshots",
            }
        )[0];
        return new((long)row[0], (long)row[1], (long)row[2], (long)row[3]);
    }

    public IReadOnlyList<EngineSize> Sizes(Workload workload)
    {
        var name = workload.Name;
        var small = $"{name}_zstd";
        connection.Execute($"DROP TABLE IF EXISTS {small} SYNC");
        connection.Execute(ClickHouseTable.Create(workload, small, isSmall: true));
        connection.Execute($"INSERT INTO {small} SELECT * FROM {name}");
        connection.Execute($"OPTIMIZE TABLE {small} FINAL");
        List<EngineSize> sizes =
        [
            new("total", TotalBytes(name)),
            .. ColumnBytes(name, null),
            new("total", TotalBytes(small), EngineNames.ClickHouseZstd),
            .. ColumnBytes(small, EngineNames.ClickHouseZstd),
        ];
        connection.Execute($"DROP TABLE {small} SYNC");
        return sizes;
    }

    public object[][]? Query(string id, QueryParameters parameters, TimeSpan timeout)
    {
        if (QueryTexts.Find(id, "clickhouse", parameters) is not { } sql)
        {
            return null;
        }

        LimitTo(timeout);
        return id == "Q12" ? DayDelivery.Run(connection, sql) : Answer(sql);
    }

    public void Dispose() => connection.Dispose();

    private long TotalBytes(string table) =>
        (long)Answer($"SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = '{table}'")[0][0];

    private IEnumerable<EngineSize> ColumnBytes(string table, string? form)
    {
        foreach (
            var row in Answer(
                $"SELECT column, sum(column_data_compressed_bytes) FROM system.parts_columns WHERE active AND table = '{table}' "
                    + "GROUP BY column ORDER BY min(column_position)"
            )
        )
        {
            yield return new($"column.{row[0]}", (long)row[1], form);
        }
    }

    private void LimitTo(TimeSpan timeout)
    {
        if (timeout != timeoutNow)
        {
            connection.Execute(
                string.Create(CultureInfo.InvariantCulture, $"SET max_execution_time = {timeout.TotalSeconds:F3}")
            );
            timeoutNow = timeout;
        }
    }

    private void Set(string setting, long value) => connection.Execute($"SET {setting} = {value}");

    private object[][] Answer(string sql)
    {
        using var result = connection.Query(sql, AnswerFormat);
        return RowBinaryReader.ReadAll(result.Bytes);
    }
}
