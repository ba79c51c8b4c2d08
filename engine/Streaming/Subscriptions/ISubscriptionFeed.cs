namespace TickStore.Streaming;

/// <summary>Where a subscription's changes come from: first those of the past, then the live tail.</summary>
public interface ISubscriptionFeed : IDisposable
{
    /// <summary>What the changes look like.</summary>
    ChangeShape Shape { get; }

    /// <summary>
    /// Hands over some changes of the past, in order, as steps. Called again until it returns false; by then the subscription has joined
    /// the tail (<see cref="Subscription.Join"/>) exactly where the past ends.
    /// </summary>
    /// <param name="subscription">Who reads.</param>
    /// <param name="target">Takes the changes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    bool ReadPast(Subscription subscription, IChangeListener target, CancellationToken cancellationToken);

    /// <summary>The subscription has ended: takes it off the tail. Once, before the feed is disposed of.</summary>
    void Leave(Subscription subscription);
}
