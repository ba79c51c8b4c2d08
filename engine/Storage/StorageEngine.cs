using System.Runtime.CompilerServices;
using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Devices;
using TickStore.Storage.Ingest;
using TickStore.Storage.Log;
using TickStore.Storage.Recovery;
using TickStore.Storage.Segments;

namespace TickStore.Storage;

/// <summary>
/// An open database without queries: tables, commits, snapshots, and what keeps them on disk. One process holds a
/// folder at a time. Thread-safe.
/// </summary>
/// <remarks>
/// The path of a row: Ingest validates and numbers it, Log makes it durable, Head shows it, Segments keep it. After an
/// error of the device the handle refuses further writes with that first error; snapshots that are open still read, and
/// opening the folder anew recovers what was durable.
/// </remarks>
public sealed partial class StorageEngine : IDisposable
{
    private readonly StorageOptions options;
    private readonly IFileSystem files;
    private readonly string folder;
    private readonly IDisposable folderLock;
    private readonly DatabaseState state;
    private readonly SymbolFile symbolFile;
    private readonly SegmentStore segments;
    private readonly LogWriter log;
    private readonly DurableFrontier frontier;
    private readonly Sequencer sequencer;
    private readonly Checkpointer checkpointer;
    private readonly Keeper keeper;
    private readonly MemoryBudget headBudget;
    private int disposed;

    // Set by commits that do not wait for the device, until a call throws what became of them: an error of the device is told once at
    // least (law 1), and by Dispose if by nobody else.
    private volatile bool hasUntoldCommits;

    private StorageEngine(IFileSystem files, string folder, StorageOptions options, IDisposable folderLock)
    {
        (this.files, this.folder, this.options, this.folderLock) = (files, folder, options, folderLock);
        States = new StateFolder(files, folder);
        Budget = new MemoryBudget(options.MemoryBudgetBytes, $"The database {folder}");
        Pool = new BlockPool(Budget, options.MemoryBudgetBytes / 8);
        headBudget = new MemoryBudget(options.MemoryBudgetBytes, "Rows not yet sealed", Budget);
        state = new DatabaseState(new BlockPool(headBudget, options.MemoryBudgetBytes / 8));
        var cache = new BlockCache(
            new MemoryBudget(Math.Max(1 << 20, options.MemoryBudgetBytes / 4), "The block cache", Budget)
        );
        segments = new SegmentStore(files, folder, cache, Pool);
        var manifest = Opening.ReadOrCreate(files, folder);
        symbolFile = SymbolFile.Open(
            files,
            Path.Combine(folder, SymbolFile.FileName),
            state.Symbols,
            manifest.SymbolCount,
            manifest.SymbolFileBytes
        );
        try
        {
            Opening.Restore(manifest, state, segments);
            DurableFrontier? frontierLater = null;
            log = Opening.Replay(
                files,
                folder,
                options,
                manifest,
                state,
                position => Volatile.Read(ref frontierLater)?.Advanced(position)
            );
            manifest = Opening.NoteLog(files, folder, manifest);
            frontier = new DurableFrontier(state.NextSequence - 1);
            Volatile.Write(ref frontierLater, frontier);
            sequencer = new Sequencer(state, log, frontier, options.Time);
            checkpointer = new Checkpointer(state, sequencer, log, symbolFile, segments, files, folder, manifest);
            segments.DeleteOrphans(manifest);
        }
        catch
        {
            log?.Dispose();
            symbolFile.Dispose();
            ReleaseVersions();
            throw;
        }

        keeper = new Keeper(
            options,
            state,
            headBudget,
            checkpointer,
            () => log.DurablePosition,
            () => Compact(options.SealingYields)
        );
        sequencer.ChunksAdded = keeper.ChunksAdded;
    }

    /// <summary>The dictionary of SYMBOL values. Producers intern here; a commit makes what they interned
    /// durable.</summary>
    public ISymbolTable Symbols => state.Symbols;

    /// <summary>All memory of the database is drawn from here.</summary>
    public MemoryBudget Budget { get; }

