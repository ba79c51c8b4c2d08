namespace TickStore.Execution;

/// <summary>Sorts all rows by keys; stable. Spills or fails clearly where the budget does not hold them.</summary>
public sealed class SortNode(PlanNode input, IReadOnlyList<SortKey> keys) : PlanNode(input.Schema, input)
{
    /// <summary>Keys, most significant first, over the input's columns.</summary>
    public IReadOnlyList<SortKey> Keys { get; } = keys;

    /// <inheritdoc/>
    public override string Name => "Sort";

    /// <inheritdoc/>
    public override string Details => string.Join(", ", Keys);

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) => new SortNode(inputs[0], Keys);
}
