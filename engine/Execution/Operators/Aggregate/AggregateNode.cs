using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Groups rows by keys and computes aggregates; yields the keys, then the aggregates. Without keys it yields exactly
/// one row; without aggregates it is DISTINCT. NULL keys are a group; NaN equals NaN.
/// </summary>
public sealed class AggregateNode : PlanNode
{
    /// <summary>
    /// Makes an aggregation; <paramref name="names"/> has a name for each key, then for each aggregate.
    /// </summary>
    public AggregateNode(
        PlanNode input,
        IReadOnlyList<BoundExpression> keys,
        IReadOnlyList<AggregateCall> aggregates,
        IReadOnlyList<string> names
    )
        : base(
            new BatchSchema([
                .. keys.Select((k, i) => new ColumnSchema(names[i], k.Type, k.Nullable)),
                .. aggregates.Select((a, i) => new ColumnSchema(names[keys.Count + i], a.Type)),
            ]),
            input
        )
    {
        Keys = keys;
        Aggregates = aggregates;
        Names = names;
        GroupsAreContiguous = !aggregates.Any(a => a.Distinct) && PlanProperties.AreGroupsContiguous(input, keys);
    }

    /// <summary>Group keys, over the input's columns.</summary>
    public IReadOnlyList<BoundExpression> Keys { get; }

    /// <summary>Aggregates, over the input's columns.</summary>
    public IReadOnlyList<AggregateCall> Aggregates { get; }

    /// <summary>Names of the keys, then of the aggregates.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// True where rows of one group follow each other within a morsel and no group spans morsels, as for (symbol, time
    /// bucket) over a clustered scan: then no hash table is needed, and results come out in order. Follows from the
    /// input (<see cref="PlanProperties"/>); aggregates over DISTINCT values take the hash table all the same.
    /// </summary>
    public bool GroupsAreContiguous { get; }

    /// <inheritdoc/>
    public override string Name => GroupsAreContiguous ? "OrderedAggregate" : "HashAggregate";

    /// <inheritdoc/>
    public override string Details => $"by ({string.Join(", ", Keys)}): {string.Join(", ", Aggregates)}";

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new AggregateNode(inputs[0], Keys, Aggregates, Names);
}
