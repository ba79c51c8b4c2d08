using System.Diagnostics;
using TickStore.Core;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Suites;
using TickStore.EndToEnd.Workers;
using TickStore.Storage;

namespace TickStore.EndToEnd.Engines.TickStore;

/// <summary>
/// TickStore, embedded. Rows come as columns, as a feed handler writes them; a load in bulk commits without waiting for the device, then
/// seals and merges everything and closes the database, so that nothing is left to be done later.
/// </summary>
internal sealed class TickStoreEngine : IEngine
{
    private const int BulkCommitRows = 20_000;
    private readonly string folder;
    private readonly Dictionary<string, long> folderBytes = [];
    private TickDatabase database;

    private TickStoreEngine(string folder)
    {
        this.folder = folder;
        database = Open(folder);
    }

    public string Version { get; } =
        $"TickStore {typeof(TickDatabase).Assembly.GetName().Version?.ToString(3)}, .NET {Environment.Version}";

    /// <summary>It is always there.</summary>
    public static IEngine? TryOpen(string folder, out string reason)
    {
        reason = string.Empty;
        return new TickStoreEngine(folder);
    }

    public double LoadBulk(Workload workload)
    {
        Drop(workload);
        var bytesBefore = BytesOf(folder);
        var clock = Stopwatch.StartNew();
        Append(workload, workload.RowCount, BulkCommitRows, Durability.Async, null);
        database.Flush();
        database.Seal();
        database.Compact();
        database.Dispose();
        var seconds = clock.Elapsed.TotalSeconds;
        folderBytes[workload.Name] = BytesOf(folder) - bytesBefore;
        database = Open(folder);
        return seconds;
    }

    public double LoadDurable(Workload workload, int rowCount, int commitRows, Latencies commits)
    {
        Drop(workload);
        var clock = Stopwatch.StartNew();
        Append(workload, rowCount, commitRows, Durability.Fsync, commits);
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Segments are sorted by symbol and time, and know their bounds: there is nothing to be made.</summary>
    public double? CreateIndexes(Workload workload) => null;

    public RowChecksum Checksum(Workload workload) =>
        Scanner.Read(database, workload, ScanOrder.None, WorkerMain.ThreadCount);

    public IReadOnlyList<EngineSize> Sizes(Workload workload)
    {
        var table = database.Statistics().Single(t => t.Table.Name == workload.Name);
        if (table.HeadRowCount != 0)
        {
            throw new InvalidOperationException($"{table.HeadRowCount} rows of {workload.Name} are not sealed");
        }

        var sizes = new List<EngineSize> { new("total", table.SegmentBytes) };
        if (folderBytes.TryGetValue(workload.Name, out var bytes))
        {
            sizes.Add(new("folder", bytes));
        }

        foreach (var column in table.Columns)
        {
            sizes.Add(new($"column.{column.Column.Name}", column.Bytes));
        }

        return sizes;
    }

    public object[][]? Query(string id, QueryParameters parameters, TimeSpan timeout)
    {
        if (QueryTexts.Find(id, "tickstore", parameters) is not { } sql)
        {
            return null;
        }

        using var limit = new CancellationTokenSource(timeout);
        try
        {
            using var result = database.Query(sql, limit.Token);
            return id == "Q12" ? TickStoreAnswers.SumOfTrades(result) : TickStoreAnswers.Rows(result);
        }
        catch (Exception e)
            when (limit.IsCancellationRequested && e is OperationCanceledException or TickStoreException)
        {
            throw new TimeoutException($"{id} took longer than {timeout.TotalSeconds:F0} s", e);
        }
    }

    public void Dispose() => database.Dispose();

    private static TickDatabase Open(string folder) =>
        TickDatabase.Open(folder, new TickDatabaseOptions { ThreadCount = WorkerMain.ThreadCount });

    private void Drop(Workload workload)
    {
        if (database.FindTable(workload.Name) is not null)
        {
            database.DropTable(workload.Name);
        }
    }

    private void Append(Workload workload, int rowCount, int commitRows, Durability durability, Latencies? commits)
    {
        database.CreateTable(workload.Schema);
        var symbols = workload.InternSymbols(database.Symbols);
        var options = new AppenderOptions { CommitRows = commitRows, Durability = durability };
        using var appender = database.CreateAppender(workload.Name, options);
        for (var start = 0; start < rowCount; start += commitRows)
        {
            var before = Stopwatch.GetTimestamp();
            workload.Fill(appender.Pending, start, Math.Min(commitRows, rowCount - start), symbols);
            appender.Commit();
            commits?.Add(Stopwatch.GetTimestamp() - before);
        }
    }

    private static long BytesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
}
