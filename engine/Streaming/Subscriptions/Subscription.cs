using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// A cursor on the changes of a table, a view or a query: what was there, then what changes, without a gap and without a duplicate. For
/// one reading thread at a time; dispose of it from any. Changes are encoded once for all subscribers of a source, on the thread that
/// commits, which does a few atomic operations for each subscriber and goes on.
/// </summary>
public sealed partial class Subscription : IDisposable, IAsyncEnumerable<ChangeBlock>
{
    private readonly Lock gate = new();
    private readonly ISubscriptionFeed feed;
    private readonly SubscriptionOptions options;
    private readonly SubscriptionHost host;
    private readonly ReaderSignal signal = new();
    private readonly Conflation? conflation;
    private readonly ChangeBlock block;
    private readonly ITimer? conflateTimer;
    private readonly ITimer? progressTimer;
    private readonly Staging? staging;
    private ChangeTail? past;
    private TailCursor? pastCursor;
    private TailCursor? live;
    private ChangeChunk? loan;
    private TickStoreException? failure;
    private long completeThrough;
    private long toldProgress;
    private long rowsLeft;
    private long skippedRows;
    private long? rolledBackTo;
    private long waitsBlocked;
    private bool isConflationDue;
    private bool isProgressDue;
    private bool isCompleted;
    private int disposed;

    /// <summary>Makes a subscription; whoever makes it joins it to a tail now, or while its past is read.</summary>
    /// <param name="feed">Where changes come from.</param>
    /// <param name="options">How to serve them.</param>
    /// <param name="host">The database.</param>
    /// <param name="fromSequence">Changes after it are handed out.</param>
    /// <param name="hasPast">True where <see cref="ISubscriptionFeed.ReadPast"/> has something to say.</param>
    /// <param name="rolledBackTo">What the subscriber saw beyond this sequence is gone; null where it is not.</param>
    public Subscription(
        ISubscriptionFeed feed,
        SubscriptionOptions options,
        SubscriptionHost host,
        long fromSequence,
        bool hasPast,
        long? rolledBackTo
    )
    {
        Check(options);
        (this.feed, this.options, this.host, this.rolledBackTo) = (feed, options, host, rolledBackTo);
        completeThrough = toldProgress = fromSequence;
        rowsLeft = options.Limit ?? long.MaxValue;
        block = new ChangeBlock(feed.Shape, host.Symbols);
        if (
            options.Envelope == SubscriptionEnvelope.Upsert
            || options.ConflateInterval > TimeSpan.Zero
            || options.OnSlow == SlowReaderPolicy.Conflate
        )
        {
            conflation = new Conflation(feed.Shape, options.ConflationKey, host.Pool);
            staging = new Staging(feed.Shape, host.Pool);
        }

        if (hasPast)
        {
            past = new ChangeTail(feed.Shape, host.Pool);
            pastCursor = past.Join(new NoReader(), 0);
        }

        conflateTimer = TimerOf(options.ConflateInterval, () => isConflationDue = true);
        progressTimer = TimerOf(options.ProgressInterval, () => isProgressDue = true);
    }

    /// <summary>Names and types of the columns: first those asked for, then hidden ones of the key.</summary>
    public BatchSchema Schema => feed.Shape.Schema;

    /// <summary>What the changes look like.</summary>
    public ChangeShape Shape => feed.Shape;

    /// <summary>True once everything that was asked for (a limit, a last sequence) has been handed out, or it was disposed of.</summary>
    public bool IsCompleted => Volatile.Read(ref isCompleted) || Volatile.Read(ref disposed) != 0;

    /// <summary>Everything up to this sequence has been handed out.</summary>
    public long Sequence => Volatile.Read(ref completeThrough);

    /// <summary>Rows that wait to be read, as far as they are in the tail.</summary>
    public long UnreadRows => live?.UnreadRows ?? 0;

    /// <summary>Commits that had to wait for this reader (<see cref="SlowReaderPolicy.Block"/>).</summary>
    public long BlockedCommits => Volatile.Read(ref waitsBlocked);

    internal TimeProvider Clock => host.Clock;

    /// <summary>
    /// Lets the subscription see all changes of a tail from now on. Once, while no step happens: the thread that commits is paused.
    /// </summary>
    /// <param name="tail">The tail.</param>
    /// <param name="atSequence">The end of the last step.</param>
    public void Join(ChangeTail tail, long atSequence) => live = tail.Join(reader ??= new Reader(this), atSequence);

    /// <summary>Takes the subscription off its tail. While no step happens.</summary>
    public void LeaveTail(ChangeTail tail)
    {
        if (reader is not null)
        {
            tail.Leave(reader);
        }
    }

    /// <summary>Says that more has become durable, or anything else that may let the reader go on. Any thread.</summary>
    public void Wake() => signal.Tell();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        // First of all: a commit may be waiting for this reader, and nothing can be paused until it goes on.
        ReleaseWriter();
        signal.Tell();
        conflateTimer?.Dispose();
        progressTimer?.Dispose();
        feed.Leave(this);
        lock (gate)
        {
            ReturnLoan();
            live?.Close();
            ClosePast();
            feed.Dispose();
            conflation?.Dispose();
            staging?.Dispose();
        }
    }

    private Reader? reader;

    private ITimer? TimerOf(TimeSpan interval, Action due) =>
        interval <= TimeSpan.Zero
            ? null
            : host.Clock.CreateTimer(
                _ =>
                {
                    lock (gate)
                    {
                        due();
                    }

                    signal.Tell();
                },
                null,
                interval,
                interval
            );

    private void ClosePast()
    {
        pastCursor?.Close();
        past?.Dispose();
        (past, pastCursor) = (null, null);
    }

    private void ReturnLoan()
    {
        if (loan is { } held)
        {
            loan = null;
            loanTail!.Release(held);
        }
    }

    private static void Check(SubscriptionOptions options)
    {
        if (options.QueueBytes <= 0)
        {
            Throw.Error(ErrorCode.InvalidArgument, "The queue of a subscription holds 1 byte at least");
        }

        if (options.Limit is < 0)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"A limit of {options.Limit} rows is not possible: at least 0");
        }
    }

    /// <summary>Rows that conflation hands out, in arrays of their own.</summary>
    private sealed class Staging(ChangeShape shape, BlockPool pool) : IDisposable
    {
        public Batch Rows { get; } = Batch.Allocate(shape.Schema, ChangeChunk.CapacityRows, pool);

        public ChangeOp[] Ops { get; } = new ChangeOp[ChangeChunk.CapacityRows];

        public DeltaCause[] Causes { get; } = new DeltaCause[ChangeChunk.CapacityRows];

        public long[] Steps { get; } = new long[ChangeChunk.CapacityRows];

        public void Dispose() => Rows.Dispose();
    }

    /// <summary>The past is read by whoever wrote it: nobody needs to be told.</summary>
    private sealed class NoReader : ITailReader
    {
        public void OnStep(bool hasRows) { }

        public void OnFailed(TickStoreException error) { }
    }
}
