using TickStore.Core;
using TickStore.Engine.Views;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.Engine.Subscribing;

/// <summary>A table or a view, as something whose changes can be listened to.</summary>
internal abstract class ChangeSource
{
    /// <summary>Finds a table or a view by name. Throws UnknownName, and what a view has failed with.</summary>
    public static ChangeSource Find(TickDatabase database, string name)
    {
        if (database.ViewManager.Find(name) is { } live)
        {
            if ((live.View?.Failure ?? live.BuildError) is { } failure)
            {
                throw new TickStoreException(
                    ErrorCode.InvalidArgument,
                    $"View {live.Definition.Name} has failed: {failure.Message}",
                    failure
                );
            }

            database.WaitForView(live.Definition.Name, 0);
            return new ViewSource(live);
        }

        return database.Storage.FindTable(name) is { } table
            ? new TableSource(database.ViewManager, table)
            : Throw.Error<ChangeSource>(
                ErrorCode.UnknownName,
                $"There is no table or view {name}; there are "
                    + string.Join(", ", database.Tables.Select(t => t.Name).Concat(database.ViewNames))
            );
    }

    /// <summary>The table or the view itself; the same object for the same source.</summary>
    public abstract object Identity { get; }

    /// <summary>The source's name.</summary>
    public abstract string Name { get; }

    /// <summary>What its changes look like.</summary>
    public abstract ChangeShape Shape { get; }

    /// <summary>False for a view that does not step with commits just now, so that nobody can join it.</summary>
    public abstract bool IsReady { get; }

    /// <summary>Adds a listener. While commits are paused.</summary>
    public abstract void AddListener(IChangeListener listener);

    /// <summary>Somebody is about to join: what is held back for those who listen goes to them. While commits are paused.</summary>
    /// <param name="sequence">The end of the last commit.</param>
    public virtual void TellHeld(long sequence) { }

    /// <summary>Takes a listener off. While commits are paused.</summary>
    public abstract void RemoveListener(IChangeListener listener);

    /// <summary>A leaf of a plan that stands for the source.</summary>
    public abstract PlanNode Leaf(TickDatabase database);

    /// <summary>The one table or view that a plan of filters and projections reads.</summary>
    public static string NameOf(KeyedPlan plan)
    {
        ChangePipeline.Check(plan);
        var node = plan.Plan;
        while (node.Inputs.Count > 0)
        {
            node = node.Inputs[0];
        }

        return node is ScanNode scan ? scan.Source.Schema.Name : ((KeyedScanNode)node).Source.Name;
    }
}

/// <summary>A table: rows are only added, and their key is <c>_seq</c>.</summary>
internal sealed class TableSource(ViewManager manager, StorageTable table) : ChangeSource
{
    public StorageTable Table { get; } = table;

    public override object Identity => Table;

    public override string Name => Table.Name;

    public override ChangeShape Shape { get; } =
        new(
            new BatchSchema([.. table.Schema.AllColumns]),
            table.Schema.Columns.Count,
            [table.Schema.SequenceIndex],
            table.Schema.SequenceIndex,
            IsAppendOnly: true
        );

    public override bool IsReady => true;

    public override void AddListener(IChangeListener listener) => manager.AddListener(Table, listener);

    public override void RemoveListener(IChangeListener listener) => manager.RemoveListener(Table, listener);

    public override PlanNode Leaf(TickDatabase database)
    {
        using var snapshot = database.OpenSnapshot();
        return new ScanNode(
            snapshot.GetTable(Name),
            new ScanRequest { Columns = [.. Enumerable.Range(0, Table.Schema.AllColumns.Count)] }
        );
    }
}

/// <summary>A view: rows have its key, and change as its definition says.</summary>
internal sealed class ViewSource(LiveView live) : ChangeSource
{
    private readonly View view = live.View!;

    public LiveView Live { get; } = live;

    public View View => view;

    public override object Identity => view;

    public override string Name => Live.Definition.Name;

    public override ChangeShape Shape { get; } = ShapeOf(live);

    public override bool IsReady => Live.IsAttached;

    public override void AddListener(IChangeListener listener) => view.AddListener(listener);

    public override void TellHeld(long sequence) => view.TellHeld(sequence);

    // A view that catches up steps outside of the sequencer's lock; once this returns, the listener is not called any more.
    public override void RemoveListener(IChangeListener listener)
    {
        if (Live.Group is not { } group)
        {
            view.RemoveListener(listener);
            return;
        }

        lock (group.Stepping)
        {
            view.RemoveListener(listener);
        }
    }

    public override PlanNode Leaf(TickDatabase database) => new KeyedScanNode(database.ViewLeaf(Name));

    private static ChangeShape ShapeOf(LiveView live)
    {
        var plan = live.Definition.Plan;
        var isAppendOnly = live.View!.Circuit.Operators[^1].IsAppendOnly;
        return new ChangeShape(
            plan.Plan.Schema,
            plan.VisibleCount,
            plan.KeyColumns,
            SequenceColumnOf(plan, isAppendOnly),
            isAppendOnly
        );
    }

    /// <summary>The key where it is the <c>_seq</c> of the one row that made each row, or -1.</summary>
    public static int SequenceColumnOf(KeyedPlan plan, bool isAppendOnly) =>
        isAppendOnly
        && plan.KeyColumns is [var key]
        && plan.Plan.Schema[key] is { Name: "_seq", Type.Kind: TypeKind.BigInt }
            ? key
            : -1;
}