    /// <summary>Lends memory out of <see cref="Budget"/>.</summary>
    public BlockPool Pool { get; }

    /// <summary>The last <c>_seq</c> that is visible.</summary>
    public long CommittedSequence => sequencer.CommittedSequence;

    /// <summary>The last <c>_seq</c> that survives a crash, as far as is known; never too high.</summary>
    public long DurableSequence => frontier.DurableSequence;

    /// <summary>Which opening of the database this is, from 1.</summary>
    public uint Epoch => log.Epoch;

    /// <summary>What kept the last round of background work (sealing, compaction) from being done; null if it went well.
    /// The rows are safe in the log; commits go on until memory for them is used up, and fail with this error
    /// then.</summary>
    public TickStoreException? BackgroundError => keeper.LastError;

    /// <summary>Where states of views are kept.</summary>
    public StateFolder States { get; }

    /// <summary>The tables, in the order they were made.</summary>
    public IReadOnlyList<StorageTable> Tables => state.Tables.All;

    /// <summary>Opens the database in a folder, or makes one there. Throws NotADatabase, NewerFormat, DatabaseLocked
    /// (naming the holder), Corruption (naming file and place), DeviceFailed.</summary>
    public static StorageEngine Open(string path, StorageOptions? options = null) =>
        Open(new PosixFileSystem(), Path.GetFullPath(path), options);

    /// <summary>Makes a database in memory, which ends with the handle.</summary>
    public static StorageEngine OpenInMemory(StorageOptions? options = null) =>
        Open(new MemoryFileSystem(), "/memory", options);

