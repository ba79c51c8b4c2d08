namespace TickStore.Execution;

/// <summary>
/// Keeps the rows for which a BOOLEAN expression is true (neither false nor NULL). Keeps the input's order.
/// </summary>
public sealed class FilterNode(PlanNode input, BoundExpression predicate) : PlanNode(input.Schema, input)
{
    /// <summary>Over the input's columns.</summary>
    public BoundExpression Predicate { get; } = predicate;

    /// <inheritdoc/>
    public override string Name => "Filter";

    /// <inheritdoc/>
    public override string Details => Predicate.ToString();

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) => new FilterNode(inputs[0], Predicate);
}
