namespace TickStore.Execution;

/// <summary>
/// The rows that ORDER BY keys LIMIT limit OFFSET offset would give, in order, in memory of limit + offset rows.
/// </summary>
public sealed class TopNNode(PlanNode input, IReadOnlyList<SortKey> keys, long limit, long offset)
    : PlanNode(input.Schema, input)
{
    /// <summary>Keys, most significant first, over the input's columns.</summary>
    public IReadOnlyList<SortKey> Keys { get; } = keys;

    /// <summary>Rows yielded at most.</summary>
    public long Limit { get; } = limit;

    /// <summary>Rows left out before them.</summary>
    public long Offset { get; } = offset;

    /// <inheritdoc/>
    public override string Name => "TopN";

    /// <inheritdoc/>
    public override string Details => $"{string.Join(", ", Keys)} limit {Limit} offset {Offset}";

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new TopNNode(inputs[0], Keys, Limit, Offset);
}
