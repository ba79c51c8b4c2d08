using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Reads the contents of a view, hidden columns of the key included.</summary>
public sealed class KeyedScanNode(IKeyedSource source) : PlanNode(source.Schema)
{
    /// <summary>The view at its snapshot.</summary>
    public IKeyedSource Source { get; } = source;

    /// <inheritdoc/>
    public override string Name => "ViewScan";

    /// <inheritdoc/>
    public override string Details => Source.Name;

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) => this;
}
