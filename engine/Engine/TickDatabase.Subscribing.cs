using TickStore.Engine.Subscribing;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore;

/// <summary>Following what changes.</summary>
public sealed partial class TickDatabase
{
    /// <summary>Which opening of the database this is, from 1.</summary>
    public uint Epoch => Storage.Epoch;

    internal SubscriptionManager Subscriptions { get; }

    /// <summary>
    /// Follows a table, a view, or a filter and projection of one, through a queue: what there is or has changed since a sequence, then
    /// what changes from then on, without a gap and without a duplicate. Read from any one thread; dispose of it at the end.
    /// </summary>
    /// <exception cref="Core.TickStoreException">UnknownName, InvalidArgument, OutOfRange for a sequence that is not committed,
    /// NotSupported (with the reason) for a query that needs state, and what a view has failed with.</exception>
    public Subscription Subscribe(SubscriptionRequest request) => Subscriptions.Open(request);

    /// <summary>As the other form, of a statement: SUBSCRIBE TO name or (query), with its clauses (docs/guide/subscriptions.md).</summary>
    public Subscription Subscribe(string statement) => Subscribe(ViewLanguage.Get().BindSubscription(this, statement));

    /// <summary>
    /// Throws NotSupported, with the reason, for a query that is more than filters and projections of one table or view.
    /// </summary>
    public static void CheckChanges(KeyedPlan query) => ChangePipeline.Check(query);

    /// <summary>
    /// Calls a handler with every change of a table or a view from the next commit on, on the thread that commits, before the commit
    /// returns: no copy, no queue, no allocation. The rows are visible and not durable yet. A handler that throws is not called again.
    /// </summary>
    /// <param name="source">Name of a table or a view, ignoring case.</param>
    /// <param name="handler">Must be quick, and must not commit.</param>
    public InlineSubscription Subscribe(string source, ChangeHandler handler) =>
        Subscriptions.Open(source, null, handler);

    /// <summary>As the other form, for filters and projections of one table or view.</summary>
    public InlineSubscription Subscribe(KeyedPlan query, ChangeHandler handler) =>
        Subscriptions.Open(null, query, handler);
}
