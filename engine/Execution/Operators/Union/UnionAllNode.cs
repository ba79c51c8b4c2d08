namespace TickStore.Execution;

/// <summary>All rows of all inputs, whose column types are the same. Column names are those of the first.</summary>
public sealed class UnionAllNode(params ReadOnlySpan<PlanNode> inputs) : PlanNode(inputs[0].Schema, inputs)
{
    /// <inheritdoc/>
    public override string Name => "UnionAll";

    /// <inheritdoc/>
    public override string Details => string.Empty;

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) => new UnionAllNode(inputs);
}
