using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What becomes of rows that find no partner.</summary>
public enum JoinKind
{
    /// <summary>They are dropped.</summary>
    Inner,

    /// <summary>Those of the left input are kept, with NULL for the right one's columns.</summary>
    Left,
}

/// <summary>
/// Joins on equality of keys (NULL equals nothing), with a further predicate over both sides' columns if wanted. No
/// keys make it a cross join under that predicate. Yields the left columns, then the right ones.
/// </summary>
public sealed class JoinNode : PlanNode
{
    /// <summary>Makes a join; the keys of both sides have the same types pair by pair.</summary>
    public JoinNode(
        PlanNode left,
        PlanNode right,
        JoinKind kind,
        IReadOnlyList<BoundExpression> leftKeys,
        IReadOnlyList<BoundExpression> rightKeys,
        BoundExpression? residual = null
    )
        : base(Combine(left.Schema, right.Schema, kind), left, right)
    {
        Kind = kind;
        LeftKeys = leftKeys;
        RightKeys = rightKeys;
        Residual = residual;
    }

    /// <summary>What becomes of rows without a partner.</summary>
    public JoinKind Kind { get; }

    /// <summary>Over the left input's columns.</summary>
    public IReadOnlyList<BoundExpression> LeftKeys { get; }

    /// <summary>Over the right input's columns.</summary>
    public IReadOnlyList<BoundExpression> RightKeys { get; }

    /// <summary>Part of the join condition, over this node's columns; null for none.</summary>
    public BoundExpression? Residual { get; }

    /// <inheritdoc/>
    public override string Name => LeftKeys.Count == 0 ? "CrossJoin" : "HashJoin";

    /// <inheritdoc/>
    public override string Details =>
        $"{Kind}{string.Concat(LeftKeys.Select((k, i) => $", {k} = {RightKeys[i]}"))}{(Residual is null ? string.Empty : $", {Residual}")}";

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new JoinNode(inputs[0], inputs[1], Kind, LeftKeys, RightKeys, Residual);

    /// <summary>The left columns, then the right ones, which may be NULL in a left join.</summary>
    public static BatchSchema Combine(BatchSchema left, BatchSchema right, JoinKind kind) =>
        new([.. left.Columns, .. right.Columns.Select(c => kind == JoinKind.Left ? c with { Nullable = true } : c)]);
}
