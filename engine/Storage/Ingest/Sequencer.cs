using System.Diagnostics;
using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Head;
using TickStore.Storage.Log;
using TickStore.Storage.Records;
using TickStore.Storage.Recovery;

namespace TickStore.Storage.Ingest;

/// <summary>
/// The one writer. Whoever commits is the sequencer while it holds the lock: it numbers the rows, writes one frame to
/// the log's buffer, copies the rows to the heads and publishes them, inline, without handing anything to another
/// thread (which would cost more than all of that). Waiting for the device happens outside of the lock, so that commits
/// of other producers form the next group meanwhile. Producers that find the lock taken wait their turn: nothing queues
/// up.
/// </summary>
/// <remarks>
/// All that can be refused is refused before the log is touched; once the log has the frame, nothing can fail. An error
/// of the log fails the handle for good.
/// </remarks>
internal sealed partial class Sequencer
{
    private readonly DatabaseState state;
    private readonly LogWriter log;
    private readonly DurableFrontier frontier;
    private readonly TimeProvider time;
    private readonly List<HeadChunk> addedChunks = [];
    private readonly ByteWriter record = new();
    private StagedBatch[] staged = new StagedBatch[4];
    private byte[] late = new byte[1024];
    private long commitNumber;
    private long committedSequence;
    private TickStoreException? failure;
    private bool isClosed;

    // Belongs to the lock, which a handler on the same thread would get once more.
    private bool isTelling;

    public Sequencer(DatabaseState state, LogWriter log, DurableFrontier frontier, TimeProvider time)
    {
        (this.state, this.log, this.frontier, this.time) = (state, log, frontier, time);
        committedSequence = state.NextSequence - 1;
    }

    /// <summary>Held while the state changes. Checkpoints take it to swap versions and to note the state.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The last row that is visible. Everything up to it can be read once this has been.</summary>
    public long CommittedSequence => Volatile.Read(ref committedSequence);

    /// <summary>Called under the lock when a commit added chunks to a table, with the log's new end.</summary>
    public Action<StorageTable, long>? ChunksAdded { get; set; }

    /// <summary>Told of every commit, under the lock, after it is visible; null for nobody.</summary>
    public ICommitObserver? Observer { get; set; }

    /// <summary>
    /// Commits rows to tables, whole or not at all: visible when it returns, durable once the log is at
    /// <paramref name="endPosition"/>. Validation has been done.
    /// </summary>
    public CommitResult Commit(ReadOnlySpan<TableBatch> batches, IngestSource? source, out long endPosition)
    {
        lock (Gate)
        {
            ThrowIfTelling();
            ThrowIfUnusable();
            var started = Observer is null ? 0 : Stopwatch.GetTimestamp();
            var count = Stage(batches, source, out var rowCount, out var hasCounts);
            if (rowCount == 0 && !hasCounts)
            {
                endPosition = 0;
                return new CommitResult(state.NextSequence, state.NextSequence - 1, state.LastIngestNanos, 0);
            }

            var ingestNanos = NextIngestNanos();
            var lateRows = FindLate(count, source, ingestNanos);
            var commit = new StagedCommit(
                ingestNanos,
                source?.Id ?? 0,
                staged.AsSpan(0, count),
                late,
                state.Symbols,
                state.LoggedSymbolCount,
                state.Symbols.Count
            );
            var payloadBytes = CommitFrame.Measure(commit);
            if (payloadBytes > CommitFrame.PayloadBytesMax)
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"A commit of {payloadBytes:N0} bytes is too large: at most {CommitFrame.PayloadBytesMax:N0}; "
                        + "commit in smaller batches"
                );
            }

            PrepareHeads(count);
            var range = Append(commit, payloadBytes, count);
            var firstSequence = state.NextSequence;
            try
            {
                Apply(commit, range, firstSequence);
            }
            catch (Exception e)
            {
                // Not foreseen: the log has a commit that memory holds in part. Only opening it anew makes them agree.
                failure ??= AsFailure(e);
                throw;
            }

