using System.Diagnostics;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Engines.DuckDb;

/// <summary>
/// DuckDB in process, a file per table, attached to one instance. Symbols are an ENUM: as text they take twice the time to load and
/// to group. A book level is a column. In the sorted layout a table is written once more, ordered by symbol and time, and the time
/// of that belongs to the load; small durable commits are appended as they come in either layout.
/// </summary>
internal sealed class DuckDbEngine : IEngine
{
    private const int Threads = 2;

    /// <summary>Rows of a row group: where the halves of a load meet, so that no group is left half full.</summary>
    private const int RowGroupRows = 122_880;

    private readonly string folder;
    private readonly bool isSorted;
    private readonly DuckDBConnection connection;

    private DuckDbEngine(string folder, bool isSorted)
    {
        this.folder = folder;
        this.isSorted = isSorted;
        connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        Execute($"SET threads = {Math.Min(Threads, Environment.ProcessorCount)}");
        Execute("SET memory_limit = '8GB'");
        Execute($"SET temp_directory = '{Path.Combine(folder, "spill")}'");
        foreach (var table in Workload.Tables)
        {
            if (File.Exists(FileOf(table)))
            {
                Attach(table);
            }
        }
    }

    public string Version => $"DuckDB {connection.ServerVersion}";

    /// <summary>Opens the layout in arrival order.</summary>
    public static IEngine? TryOpen(string folder, out string reason) => TryOpen(folder, isSorted: false, out reason);

    /// <summary>Opens the layout that is sorted by symbol and time.</summary>
    public static IEngine? TryOpenSorted(string folder, out string reason) =>
        TryOpen(folder, isSorted: true, out reason);

    public double LoadBulk(Workload workload)
    {
        var clock = Stopwatch.StartNew();
        if (isSorted)
        {
            LoadSorted(workload);
        }
        else
        {
            Create(workload.Name, workload);
            AppendAll(workload, workload.Name);
        }

        Execute($"CHECKPOINT {CatalogOf(workload.Name)}");
        return clock.Elapsed.TotalSeconds;
    }