    /// <summary>Opens the database in a folder of a file system.</summary>
    public static StorageEngine Open(IFileSystem files, string folder, StorageOptions? options = null)
    {
        options ??= new StorageOptions();
        options.Validate();
        var folderLock = Opening.Lock(files, folder, options);
        try
        {
            return new StorageEngine(files, folder, options, folderLock);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>A table by name, ignoring case, or null.</summary>
    public StorageTable? FindTable(string name) => state.Tables.Find(name);

    /// <summary>Makes a table, durably. Throws AlreadyExists, InvalidArgument.</summary>
    public StorageTable CreateTable(TableSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var table = sequencer.CreateTable(schema, out var endPosition);
        WaitDurable(endPosition);
        return table;
    }

    /// <summary>Drops a table, durably. Open snapshots still read it. Throws UnknownName.</summary>
    public void DropTable(StorageTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        sequencer.DropTable(table, held => segments.KeepUntilCheckpoint(table.Id, held), out var endPosition);
        WaitDurable(endPosition);
        keeper.Request();
    }

    /// <summary>Begins a source: a feed (<paramref name="isLive"/>) or an import. Dispose of it at its end.</summary>
    public IngestSource OpenSource(string name, bool isLive = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new IngestSource(sequencer, sequencer.OpenSource(name, isLive), name, isLive);
    }

    /// <summary>
    /// Commits rows to one or more tables, as a whole: visible together, and after a crash all there or none. Rows are
    /// checked first; a commit that is refused changes nothing. Waits while heads are full, and for the device if
    /// <paramref name="durability"/> says so.
    /// </summary>
    /// <param name="batches">At most one per table; on loan for the call.</param>
    /// <param name="source">Who writes, or null for nobody in particular.</param>
    /// <param name="durability">What to wait for; null for the default of the options.</param>
    /// <exception cref="TickStoreException">SchemaMismatch, NullViolation, NumericOverflow, MalformedData (table,
    /// column, row); UnknownName for a dropped table; MemoryBudget; HandleClosed; the first error of a handle that
    /// failed.</exception>
    public CommitResult Commit(
        ReadOnlySpan<TableBatch> batches,
        IngestSource? source = null,
        Durability? durability = null
    )
    {
        var result = CommitVisible(batches, source, out var endPosition);
        if ((durability ?? options.DefaultDurability) == Durability.Fsync)
        {
            WaitDurable(endPosition);
        }
        else
        {
            hasUntoldCommits = true;
        }

        return result;
    }

    /// <summary>As the other form, for one table.</summary>
    public CommitResult Commit(TableBatch batch, IngestSource? source = null, Durability? durability = null) =>
        Commit(new ReadOnlySpan<TableBatch>(in batch), source, durability);

    /// <summary>Checks rows as <see cref="Commit(TableBatch, IngestSource?, Durability?)"/> does, and commits
    /// nothing.</summary>
    public void Validate(TableBatch batch) => BatchValidator.Check(batch, state.Symbols);

    /// <summary>
    /// As <see cref="Commit(ReadOnlySpan{TableBatch}, IngestSource?, Durability?)"/>, without blocking for the device:
    /// rows are visible and the batches free when it returns; the task ends when they are durable.
    /// </summary>
    public ValueTask<CommitResult> CommitAsync(
        ReadOnlySpan<TableBatch> batches,
        IngestSource? source = null,
        Durability? durability = null
    )
    {
        var result = CommitVisible(batches, source, out var endPosition);
        if ((durability ?? options.DefaultDurability) != Durability.Fsync)
        {
            hasUntoldCommits = true;
            return ValueTask.FromResult(result);
        }

        return log.DurablePosition < endPosition ? WhenDurable(result, endPosition) : ValueTask.FromResult(result);
    }

    /// <summary>Waits until every commit so far is durable.</summary>
    public void Flush() => WaitDurable(log.AppendedPosition);

    /// <summary>Closes the handle: what was committed is made durable. Heads are not sealed; the log has their rows.</summary>
    /// <exception cref="TickStoreException">Rows that were acknowledged without waiting for the device cannot be made durable, and no
    /// call has said so yet. The handle is closed nevertheless.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        keeper.Dispose();
        sequencer.Stop(null);
        checkpointer.AwaitIdle();
        log.Dispose();
        symbolFile.Dispose();
        ReleaseVersions();
        folderLock.Dispose();
        if (
            hasUntoldCommits
            && log.Failure is { Code: not ErrorCode.HandleClosed } first
            && DurableSequence < CommittedSequence
        )
        {
            throw new TickStoreException(
                first.Code,
                $"Rows {DurableSequence + 1} to {CommittedSequence} were committed without waiting for the device, and are not durable. "
                    + $"First error: {first.Message}",
                first
            )
            {
                Location = first.Location,
            };
        }
    }

    private void WaitDurable(long position)
    {
        try
        {
            log.WaitDurable(position);
        }
        catch (TickStoreException)
        {
            hasUntoldCommits = false;
            throw;
        }
    }

    private CommitResult CommitVisible(ReadOnlySpan<TableBatch> batches, IngestSource? source, out long endPosition)
    {
        foreach (ref readonly var batch in batches)
        {
            if (batch.Table is null)
            {
                Throw.Error(ErrorCode.InvalidArgument, "A batch of the commit names no table");
            }

            BatchValidator.Check(batch, state.Symbols);
        }

        while (true)
        {
            if (headBudget.UsedBytes > options.HeadLimitBytes)
            {
                keeper.WaitForRoom();
            }

            try
            {
                return sequencer.Commit(batches, source, out endPosition);
            }
            catch (TickStoreException e) when (e.Code is ErrorCode.DeviceFailed or ErrorCode.DiskFull)
            {
                hasUntoldCommits = false;
                throw;
            }
            catch (TickStoreException e) when (e.Code == ErrorCode.MemoryBudget)
            {
                // Not in the filter above: that would run while the sequencer's lock is still held.
                if (!keeper.Relieve())
                {
                    throw;
                }
            }
        }
    }

    // Pooled, so that a commit costs no allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CommitResult> WhenDurable(CommitResult result, long endPosition)
    {
        try
        {
            await log.WaitDurableAsync(endPosition).ConfigureAwait(false);
            return result;
        }
        catch (TickStoreException)
        {
            hasUntoldCommits = false;
            throw;
        }
    }

    private void ReleaseVersions()
    {
        foreach (var table in state.Tables.All)
        {
            table.Versions.Swap(Head.TableVersion.Empty());
        }
    }
}
