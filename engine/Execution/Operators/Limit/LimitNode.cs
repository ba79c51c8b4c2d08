namespace TickStore.Execution;

/// <summary>
/// At most <see cref="Limit"/> rows after leaving out <see cref="Offset"/>, in the input's order; stops the input then.
/// </summary>
public sealed class LimitNode(PlanNode input, long limit, long offset) : PlanNode(input.Schema, input)
{
    /// <summary>Rows yielded at most.</summary>
    public long Limit { get; } = limit;

    /// <summary>Rows left out before them.</summary>
    public long Offset { get; } = offset;

    /// <inheritdoc/>
    public override string Name => "Limit";

    /// <inheritdoc/>
    public override string Details => $"{Limit} offset {Offset}";

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new LimitNode(inputs[0], Limit, Offset);
}