    public double LoadDurable(Workload workload, int rowCount, int commitRows, Latencies commits)
    {
        Create(workload.Name, workload);
        using var appender = new DuckDbAppender(
            connection,
            CatalogOf(workload.Name),
            workload.Name,
            FlatColumn.Of(workload)
        );
        var clock = Stopwatch.StartNew();
        for (var start = 0; start < rowCount; start += commitRows)
        {
            // Outside a transaction a flush is a commit, and the write-ahead log is synced before it returns.
            var before = Stopwatch.GetTimestamp();
            appender.Append(start, Math.Min(commitRows, rowCount - start));
            appender.Flush();
            commits.Add(Stopwatch.GetTimestamp() - before);
        }

        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>None: its zone maps come by themselves, and an ART index on (sym, ts) helps none of the queries.</summary>
    public double? CreateIndexes(Workload workload) => null;

    public RowChecksum Checksum(Workload workload) =>
        SqlRows.Checksum(
            connection,
            workload switch
            {
                TradeWorkload =>
                    "SELECT count(*), sum(qty)::BIGINT, (sum(px * qty) * 100)::BIGINT, 0::BIGINT FROM trades",
                QuoteWorkload => "SELECT count(*), sum(bid_size)::BIGINT, (sum(bid * bid_size) * 100)::BIGINT, "
                    + "(sum(ask * ask_size) * 100)::BIGINT FROM quotes",
                _ => "SELECT count(*), sum(volume)::BIGINT, (sum(last * volume) * 100)::BIGINT, "
                    + "(sum(bid10 * bid_size10 + ask10 * ask_size10) * 100)::BIGINT FROM snapshots",
            }
        );

    public IReadOnlyList<EngineSize> Sizes(Workload workload)
    {
        Execute($"CHECKPOINT {CatalogOf(workload.Name)}");
        return DuckDbSizes.Of(connection, workload.Name, FileOf(workload.Name), isSorted ? folder : null);
    }

    public object[][]? Query(string id, QueryParameters parameters, TimeSpan timeout)
    {
        var sql = isSorted ? QueryTexts.Find(id, "duckdb-sorted", parameters) : null;
        sql ??= QueryTexts.Find(id, "duckdb", parameters);
        if (sql is null)
        {
            return null;
        }

        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var limit = new Timer(_ => NativeMethods.Startup.DuckDBInterrupt(connection.NativeConnection));
        limit.Change(timeout, Timeout.InfiniteTimeSpan);
        try
        {
            return id == "Q12" ? DuckDbDelivery.Read(connection, sql) : SqlRows.Read(command);
        }
        catch (Exception e)
            when (e is OperationCanceledException or DuckDBException { ErrorType: DuckDBErrorType.Interrupt })
        {
            throw new TimeoutException($"{id} was stopped after {timeout.TotalSeconds} s", e);
        }
    }

    public void Dispose() => connection.Dispose();

    private static DuckDbEngine TryOpen(string folder, bool isSorted, out string reason)
    {
        // It is a package of this project: it is always there.
        reason = string.Empty;
        Directory.CreateDirectory(folder);
        return new(folder, isSorted);
    }

    private void LoadSorted(Workload workload)
    {
        // DuckDB sorts what is in a table: the rows wait in a file of their own, which leaves no gaps in the one that stays.
        var staged = $"{workload.Name}_staged";
        Create(staged, workload);
        AppendAll(workload, staged);
        Create(workload.Name, workload);
        Execute(
            $"INSERT INTO {CatalogOf(workload.Name)}.{workload.Name} "
                + $"SELECT * FROM {CatalogOf(staged)}.{staged} ORDER BY sym, ts"
        );
        FindTables(but: staged);
        Execute($"DETACH {CatalogOf(staged)}");
        File.Delete(FileOf(staged));
    }

    /// <summary>Writes all rows, a half by each thread; the halves are committed in order, so the table is in arrival order.</summary>
    private void AppendAll(Workload workload, string table)
    {
        var columns = FlatColumn.Of(workload);
        var middle = workload.RowCount / 2 / RowGroupRows * RowGroupRows;
        using var other = connection.Duplicate();
        other.Open();
        using var firstHalf = connection.BeginTransaction();
        using var secondHalf = other.BeginTransaction();
        var second = Task.Run(() => Append(other, middle, workload.RowCount));
        Append(connection, 0, middle);
        second.GetAwaiter().GetResult();
        firstHalf.Commit();
        secondHalf.Commit();

        void Append(DuckDBConnection target, int startRow, int endRow)
        {
            using var appender = new DuckDbAppender(target, CatalogOf(table), table, columns);
            appender.Append(startRow, endRow - startRow);
            appender.Flush();
        }
    }

    private void Create(string table, Workload workload)
    {
        if (File.Exists(FileOf(table)))
        {
            FindTables(but: table);
            Execute($"DETACH DATABASE IF EXISTS {CatalogOf(table)}");
            File.Delete(FileOf(table));
        }

        Attach(table);
        var catalog = CatalogOf(table);
        var symbols = string.Join(", ", workload.SymbolNames.Select(n => $"'{n}'"));
        Execute($"CREATE TYPE {catalog}.symbol AS ENUM ({symbols})");
        var columns = FlatColumn
            .Of(workload)
            .Select(c =>
                $"{c.Name} {(c.Kind == FlatKind.Symbol ? $"{catalog}.symbol" : DuckDbColumn.TypeOf(c.Kind))} NOT NULL"
            );
        Execute($"CREATE TABLE {catalog}.{table} ({string.Join(", ", columns)})");
    }

    private void Attach(string table)
    {
        Execute($"ATTACH '{FileOf(table)}' AS {CatalogOf(table)}");
        FindTables();
    }

    /// <summary>Lets queries name a table without its file; all that are attached, or all but one.</summary>
    private void FindTables(string but = "")
    {
        var attached = SqlRows.Read(
            connection,
            $"SELECT database_name FROM duckdb_databases() WHERE ends_with(database_name, '_file') AND database_name <> '{CatalogOf(but)}'"
        );
        Execute(
            $"SET search_path = '{string.Join(',', attached.Select(row => $"{row[0]}.main").Prepend("memory.main"))}'"
        );
    }

    private void Execute(string sql) => SqlRows.Execute(connection, sql);

    private string FileOf(string table) => Path.Combine(folder, $"{table}.duckdb");

    private static string CatalogOf(string table) => $"{table}_file";
}
