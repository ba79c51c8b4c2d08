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

    /// <summary>The named readers whose position is kept, by name.</summary>
    public IReadOnlyList<DurableReader> DurableReaders =>
        [
            .. Subscriptions.Readers.All.Select(r => new DurableReader(
                r.Name,
                r.Position.Source,
                r.Position.Sequence,
                r.Position.Epoch,
                Math.Max(0, LastSequenceOf(r.Position.Source) - r.Position.Sequence),
                r.IsLive
            )),
        ];

    /// <summary>
    /// Says that a named reader is done with everything up to a sequence, durably: when the name subscribes again, it
    /// goes on behind it. As a rule <see cref="ChangeBlock.Sequence"/> of a block that was dealt with. The position
    /// moves forward only; a sequence that is not beyond it changes nothing. Throws UnknownName, and OutOfRange for
    /// what is not committed. Waits for the device once.
    /// </summary>
    public void Acknowledge(string reader, long sequence) => Subscriptions.Readers.Acknowledge(reader, sequence);

    /// <summary>Forgets a named reader, durably. Throws UnknownName, and InvalidArgument while a subscription reads as it.</summary>
    public void DropDurableReader(string reader) => Subscriptions.Readers.Drop(reader);

    // The newest row of a table, or of the tables that a view is made from; 0 where there is none.
    private long LastSequenceOf(string source)
    {
        if (Storage.FindTable(source) is { } table)
        {
            return Storage.GetStatistics(table).LastSequence;
        }

        var last = 0L;
        foreach (var input in viewManager.Find(source)?.View?.Circuit.Inputs ?? [])
        {
            last = Math.Max(last, LastSequenceOf(input.Name));
        }

        return last;
    }

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
