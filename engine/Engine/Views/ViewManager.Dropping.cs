using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>Dropping views, and tables that views may read.</summary>
internal sealed partial class ViewManager
{
    /// <summary>Drops a view, durably. Throws InvalidArgument where another view reads it.</summary>
    public void Drop(LiveView live)
    {
        lock (manage)
        {
            ThrowIfCannotBeDropped(live);
        }

        // Not under the lock: the writer may wait for the view to be put in place, which takes it.
        live.Writer?.Dispose();
        lock (manage)
        {
            ThrowIfCannotBeDropped(live);
            DefinitionTable.Remove(database, live.Definition.Name);
            TakeOff(live);
            Storage.States.Delete(live.Definition.Name);
        }
    }

    /// <summary>Does something while no view is made or dropped: what the views use stays as it is looked at.</summary>
    public void WithoutNewViews(Action action)
    {
        lock (manage)
        {
            action();
        }
    }

    /// <summary>
    /// Drops a table, durably, and tells those who listen to it. Throws InvalidArgument where a view reads it.
    /// </summary>
    public void DropTable(Storage.StorageTable table)
    {
        lock (manage)
        {
            foreach (var view in Views)
            {
                if (
                    view.View?.Circuit.Inputs.Any(i => i.Kind != CircuitInputKind.View && IsSame(i.Name, table.Name))
                    == true
                )
                {
                    Throw.Error(
                        ErrorCode.InvalidArgument,
                        $"Table {table.Name} cannot be dropped: view {view.Definition.Name} reads it; drop that one first"
                    );
                }
            }

            Storage.DropTable(table);
            Storage.WhilePaused(_ =>
            {
                if (table.Id < taps.Length && taps[table.Id] is { } tap)
                {
                    taps[table.Id] = null;
                    tap.Fail(new TickStoreException(ErrorCode.UnknownName, $"Table {table.Name} was dropped"));
                    tap.Dispose();
                }
            });
        }
    }

    private void ThrowIfCannotBeDropped(LiveView live)
    {
        if (!Views.Contains(live))
        {
            Throw.Error(ErrorCode.UnknownName, $"View {live.Definition.Name} was dropped already");
        }

        ThrowIfRead(live, "dropped");
    }

    private void ThrowIfRead(LiveView live, string what)
    {
        foreach (var other in Views)
        {
            if (
                other.View?.Circuit.Inputs.Any(i =>
                    i.Kind == CircuitInputKind.View && IsSame(i.Name, live.Definition.Name)
                ) == true
            )
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"View {live.Definition.Name} cannot be {what}: view {other.Definition.Name} reads it; drop that one first"
                );
            }
        }
    }
}
