using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>Alerts that write to tables.</summary>
internal sealed partial class ViewManager
{
    private void StartWriter(LiveView live)
    {
        if (live.Definition.IntoTable is not null)
        {
            live.Writer = new AlertWriter(database, live);
        }
    }

    /// <summary>Stops what follows views and commits, before views and subscriptions end.</summary>
    public void StopWriters()
    {
        foreach (var live in Views)
        {
            live.Writer?.Dispose();
        }
    }

    // An alert that fires over what it has written would never come to an end.
    private void ThrowIfReadsItself(LiveView live)
    {
        var inputs = new Queue<CircuitInput>(live.View!.Circuit.Inputs);
        while (inputs.TryDequeue(out var input))
        {
            if (input.Kind != CircuitInputKind.View && IsSame(input.Name, live.Definition.IntoTable!))
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"Alert {live.Definition.Name} cannot write to {live.Definition.IntoTable}: it reads that table"
                );
            }

            foreach (var behind in Find(input.Name)?.View?.Circuit.Inputs ?? [])
            {
                inputs.Enqueue(behind);
            }
        }
    }
}
