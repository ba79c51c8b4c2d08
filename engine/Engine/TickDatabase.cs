using TickStore.Core;
using TickStore.Engine.Catalog;
using TickStore.Engine.Querying;
using TickStore.Engine.Subscribing;
using TickStore.Engine.Views;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Storage.Devices;
using TickStore.Streaming;

namespace TickStore;

/// <summary>
/// An open database: the whole engine behind one object. One process holds a folder at a time; another gets an error that names the
/// holder. Thread-safe. SQL comes as the extension members <c>Execute</c> and <c>Query</c> of TickStore.Sql.
/// </summary>
public sealed partial class TickDatabase : IDisposable
{
    private readonly TickDatabaseOptions options;
    private readonly ViewManager viewManager;

    private TickDatabase(StorageEngine storage, TickDatabaseOptions options)
    {
        Storage = storage;
        this.options = options;
        viewManager = new ViewManager(this);
        Subscriptions = new SubscriptionManager(this);
        viewManager.Restore();
    }

    /// <summary>The dictionary of SYMBOL values.</summary>
    public ISymbolTable Symbols => Storage.Symbols;

    /// <summary>Lends memory out of the database's budget.</summary>
    public BlockPool Pool => Storage.Pool;

    /// <summary>The last <c>_seq</c> that is visible.</summary>
    public long CommittedSequence => Storage.CommittedSequence;

    /// <summary>The last <c>_seq</c> that survives a crash, as far as is known; never too high.</summary>
    public long DurableSequence => Storage.DurableSequence;

    /// <summary>The tables, in the order they were made.</summary>
    public IReadOnlyList<TableSchema> Tables => [.. UserTables.Select(t => t.Schema)];

    internal StorageEngine Storage { get; }

    internal TimeProvider Clock => options.Clock;

    internal bool FillsHistory => options.FillsHistory;

    /// <summary>
    /// Opens the database in a folder, or makes one there. Throws <see cref="TickStoreException"/>: NotADatabase, NewerFormat,
    /// DatabaseLocked (naming the holder), Corruption (naming file and place), DeviceFailed.
    /// </summary>
    public static TickDatabase Open(string path, TickDatabaseOptions? options = null)
    {
        options ??= new TickDatabaseOptions();
        return new(StorageEngine.Open(path, StorageOptionsOf(options)), options);
    }

    /// <summary>Makes a database in memory, which ends with the handle.</summary>
    public static TickDatabase OpenInMemory(TickDatabaseOptions? options = null)
    {
        options ??= new TickDatabaseOptions();
        return new(StorageEngine.OpenInMemory(StorageOptionsOf(options)), options);
    }

    /// <summary>Opens the database in a folder of another file system, with all of storage's options; for tests of faults.</summary>
    internal static TickDatabase Open(
        IFileSystem files,
        string folder,
        StorageOptions storageOptions,
        TickDatabaseOptions? options = null
    ) => new(StorageEngine.Open(files, folder, storageOptions), options ?? new TickDatabaseOptions());

    /// <summary>A table's schema by name, ignoring case, or null.</summary>
    public TableSchema? FindTable(string name) => Storage.FindTable(name)?.Schema;

    /// <summary>Makes a table, durably. Throws AlreadyExists and InvalidArgument.</summary>
    public void CreateTable(TableSchema schema)
    {
        schema.Validate();
        Storage.CreateTable(schema);
    }

    /// <summary>Drops a table, durably; open snapshots still read it. Throws UnknownName.</summary>
    public void DropTable(string name)
    {
        var table = TableOf(name);
        viewManager.DropTable(table);
        Subscriptions.SourceDropped(table);
    }

    /// <summary>
    /// Opens a snapshot of the last commit, or of the last one that ends at or before <paramref name="asOfSequence"/>.
    /// </summary>
    /// <param name="asOfSequence">A <c>_seq</c>, 0 for the empty database; null for the last commit.</param>
    /// <param name="views">
    /// Views whose kept contents are wanted with it, where they are at the last commit: then commits wait for some
    /// microseconds. Only without <paramref name="asOfSequence"/>.
    /// </param>
    public DatabaseSnapshot OpenSnapshot(long? asOfSequence = null, IReadOnlyCollection<string>? views = null)
    {
        if (views is not { Count: > 0 } || asOfSequence is not null)
        {
            return new(Storage.OpenSnapshot(asOfSequence), new CatalogTables(this), viewManager);
        }

        DatabaseSnapshot? opened = null;
        Storage.WhilePaused(_ =>
        {
            var contents = viewManager.OpenContents(views);
            opened = new(Storage.OpenSnapshot(), new CatalogTables(this), viewManager, contents);
        });
        return opened!;
    }

    /// <summary>
    /// Runs a plan. The result takes over the snapshot that the plan's tables come from, and closes it when it is disposed of.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="snapshot">What its scans read; null for a plan without tables.</param>
    /// <param name="statistics">Filled with rows and time of each node, or null.</param>
    /// <param name="threadCount">Threads, or null for the database's number.</param>
    /// <param name="readFrom">The snapshot where the result must not take it over.</param>
    /// <param name="cancellationToken">Stops the query at the next batch.</param>
    public QueryResult Run(
        PlanNode plan,
        DatabaseSnapshot? snapshot = null,
        ExecutionStatistics? statistics = null,
        int? threadCount = null,
        DatabaseSnapshot? readFrom = null,
        CancellationToken cancellationToken = default
    )
    {
        var context = CreateContext(plan, snapshot ?? readFrom, cancellationToken);
        var reader = PlanExecutor.Open(plan, context, threadCount ?? options.ThreadCount, statistics);
        return new QueryResult(plan.Schema, Symbols, reader, snapshot?.Sequence ?? CommittedSequence, snapshot);
    }

