using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Subscribing;

/// <summary>
/// What subscribers to the same changes share: the tail, and the filter and projection before it. It listens while somebody reads. All
/// but construction happens while commits are paused.
/// </summary>
internal sealed class ChangeHub : IDisposable
{
    private readonly ChangeTail tail;
    private readonly ChangePipeline? pipeline;
    private bool isListening;

    /// <summary>Makes a hub that does not listen yet.</summary>
    /// <param name="source">Where changes come from.</param>
    /// <param name="plan">Filters and projections over it, or null.</param>
    /// <param name="database">Lends memory, and the dictionary.</param>
    public ChangeHub(ChangeSource source, KeyedPlan? plan, TickDatabase database)
    {
        Source = source;
        Plan = plan;
        if (plan is null)
        {
            tail = new ChangeTail(source.Shape, database.Pool);
            return;
        }

        tail = new ChangeTail(ShapeOf(source, plan), database.Pool);
        pipeline = new ChangePipeline(plan, database.CreateContext(), tail, tail.Fail);
    }

    /// <summary>Where changes come from.</summary>
    public ChangeSource Source { get; }

    /// <summary>Filters and projections over it, or null.</summary>
    public KeyedPlan? Plan { get; }

    /// <summary>What comes out.</summary>
    public ChangeShape Shape => tail.Shape;

    /// <summary>Subscriptions that use it. Under the manager's lock.</summary>
    public int HolderCount { get; set; }

    /// <summary>True once those who read it have been cut off; nobody joins it any more.</summary>
    public bool HasFailed => tail.HasFailed;

    /// <summary>Rows encoded so far, each once.</summary>
    public long EncodedRows => tail.RowCount;

    /// <summary>Lets a subscription join at the last commit.</summary>
    public void Join(Subscription subscription, long sequence)
    {
        Source.TellHeld(sequence);
        subscription.Join(tail, sequence);
        if (!isListening)
        {
            Source.AddListener((IChangeListener?)pipeline ?? tail);
            isListening = true;
        }
    }

    /// <summary>Takes a subscription off.</summary>
    public void Leave(Subscription subscription)
    {
        subscription.LeaveTail(tail);
        if (isListening && !tail.HasReaders)
        {
            Source.RemoveListener((IChangeListener?)pipeline ?? tail);
            isListening = false;
        }
    }

    /// <summary>Cuts off all who read.</summary>
    public void Fail(TickStoreException error) => tail.Fail(error);

    /// <summary>Gives the memory back, once nobody uses it any more.</summary>
    public void Dispose()
    {
        pipeline?.Dispose();
        tail.Dispose();
    }

    /// <summary>What comes out of a plan of filters and projections.</summary>
    public static ChangeShape ShapeOf(ChangeSource source, KeyedPlan plan) =>
        new(
            plan.Plan.Schema,
            plan.VisibleCount,
            plan.KeyColumns,
            ViewSource.SequenceColumnOf(plan, source.Shape.IsAppendOnly),
            source.Shape.IsAppendOnly
        );
}
