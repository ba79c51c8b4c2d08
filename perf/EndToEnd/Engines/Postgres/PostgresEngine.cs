using System.Diagnostics;
using System.Globalization;
using Npgsql;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Engines.Postgres;

/// <summary>
/// A private PostgreSQL server on a Unix socket. Its time stamps have no nanoseconds, so they are BIGINT; prices are integers of
/// cents, for NUMERIC takes twice the bytes and several times the time; a book level is a column.
/// </summary>
internal sealed class PostgresEngine : IEngine
{
    private readonly PostgresServer server;
    private readonly NpgsqlConnection connection;
    private TimeSpan timeoutNow = TimeSpan.Zero;

    private PostgresEngine(PostgresServer server)
    {
        this.server = server;
        connection = new NpgsqlConnection($"{server.ConnectionString};Pooling=false;Command Timeout=0;Timeout=60");
        connection.Open();
    }

    public string Version => $"PostgreSQL {connection.PostgreSqlVersion}";

    /// <summary>Starts the server on what the folder holds; null and the reason where it is not installed.</summary>
    public static IEngine? TryOpen(string folder, out string reason)
    {
        var server = PostgresServer.TryStart(folder, out reason);
        try
        {
            return server is null ? null : new PostgresEngine(server);
        }
        catch
        {
            server!.Dispose();
            throw;
        }
    }

    /// <summary>
    /// One COPY in the transaction that makes the table: it goes around the log, its pages are synced at the commit, and its rows
    /// are frozen, so that no vacuum has to follow.
    /// </summary>
    public double LoadBulk(Workload workload)
    {
        var clock = Stopwatch.StartNew();
        using (var transaction = connection.BeginTransaction())
        {
            Create(workload);
            PostgresCopy.Write(connection, workload, FlatColumn.Of(workload), 0, workload.RowCount, ", FREEZE");
            transaction.Commit();
        }

        Execute("CHECKPOINT");
        return clock.Elapsed.TotalSeconds;
    }

    public double LoadDurable(Workload workload, int rowCount, int commitRows, Latencies commits)
    {
        Create(workload);
        var columns = FlatColumn.Of(workload);
        var clock = Stopwatch.StartNew();
        for (var start = 0; start < rowCount; start += commitRows)
        {
            var before = Stopwatch.GetTimestamp();
            PostgresCopy.Write(
                connection,
                workload,
                columns,
                start,
                Math.Min(commitRows, rowCount - start),
                string.Empty
            );
            commits.Add(Stopwatch.GetTimestamp() - before);
        }

        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>
    /// By symbol and time, with the prices inside where most queries then never read the table; and by time, for whole days: of
    /// trades as a tree, which also gives their order, of the larger snapshots as ranges of blocks.
    /// </summary>
    public double? CreateIndexes(Workload workload)
    {
        var clock = Stopwatch.StartNew();
        Execute(
            workload switch
            {
                TradeWorkload => "CREATE INDEX ON trades (sym, ts) INCLUDE (px, qty); CREATE INDEX ON trades (ts)",
                QuoteWorkload => "CREATE INDEX ON quotes (sym, ts) INCLUDE (bid, ask)",
                _ => "CREATE INDEX ON snapshots (sym, ts); CREATE INDEX ON snapshots USING brin (ts)",
            }
        );
        Execute($"VACUUM ANALYZE {workload.Name}");
        Execute("CHECKPOINT");
        return clock.Elapsed.TotalSeconds;
    }

    public RowChecksum Checksum(Workload workload) =>
        SqlRows.Checksum(
            connection,
            workload switch
            {
                TradeWorkload => "SELECT count(*), sum(qty), sum(px::bigint * qty)::bigint, 0::bigint FROM trades",
                QuoteWorkload => "SELECT count(*), sum(bid_size), sum(bid::bigint * bid_size)::bigint, "
                    + "sum(ask::bigint * ask_size)::bigint FROM quotes",
                _ => "SELECT count(*), sum(volume)::bigint, sum(last * volume)::bigint, "
                    + "sum(bid10::bigint * bid_size10 + ask10::bigint * ask_size10)::bigint FROM snapshots",
            }
        );

    public IReadOnlyList<EngineSize> Sizes(Workload workload)
    {
        var table = SqlRows.Scalar(connection, $"SELECT pg_table_size('{workload.Name}')");
        var indexes = SqlRows.Scalar(connection, $"SELECT pg_indexes_size('{workload.Name}')");
        return indexes == 0 ? [new("total", table)] : [new("total", table), new("with_index", table + indexes)];
    }

    public object[][]? Query(string id, QueryParameters parameters, TimeSpan timeout)
    {
        var sql = QueryTexts.Find(id, "postgresql", parameters);
        if (sql is null)
        {
            return null;
        }

        LimitTo(timeout);
        try
        {
            return id == "Q12" ? PostgresDelivery.Read(connection, sql) : SqlRows.Read(connection, sql);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw new TimeoutException($"{id} was stopped after {timeout.TotalSeconds} s", e);
        }
    }

    public void Dispose()
    {
        connection.Dispose();
        server.Dispose();
    }

    // Only where it changes: a statement of its own takes as long as the shortest query, and is within that one's time.
    private void LimitTo(TimeSpan timeout)
    {
        if (timeout != timeoutNow)
        {
            var millis = Math.Max(1, (long)timeout.TotalMilliseconds);
            Execute($"SET statement_timeout = {millis.ToString(CultureInfo.InvariantCulture)}");
            timeoutNow = timeout;
        }
    }

    private void Create(Workload workload)
    {
        var columns = FlatColumn.Of(workload).Select(c => $"{c.Name} {TypeOf(c.Kind)} NOT NULL");
        Execute($"DROP TABLE IF EXISTS {workload.Name}");
        Execute($"CREATE TABLE {workload.Name} ({string.Join(", ", columns)})");
    }

    private static string TypeOf(FlatKind kind) =>
        kind switch
        {
            FlatKind.Time or FlatKind.LargeCount => "bigint",
            FlatKind.Symbol => "text",
            FlatKind.Price or FlatKind.Count => "integer",
            FlatKind.Flag => "boolean",
        };

    private void Execute(string sql) => SqlRows.Execute(connection, sql);
}