    /// <summary>What expressions of one query may look at; its memory is limited as a query's is.</summary>
    public EvaluationContext CreateContext(CancellationToken cancellationToken = default) =>
        CreateContext(null, null, cancellationToken);

    /// <summary>As the other form, with the watermarks that the query sees.</summary>
    /// <param name="plan">The query, whose scans say at which sequence watermarks are taken; null for none.</param>
    /// <param name="snapshot">Where watermarks of other tables come from; null for nowhere. Must outlive the evaluation.</param>
    /// <param name="cancellationToken">Stops the query at the next batch.</param>
    public EvaluationContext CreateContext(
        PlanNode? plan,
        DatabaseSnapshot? snapshot,
        CancellationToken cancellationToken = default
    )
    {
        var pool = Pool.WithBudget(new MemoryBudget(options.QueryMemoryBytes, "The query", Storage.Budget));
        var watermarks = new QueryWatermarks(plan, snapshot, pool, cancellationToken);
        return new()
        {
            Symbols = Symbols,
            Pool = pool,
            CancellationToken = cancellationToken,
            NowNanos = NanosOf(options.Clock.GetUtcNow()),
            WorkerStarting = options.CommitsFirst ? YieldingThread.Enter : null,
            Watermarks = watermarks.Of,
            HasRowBeyond = watermarks.HasRowBeyond,
        };
    }

    /// <summary>
    /// Plays a span of tables in exact order; see <see cref="ReplaySession"/>. The replay sees the snapshot taken now.
    /// </summary>
    /// <param name="tables">The tables' names.</param>
    /// <param name="from">First time played; null for all.</param>
    /// <param name="to">End of the time played, not included; null for all.</param>
    /// <param name="speed">How fast.</param>
    /// <param name="order">Which order is restored.</param>
    /// <param name="calendar">Name of the calendar outside of whose sessions nothing is played, and no time passes; null for all.</param>
    public DatabaseReplay Replay(
        IReadOnlyList<string> tables,
        TickTime? from = null,
        TickTime? to = null,
        ReplaySpeed? speed = null,
        ReplayOrder order = ReplayOrder.Event,
        string? calendar = null
    )
    {
        var snapshot = OpenSnapshot();
        try
        {
            var session = new ReplaySession(
                new ReplayOptions
                {
                    Tables = [.. tables.Select(snapshot.GetTable)],
                    From = from?.NanosSinceEpoch ?? long.MinValue,
                    To = to?.NanosSinceEpoch ?? long.MaxValue,
                    Speed = speed ?? ReplaySpeed.Max,
                    Order = order,
                    Pool = CreateContext().Pool,
                    Clock = options.Clock,
                    Calendar = calendar is null ? null : GetCalendar(calendar),
                }
            );
            return new DatabaseReplay(session, snapshot);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>Seals all rows in memory into compressed segments. Returns how many rows.</summary>
    public long Seal() => Storage.Seal();

    /// <summary>Merges small segments where that is worth it. Returns how many merges were made.</summary>
    public int Compact() => Storage.Compact();

    /// <summary>Waits until every commit so far is durable.</summary>
    public void Flush() => Storage.Flush();

    /// <summary>Reads every file and verifies every checksum. The report has a finding for each fault; none where all is well.</summary>
    public CheckReport Check(CancellationToken cancellationToken = default) => Storage.Check(cancellationToken);

    /// <summary>
    /// Makes every commit durable and closes the handle. Throws, once it is closed, where rows that were acknowledged without waiting for
    /// the device cannot be made durable and no call has said so yet.
    /// </summary>
    public void Dispose()
    {
        viewManager.StopWriters();
        Subscriptions.Dispose();
        viewManager.Dispose();
        Storage.Dispose();
    }

    /// <summary>
    /// What the catalog tells of each table: rows, bytes, segments, columns and their codecs. O(segments + rows in memory).
    /// </summary>
    public IReadOnlyList<TableStatistics> Statistics() => [.. UserTables.Select(Storage.GetStatistics)];

    internal StorageTable TableOf(string name) =>
        Storage.FindTable(name)
        ?? Throw.Error<StorageTable>(
            ErrorCode.UnknownName,
            Tables.Count == 0
                ? $"There is no table {name}: the database is empty"
                : $"There is no table {name}; there are {string.Join(", ", Tables.Select(t => t.Name))}"
        );

    private IEnumerable<StorageTable> UserTables =>
        Storage.Tables.Where(t => !t.Name.StartsWith(CatalogTables.Schema, StringComparison.OrdinalIgnoreCase));

    private static StorageOptions StorageOptionsOf(TickDatabaseOptions options) =>
        new()
        {
            DefaultDurability = options.Durability,
            MemoryBudgetBytes = options.MemoryBudgetBytes,
            Time = options.Clock,
            Program = options.Program,
            SealingYields = options.CommitsFirst,
        };

    // DateTimeOffset counts 100 ns; a clock of this kind has no finer digits to lose.
    private static long NanosOf(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;
}
