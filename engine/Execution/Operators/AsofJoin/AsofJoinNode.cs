namespace TickStore.Execution;

/// <summary>Which right row an ASOF join takes for a left row.</summary>
public enum AsofDirection
{
    /// <summary>The last one not after it.</summary>
    Backward,

    /// <summary>The first one not before it.</summary>
    Forward,

    /// <summary>The closer one of both; the earlier one where both are as close.</summary>
    Nearest,
}

/// <summary>
/// For each left row the right row that is closest in time among those with equal keys. Times are expressions of one
/// orderable type (TIMESTAMP, DATE, integers, DECIMAL or DOUBLE). Among right rows of one time, Backward and Nearest
/// take the last by the right input's sequence (or, without one, its order), Forward the first. Yields the left
/// columns, then the right ones.
/// </summary>
public sealed class AsofJoinNode : PlanNode
{
    /// <summary>Makes an ASOF join; the keys of both sides have the same types pair by pair.</summary>
    public AsofJoinNode(
        PlanNode left,
        PlanNode right,
        JoinKind kind,
        IReadOnlyList<BoundExpression> leftKeys,
        IReadOnlyList<BoundExpression> rightKeys,
        BoundExpression leftTime,
        BoundExpression rightTime,
        AsofDirection direction,
        bool allowExactMatch,
        ConstantValue? tolerance,
        BoundExpression? rightSequence = null,
        IReadOnlyList<BoundExpression>? rightTies = null
    )
        : base(JoinNode.Combine(left.Schema, right.Schema, kind), left, right)
    {
        Kind = kind;
        LeftKeys = leftKeys;
        RightKeys = rightKeys;
        LeftTime = leftTime;
        RightTime = rightTime;
        Direction = direction;
        AllowExactMatch = allowExactMatch;
        Tolerance = tolerance;
        RightSequence = rightSequence;
        RightTies = rightTies ?? [];
    }

    /// <summary>What becomes of left rows without a partner.</summary>
    public JoinKind Kind { get; }

    /// <summary>Over the left input's columns.</summary>
    public IReadOnlyList<BoundExpression> LeftKeys { get; }

    /// <summary>Over the right input's columns.</summary>
    public IReadOnlyList<BoundExpression> RightKeys { get; }

    /// <summary>Over the left input's columns.</summary>
    public BoundExpression LeftTime { get; }

    /// <summary>Over the right input's columns; of the same type.</summary>
    public BoundExpression RightTime { get; }

    /// <summary>Which right row is taken.</summary>
    public AsofDirection Direction { get; }

    /// <summary>False where a right row of exactly the left row's time does not count.</summary>
    public bool AllowExactMatch { get; }

    /// <summary>
    /// The largest distance that still matches: an INTERVAL of nanoseconds for TIMESTAMP, days as INTERVAL for DATE,
    /// else a number of the times' type. Null for any.
    /// </summary>
    public ConstantValue? Tolerance { get; }

    /// <summary>
    /// Breaks ties among right rows of one time, over the right input's columns; null for input order.
    /// </summary>
    public BoundExpression? RightSequence { get; }

    /// <summary>
    /// Breaks further ties, in this order, over the right input's columns: the right rows' key where the join is part of a view.
    /// </summary>
    public IReadOnlyList<BoundExpression> RightTies { get; }

    /// <summary>True where rows are matched by their sequences: the right row that was the latest when the left one came.</summary>
    public bool IsLookup =>
        LeftTime is ColumnExpression { Name: "_seq" } && RightTime is ColumnExpression { Name: "_seq" };

    /// <inheritdoc/>
    public override string Name => IsLookup ? "LookupJoin" : "AsofJoin";

    /// <inheritdoc/>
    public override string Details =>
        $"{Kind} {Direction}, {string.Concat(LeftKeys.Select((k, i) => $"{k} = {RightKeys[i]}, "))}{LeftTime} to {RightTime}"
        + (AllowExactMatch ? string.Empty : ", no exact match")
        + (Tolerance is null ? string.Empty : $", within {Tolerance}");

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new AsofJoinNode(
            inputs[0],
            inputs[1],
            Kind,
            LeftKeys,
            RightKeys,
            LeftTime,
            RightTime,
            Direction,
            AllowExactMatch,
            Tolerance,
            RightSequence,
            RightTies
        );
}
