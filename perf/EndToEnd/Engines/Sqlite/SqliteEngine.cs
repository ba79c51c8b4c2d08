using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Engines.Sqlite;

/// <summary>
/// SQLite in process, a file per table, attached to one connection. Prices are integers of cents, its smallest exact form; a column
/// that a query names "..._cents" is given as a decimal. A book level is a column. Rows go in through one prepared statement of the
/// C interface, which is twice as fast as the provider's parameters.
/// </summary>
internal sealed class SqliteEngine : IEngine
{
    private const int Interrupted = raw.SQLITE_INTERRUPT;
    private const string CentsSuffix = "_cents";
    private readonly string folder;
    private readonly SqliteConnection connection;

    private SqliteEngine(string folder)
    {
        this.folder = folder;
        connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();

        // The sorter may use a second thread; nothing else in SQLite can.
        Execute("PRAGMA threads = 2");

        // It sorts as many rows in memory as the cache of the main database may hold, wherever the rows come from.
        Execute("PRAGMA main.cache_size = -524288");
        foreach (var table in Workload.Tables)
        {
            if (File.Exists(FileOf(table)))
            {
                Attach(table);
            }
        }
    }

    public string Version => $"SQLite {connection.ServerVersion}";

    /// <summary>Opens what is below a folder; it is a package of this project and always there.</summary>
    public static IEngine? TryOpen(string folder, out string reason)
    {
        reason = string.Empty;
        Directory.CreateDirectory(folder);
        return new SqliteEngine(folder);
    }

    public double LoadBulk(Workload workload)
    {
        var clock = Stopwatch.StartNew();
        Create(workload);

        // A load that fails is begun anew, so it needs no journal; its one commit syncs the file.
        Execute($"PRAGMA {workload.Name}_file.journal_mode = OFF");
        using (var insert = new SqliteInsert(connection, workload))
        {
            Execute("BEGIN");
            insert.Append(0, workload.RowCount);
            Execute("COMMIT");
        }

        Execute($"PRAGMA {workload.Name}_file.journal_mode = WAL");
        return clock.Elapsed.TotalSeconds;
    }

    public double LoadDurable(Workload workload, int rowCount, int commitRows, Latencies commits)
    {
        Create(workload);
        Execute($"PRAGMA {workload.Name}_file.journal_mode = WAL");
        using var insert = new SqliteInsert(connection, workload);
        using var begin = new SqliteStatement(connection, "BEGIN");
        using var commit = new SqliteStatement(connection, "COMMIT");
        var clock = Stopwatch.StartNew();
        for (var start = 0; start < rowCount; start += commitRows)
        {
            var before = Stopwatch.GetTimestamp();
            begin.Run();
            insert.Append(start, Math.Min(commitRows, rowCount - start));
            commit.Run();
            commits.Add(Stopwatch.GetTimestamp() - before);
        }

        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>
    /// By symbol and time, with the prices inside where most queries then never read the table; and by time, for whole days.
    /// </summary>
    public double? CreateIndexes(Workload workload)
    {
        var clock = Stopwatch.StartNew();
        var name = workload.Name;
        var covered = workload switch
        {
            TradeWorkload => ", px, qty",
            QuoteWorkload => ", bid, ask",
            _ => string.Empty,
        };
        // The number of pages before the indexes is kept where the format has room for the owner's number.
        Execute($"PRAGMA {name}_file.user_version = {Scalar($"PRAGMA {name}_file.page_count")}");
        Execute($"CREATE INDEX {name}_file.{name}_by_symbol ON {name} (sym, ts{covered})");
        if (workload is not QuoteWorkload)
        {
            Execute($"CREATE INDEX {name}_file.{name}_by_time ON {name} (ts)");
        }

        Execute($"ANALYZE {name}_file");
        Execute($"PRAGMA {name}_file.wal_checkpoint(TRUNCATE)");
        return clock.Elapsed.TotalSeconds;
    }

    public RowChecksum Checksum(Workload workload) =>
        SqlRows.Checksum(
            connection,
            workload switch
            {
                TradeWorkload => "SELECT count(*), sum(qty), sum(px * qty), 0 FROM trades",
                QuoteWorkload => "SELECT count(*), sum(bid_size), sum(bid * bid_size), sum(ask * ask_size) FROM quotes",
                _ => "SELECT count(*), sum(volume), sum(last * volume), sum(bid10 * bid_size10 + ask10 * ask_size10) "
                    + "FROM snapshots",
            }
        );

    public IReadOnlyList<EngineSize> Sizes(Workload workload)
    {
        var file = $"{workload.Name}_file";
        Execute($"PRAGMA {file}.wal_checkpoint(TRUNCATE)");
        var bytes = new FileInfo(FileOf(workload.Name)).Length;
        var tablePages = Scalar($"PRAGMA {file}.user_version");
        return tablePages == 0
            ? [new("total", bytes)]
            : [new("total", tablePages * Scalar($"PRAGMA {file}.page_size")), new("with_index", bytes)];
    }

    public object[][]? Query(string id, QueryParameters parameters, TimeSpan timeout)
    {
        var sql = QueryTexts.Find(id, "sqlite", parameters);
        if (sql is null)
        {
            return null;
        }

        var handle = connection.Handle!;
        using var limit = new Timer(_ => raw.sqlite3_interrupt(handle));
        limit.Change(timeout, Timeout.InfiniteTimeSpan);
        try
        {
            using var statement = new SqliteStatement(connection, sql);
            return id == "Q12" ? SqliteDelivery.Read(statement) : statement.Read(CentsSuffix);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Interrupted)
        {
            throw new TimeoutException($"{id} was stopped after {timeout.TotalSeconds} s", e);
        }
    }

    public void Dispose() => connection.Dispose();

    private void Create(Workload workload)
    {
        var file = FileOf(workload.Name);
        if (File.Exists(file))
        {
            Execute($"DETACH {workload.Name}_file");
            File.Delete(file);
        }

        Attach(workload.Name);
        var columns = FlatColumn
            .Of(workload)
            .Select(c => $"{c.Name} {(c.Kind == FlatKind.Symbol ? "TEXT" : "INTEGER")} NOT NULL");
        Execute($"CREATE TABLE {workload.Name}_file.{workload.Name} ({string.Join(", ", columns)})");
    }

    private void Attach(string table)
    {
        Execute($"ATTACH '{FileOf(table)}' AS {table}_file");

        // FULL syncs the write-ahead log at each commit; the pages in use are kept as a larger server would.
        Execute($"PRAGMA {table}_file.synchronous = FULL");
        Execute($"PRAGMA {table}_file.cache_size = -1048576");
        Execute($"PRAGMA {table}_file.mmap_size = 2147418112");
    }

    private long Scalar(string sql) => SqlRows.Scalar(connection, sql);

    private void Execute(string sql) => SqlRows.Execute(connection, sql);

    private string FileOf(string table) => Path.Combine(folder, $"{table}.sqlite");
}
