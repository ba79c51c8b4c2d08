using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Engine.Subscribing;

/// <summary>A feed that ends in the tail of a hub.</summary>
internal abstract class HubFeed(SubscriptionManager manager, ChangeHub hub) : ISubscriptionFeed
{
    public ChangeShape Shape => Hub.Shape;

    protected ChangeHub Hub { get; } = hub;

    public abstract bool ReadPast(
        Subscription subscription,
        IChangeListener target,
        CancellationToken cancellationToken
    );

    public void Leave(Subscription subscription) => manager.Leave(subscription, Hub);

    public abstract void Dispose();

    /// <summary>Joins the tail between two commits. Returns the end of the last one.</summary>
    protected long Join(Subscription subscription) => manager.Join(subscription, Hub, null);
}
