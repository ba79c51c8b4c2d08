using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Subscribing;

/// <summary>
/// Changes of a view: the subscription has joined the tail when it was made; before that come the rows that there were, or what has changed
/// since a sequence: what the view was then is computed by its definition, and compared with what it is.
/// </summary>
internal sealed class ViewChangesFeed : HubFeed
{
    private readonly TickDatabase database;
    private readonly ViewSource source;
    private readonly long? after;
    private KeyedSnapshot? contents;
    private long joinedAt;
    private IBatchReader? rows;
    private ContentsDifference? difference;
    private ChangePipeline? pipeline;

    /// <param name="manager">Joins and leaves.</param>
    /// <param name="hub">Of a view.</param>
    /// <param name="database">The database.</param>
    /// <param name="after">Changes after it; null for all rows that there are.</param>
    public ViewChangesFeed(SubscriptionManager manager, ChangeHub hub, TickDatabase database, long? after)
        : base(manager, hub)
    {
        (this.database, this.after) = (database, after);
        source = (ViewSource)hub.Source;
    }

    /// <summary>Notes the rows as they are where the subscription joins. While commits are paused.</summary>
    public void NoteContents(long sequence)
    {
        joinedAt = sequence;
        contents = source.View.OpenContents();
    }

    public override bool ReadPast(
        Subscription subscription,
        IChangeListener target,
        CancellationToken cancellationToken
    )
    {
        if (Hub.Plan is { } plan)
        {
            pipeline ??= new ChangePipeline(plan, database.CreateContext(CancellationToken.None), target);
        }

        var taker = (IChangeListener?)pipeline ?? target;
        rows ??= OpenRows();
        cancellationToken.ThrowIfCancellationRequested();
        var batch = rows.Next();
        if (difference is not null)
        {
            if (difference.Compare(batch, taker, joinedAt) || batch is not null)
            {
                return true;
            }
        }
        else if (batch is not null)
        {
            taker.OnChanges(new DeltaBatch(batch), joinedAt);
            return true;
        }

        Dispose();
        target.OnStep(joinedAt);
        return false;
    }

    public override void Dispose()
    {
        rows?.Dispose();
        difference?.Dispose();
        contents?.Dispose();
        pipeline?.Dispose();
        (rows, difference, contents, pipeline) = (null, null, null, null);
    }

    private IBatchReader OpenRows()
    {
        var plan = source.Live.Definition.Plan.Plan;
        var history = database.ViewManager.History;
        var key = source.Shape.SequenceColumn;
        if (after is { } since && since > 0)
        {
            if (key >= 0)
            {
                // Rows that are only added, and say when: those since are all that has changed.
                return history.Derive(
                    PlanRange.Narrow(plan, new RangeCondition(key, since + 1, long.MaxValue)),
                    joinedAt
                );
            }

            difference = new ContentsDifference(source.Shape, database.CreateContext().Pool);
            using var was = history.Derive(plan, since);
            while (was.Next() is { } batch)
            {
                difference.AddPast(batch);
            }
        }

        return contents is not null ? contents.Open() : history.Derive(plan, joinedAt);
    }
}