            endPosition = range.EndPosition;
            frontier.Committed(range.EndPosition, state.NextSequence - 1);
            Volatile.Write(ref committedSequence, state.NextSequence - 1);
            if (Observer is not null)
            {
                isTelling = true;
                try
                {
                    Tell(Observer, commit, firstSequence, started);
                }
#pragma warning disable CA1031 // An observer must not throw; if it does, the commit has been made all the same.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Debug.Fail("An observer of commits threw.", e.ToString());
                }
                finally
                {
                    isTelling = false;
                }
            }

            return new CommitResult(firstSequence, state.NextSequence - 1, ingestNanos, lateRows);
        }
    }

    /// <summary>Refuses all further writes; with an error, as after a failed device, or because the handle was
    /// closed.</summary>
    public void Stop(TickStoreException? error)
    {
        lock (Gate)
        {
            failure ??= error;
            isClosed |= error is null;
        }
    }

    /// <summary>Throws what keeps this handle from writing, if anything does.</summary>
    public void ThrowIfUnusable()
    {
        if ((failure ?? log.Failure) is { } first && !isClosed)
        {
            throw new TickStoreException(
                first.Code,
                $"This database handle has failed and refuses further writes; open it anew. First error: {first.Message}",
                first
            )
            {
                Location = first.Location,
            };
        }

        if (isClosed)
        {
            Throw.Error(ErrorCode.HandleClosed, "The database handle was closed");
        }
    }

    // The lock lets the thread that holds it in again: a commit from within a commit would change what is being told.
    private void ThrowIfTelling()
    {
        if (isTelling)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                "A handler of changes runs inside a commit and cannot change the database; hand the work to another thread"
            );
        }
    }

    private int Stage(ReadOnlySpan<TableBatch> batches, IngestSource? source, out long rowCount, out bool hasCounts)
    {
        if (source is { IsClosed: true })
        {
            Throw.Error(ErrorCode.InvalidArgument, $"Source {source.Name} was closed; open another one");
        }

        if (staged.Length < batches.Length)
        {
            staged = new StagedBatch[batches.Length];
        }

        (rowCount, hasCounts) = (0, false);
        commitNumber++;
        for (var i = 0; i < batches.Length; i++)
        {
            var table = batches[i].Table;
            if (table.IsDropped || state.Tables.Find(table.Id) != table)
            {
                Throw.Error(ErrorCode.UnknownName, $"Table {table.Name} was dropped, or belongs to another database");
            }

            if (table.LastCommitNumber == commitNumber)
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"Table {table.Name} is named twice in one commit; put its rows into one batch"
                );
            }

            table.LastCommitNumber = commitNumber;
            staged[i] = new StagedBatch { Given = batches[i], LateOffset = (int)Math.Min(rowCount, int.MaxValue) };
            rowCount += batches[i].RowCount;
            hasCounts |= batches[i].RejectedRows > 0;
        }

        if (rowCount > int.MaxValue / 2)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A commit of {rowCount:N0} rows is too large; commit in smaller batches"
            );
        }

        if (late.Length < rowCount)
        {
            late = new byte[Math.Max(rowCount, late.Length * 2L)];
        }

        return batches.Length;
    }

    private long NextIngestNanos()
    {
        const long nanosPerTick = 100;
        var now = (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * nanosPerTick;
        return Math.Max(now, state.LastIngestNanos + 1);
    }

    private long FindLate(int count, IngestSource? source, long ingestNanos)
    {
        var lateRows = 0L;
        for (var i = 0; i < count; i++)
        {
            ref var batch = ref staged[i];
            var given = batch.Given;
            var eventTime = given.Table.Schema.EventTimeColumn;
            var times =
                eventTime >= 0 && given.RowCount > 0
                    ? given.Rows[eventTime].Values<long>().Slice(given.StartRow, given.RowCount)
                    : default;
            batch.Step = given.Table.Watermark.Step(
                source?.Id ?? 0,
                source?.IsLive ?? false,
                ingestNanos,
                times,
                late.AsSpan(batch.LateOffset)
            );
            batch.DuplicateRows = RowCompare.CountRepeats(given);
            lateRows += batch.Step.LateRows;
        }

        return lateRows;
    }

    private void PrepareHeads(int count)
    {
        var prepared = 0;
        try
        {
            for (; prepared < count; prepared++)
            {
                var given = staged[prepared].Given;
                given.Table.Head.Prepare(given.Rows, given.StartRow, given.RowCount);
            }
        }
        finally
        {
            if (prepared < count)
            {
                AbandonHeads(prepared);
            }
        }
    }

    private void AbandonHeads(int count)
    {
        for (var i = 0; i < count; i++)
        {
            staged[i].Table.Head.Abandon();
        }
    }

    private LogRange Append(in StagedCommit commit, long payloadBytes, int count)
    {
        try
        {
            return log.Append(
                FrameTypes.Commit,
                state.NextSequence,
                payloadBytes,
                commit,
                static (payload, c) => CommitFrame.Write(payload, c)
            );
        }
        catch (Exception e)
        {
            AbandonHeads(count);
            failure ??= AsFailure(e);
            throw;
        }
    }

    private void Apply(in StagedCommit commit, LogRange range, long firstSequence)
    {
        foreach (ref readonly var batch in commit.Batches)
        {
            var lateOfBatch =
                batch.Step.LateRows > 0 ? commit.Late.Slice(batch.LateOffset, batch.Given.RowCount) : default;
            var stamps = new AppendedRows(state.NextSequence, commit.IngestNanos, lateOfBatch, range.Position);
            AppendToHead(batch.Table, batch.Given.Rows, stamps, addedChunks);
            if (addedChunks.Count > 0)
            {
                ChunksAdded?.Invoke(batch.Table, range.EndPosition);
            }

            state.NextSequence += batch.Given.RowCount;
            batch.Table.Watermark.Apply(commit.SourceId, batch.Step.NewestNanos, batch.Step.Watermark);
            ref var counters = ref batch.Table.Counters;
            counters.Rows += batch.Given.RowCount;
            counters.LateRows += batch.Step.LateRows;
            counters.RejectedRows += batch.Given.RejectedRows;
            counters.DuplicateRows += batch.DuplicateRows;
            counters.QuarantinedRows += batch.Step.QuarantinedRows;
            counters.LastSequence = batch.Given.RowCount > 0 ? state.NextSequence - 1 : counters.LastSequence;
        }

        Debug.Assert(firstSequence <= state.NextSequence, "Sequences never go back.");
        state.LoggedSymbolCount = commit.SymbolEnd;
        state.LastIngestNanos = commit.IngestNanos;
    }

    private void Tell(ICommitObserver observer, in StagedCommit commit, long firstSequence, long started)
    {
        foreach (ref readonly var batch in commit.Batches)
        {
            var given = batch.Given;
            if (given.RowCount == 0)
            {
                continue;
            }

            observer.OnRows(
                new CommittedRows
                {
                    Table = batch.Table,
                    Rows = given.Rows,
                    StartRow = given.StartRow,
                    RowCount = given.RowCount,
                    FirstSequence = firstSequence,
                    IngestNanos = commit.IngestNanos,
                    CommitSequence = state.NextSequence - 1,
                    Late = batch.Step.LateRows > 0 ? commit.Late.Slice(batch.LateOffset, given.RowCount) : default,
                }
            );
            firstSequence += given.RowCount;
        }

        observer.OnCommitted(state.NextSequence - 1, started);
    }

    /// <summary>Copies prepared rows to a head and, if that took new chunks, makes the version that has them
    /// current.</summary>
    internal static void AppendToHead(StorageTable table, Batch rows, in AppendedRows stamps, List<HeadChunk> added)
    {
        if (!table.Head.Append(rows, stamps, added))
        {
            return;
        }

        var current = table.Versions.Current;
        table.Versions.Swap(TableVersion.Create(current.Segments, [.. current.Chunks, .. added]));
        foreach (var chunk in added)
        {
            chunk.Release();
        }
    }

    private static TickStoreException AsFailure(Exception e) =>
        e as TickStoreException
        ?? new TickStoreException(ErrorCode.Internal, $"A commit failed half-way: {e.Message}", e);
}
