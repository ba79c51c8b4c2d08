using TickStore.Core;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.Engine.Subscribing;

/// <summary>
/// The subscriptions of a database: what subscribers of the same source share, where each joins the live tail, and what all of them must
/// be told of.
/// </summary>
internal sealed class SubscriptionManager(TickDatabase database) : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<ChangeHub> hubs = [];
    private readonly HashSet<Subscription> open = [];
    private Subscription[] durable = [];

    /// <summary>Subscriptions that read through queues.</summary>
    public int OpenCount
    {
        get
        {
            lock (gate)
            {
                return open.Count;
            }
        }
    }

    /// <summary>
    /// Rows of a source that were encoded so far for those who read it, through filters and projections or not; 0 where nobody does. A row
    /// counts once for all who asked for the same.
    /// </summary>
    public long EncodedRows(string source)
    {
        var identity = ChangeSource.Find(database, source).Identity;
        lock (gate)
        {
            return hubs.Where(h => h.Source.Identity == identity).Sum(h => h.EncodedRows);
        }
    }

    /// <summary>How far named readers have come.</summary>
    public ReaderPositions Readers { get; } = new(database);

    /// <summary>Makes a subscription.</summary>
    public Subscription Open(SubscriptionRequest request) =>
        request.DurableName is { } name ? OpenNamed(name, request) : Open(request, out _);

    // Where a new reader begins is known before it can see a row: as of a sequence, from the first row on, or between two commits.
    private Subscription OpenNamed(string name, SubscriptionRequest request)
    {
        var source = SourceOf(request).Source.Name;
        var position = Readers.Take(name, source);
        Subscription? made = null;
        try
        {
            if (request.FromSequence is null && (position is not null || request.Snapshot))
            {
                request = request with { FromSequence = position?.Sequence ?? 0, Epoch = position?.Epoch };
            }

            made = Open(request with { IsDurable = true, Snapshot = false }, out var joinedAt);
            Readers.Hold(name, made);
            if (position is null)
            {
                Readers.Begin(name, source, request.FromSequence ?? joinedAt);
            }

            return made;
        }
        catch
        {
            made?.Dispose();
            Readers.Release(name);
            throw;
        }
    }

    private Subscription Open(SubscriptionRequest request, out long joinedAt)
    {
        joinedAt = 0;
        var (source, plan) = SourceOf(request);
        var (after, rolledBackTo) = StartOf(request);
        var hub = HubOf(source, plan);
        Subscription made;
        HubFeed feed;
        var hasPast = request.Snapshot || after is not null;
        try
        {
            feed =
                source is TableSource
                    ? new TableFeed(this, hub, database, after ?? 0, request.UntilSequence ?? long.MaxValue)
                    : new ViewChangesFeed(this, hub, database, after);
            made = Make(request, feed, after ?? (hasPast ? 0 : database.CommittedSequence), hasPast, rolledBackTo);
        }
        catch
        {
            Release(hub);
            throw;
        }

        try
        {
            // Rows of a table are read before its tail is joined; a view's are as they are at that moment.
            if (feed is ViewChangesFeed view)
            {
                joinedAt = Join(made, hub, hasPast ? view.NoteContents : null);
            }
            else if (!hasPast)
            {
                joinedAt = Join(made, hub, null);
            }

            if (request.IsDurable)
            {
                AddDurable(made);
            }

            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Lets a handler listen.</summary>
    public InlineSubscription Open(string? name, KeyedPlan? query, ChangeHandler handler)
    {
        var (source, plan) = SourceOf(new SubscriptionRequest { Source = name, Query = query });
        var shape = plan is null ? source.Shape : ChangeHub.ShapeOf(source, plan);
        var inline = new InlineSubscription(handler, shape, database) { Source = source };
        if (plan is not null)
        {
            inline.Pipeline = new ChangePipeline(plan, database.CreateContext(), inline, inline.OnFailed);
        }

        WhenReady(
            source,
            sequence =>
            {
                inline.StartSequence = sequence;
                source.TellHeld(sequence);
                source.AddListener((IChangeListener?)inline.Pipeline ?? inline);
            }
        );
        return inline;
    }

    /// <summary>Lets a subscription join its hub between two commits, and does something else at the same moment.</summary>
    /// <returns>The end of the last commit.</returns>
    public long Join(Subscription subscription, ChangeHub hub, Action<long>? also) =>
        WhenReady(
            hub.Source,
            sequence =>
            {
                hub.Join(subscription, sequence);
                also?.Invoke(sequence);
            }
        );

    /// <summary>Takes a subscription off.</summary>
    public void Leave(Subscription subscription, ChangeHub hub)
    {
        database.Storage.WhilePaused(_ => hub.Leave(subscription));
        Readers.Release(subscription);
        lock (gate)
        {
            open.Remove(subscription);
            durable = [.. durable.Where(s => s != subscription)];
        }

        Release(hub);
    }

    /// <summary>A table was dropped: whoever reads it is told.</summary>
    public void SourceDropped(StorageTable table)
    {
        ChangeHub[] gone;
        lock (gate)
        {
            gone = [.. hubs.Where(h => h.Source.Identity == table)];
        }

        var error = new TickStoreException(ErrorCode.UnknownName, $"Table {table.Name} was dropped");
        database.Storage.WhilePaused(_ => Array.ForEach(gone, h => h.Fail(error)));
    }

    /// <summary>Ends all subscriptions.</summary>
    public void Dispose()
    {
        Subscription[] left;
        lock (gate)
        {
            left = [.. open];
        }

        Array.ForEach(left, s => s.Dispose());
        database.Storage.DurableGrown = null;
    }

    private Subscription Make(SubscriptionRequest request, HubFeed feed, long from, bool hasPast, long? rolledBackTo)
    {
        var key = request.ConflateBy.Count > 0 ? request.ConflateBy : request.Key;
        var options = new SubscriptionOptions
        {
            Envelope = request.Envelope,
            ConflationKey = [.. key.Select(c => ColumnOf(feed.Shape, c))],
            ConflateInterval = request.ConflateInterval,
            ProgressInterval = request.ProgressInterval,
            IsDurable = request.IsDurable,
            OnSlow = request.OnSlow,
            QueueBytes = request.QueueBytes,
            UntilSequence = request.UntilSequence,
            Limit = request.Limit,
        };
        ThrowIfNothingConflates(request, feed.Shape, key);
        var host = new SubscriptionHost
        {
            Symbols = database.Symbols,
            Pool = database.Pool,
            Clock = database.Clock,
            Epoch = database.Storage.Epoch,
            DurableSequence = () => database.DurableSequence,
        };
        var made = new Subscription(feed, options, host, from, hasPast, rolledBackTo);
        lock (gate)
        {
            open.Add(made);
        }

        return made;
    }

    private static void ThrowIfNothingConflates(
        SubscriptionRequest request,
        ChangeShape shape,
        IReadOnlyList<string> key
    )
    {
        var conflates =
            request.Envelope == SubscriptionEnvelope.Upsert
            || request.ConflateInterval > TimeSpan.Zero
            || request.OnSlow == SlowReaderPolicy.Conflate;
        if (conflates && key.Count == 0 && shape.IsAppendOnly)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                "Rows of this source are only added, so that none ever takes the place of another: say by which columns, as in "
                    + "CONFLATE BY (symbol) or ENVELOPE UPSERT (KEY (symbol))"
            );
        }
    }

    private static int ColumnOf(ChangeShape shape, string name)
    {
        var found = shape.Schema.IndexOf(name);
        return found >= 0
            ? found
            : Throw.Error<int>(
                ErrorCode.UnknownName,
                $"There is no column {name} to conflate by; there are "
                    + string.Join(", ", shape.Schema.Columns.Take(shape.VisibleCount).Select(c => c.Name))
            );
    }

    private (ChangeSource Source, KeyedPlan? Plan) SourceOf(SubscriptionRequest request)
    {
        if ((request.Source is null) == (request.Query is null))
        {
            Throw.Error(ErrorCode.InvalidArgument, "A subscription names either a source or a query");
        }

        var source = ChangeSource.Find(database, request.Source ?? ChangeSource.NameOf(request.Query!));
        var plan = request.Query;
        return (source, request.FinalOnly ? FinalRows(source, plan) : plan);
    }

    // As a filter it turns a bar that closes into an insert, and one that is corrected later into an update.
    private KeyedPlan FinalRows(ChangeSource source, KeyedPlan? plan)
    {
        var rows = plan?.Plan ?? source.Leaf(database);
        var column = rows.Schema.IndexOf("is_final");
        if (column < 0 || rows.Schema[column].Type.Kind != TypeKind.Boolean)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"FINAL ONLY needs a BOOLEAN column is_final, and {source.Name} has none: bars have one if their query selects it"
            );
        }

        return new KeyedPlan(
            new FilterNode(
                rows,
                new ColumnExpression(column, "is_final", DataType.Boolean, rows.Schema[column].Nullable)
            ),
            plan?.VisibleCount ?? source.Shape.VisibleCount,
            plan?.KeyColumns ?? source.Shape.KeyColumns
        );
    }

    private (long? After, long? RolledBackTo) StartOf(SubscriptionRequest request)
    {
        if (request.FromSequence is not { } from)
        {
            return (null, null);
        }

        var current = database.Storage.Epoch;
        var epoch = request.Epoch ?? current;
        if (epoch > current)
        {
            Throw.Error(
                ErrorCode.OutOfRange,
                $"Epoch {epoch} is not known: the database is in epoch {current}. Is this another database, or an older copy?"
            );
        }

        if (database.Storage.EndOfEpoch(epoch) is { } end && from > end)
        {
            return (end, end);
        }

        if (from < 0 || from > database.CommittedSequence)
        {
            Throw.Error(
                ErrorCode.OutOfRange,
                $"Sequence {from} is outside what is committed: 0 to {database.CommittedSequence}. A subscriber that saw it before a crash "
                    + "names its epoch too"
            );
        }

        return (from, null);
    }

    // Whoever asks for the same rows of the same source reads from the same tail: they are filtered and encoded once.
    private ChangeHub HubOf(ChangeSource source, KeyedPlan? plan)
    {
        lock (gate)
        {
            var hub = hubs.Find(h =>
                h.Source.Identity == source.Identity
                && !h.HasFailed
                && (plan is null ? h.Plan is null : h.Plan is not null && RowPlanEquality.AreEqual(h.Plan, plan))
            );
            if (hub is null)
            {
                hub = new ChangeHub(source, plan, database);
                hubs.Add(hub);
            }

            hub.HolderCount++;
            return hub;
        }
    }

    private void Release(ChangeHub hub)
    {
        lock (gate)
        {
            if (--hub.HolderCount > 0)
            {
                return;
            }

            hubs.Remove(hub);
        }

        hub.Dispose();
    }

    private long WhenReady(ChangeSource source, Action<long> join)
    {
        while (true)
        {
            var joinedAt = -1L;
            database.Storage.WhilePaused(sequence =>
            {
                if (source.IsReady)
                {
                    join(sequence);
                    joinedAt = sequence;
                }
            });
            if (joinedAt >= 0)
            {
                return joinedAt;
            }

            if (source is ViewSource view && database.ViewManager.Find(source.Name) != view.Live)
            {
                Throw.Error(ErrorCode.UnknownName, $"View {source.Name} was dropped");
            }

            database.WaitForView(source.Name, 0);
        }
    }

    private void AddDurable(Subscription subscription)
    {
        lock (gate)
        {
            durable = [.. durable, subscription];
            database.Storage.DurableGrown = WakeDurable;
        }

        subscription.Wake();
    }

    private void WakeDurable()
    {
        foreach (var subscription in Volatile.Read(ref durable))
        {
            subscription.Wake();
        }
    }
}
