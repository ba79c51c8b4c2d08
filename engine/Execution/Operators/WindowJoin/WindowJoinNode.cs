using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// For each left row aggregates over the right rows with equal keys (NULL equals nothing) in a window of time around it, both ends
/// included, as QuestDB's WINDOW JOIN and kdb's wj have it. Yields the left columns, then the aggregates; a left row without right rows
/// has the aggregates of no rows.
/// </summary>
public sealed class WindowJoinNode : PlanNode
{
    /// <summary>Makes a window join; the keys of both sides have the same types pair by pair.</summary>
    /// <param name="left">Whose rows come out, once each.</param>
    /// <param name="right">Whose rows are aggregated.</param>
    /// <param name="leftKeys">Over the left input's columns.</param>
    /// <param name="rightKeys">Over the right input's columns.</param>
    /// <param name="leftTime">A TIMESTAMP over the left input's columns.</param>
    /// <param name="rightTime">A TIMESTAMP over the right input's columns.</param>
    /// <param name="startNanos">From the left row's time to the window's start; negative for before it.</param>
    /// <param name="endNanos">From the left row's time to the window's end; not less than the start.</param>
    /// <param name="includesPrevailing">
    /// True to add the last right row before the window, unless a right row lies at its very start: what prevails when it begins.
    /// </param>
    /// <param name="aggregates">Over the left columns, then the right ones.</param>
    /// <param name="names">A name for each aggregate.</param>
    /// <param name="rightTies">
    /// The order of right rows of one time, over the right input's columns: which of them prevails; none for input order.
    /// </param>
    public WindowJoinNode(
        PlanNode left,
        PlanNode right,
        IReadOnlyList<BoundExpression> leftKeys,
        IReadOnlyList<BoundExpression> rightKeys,
        BoundExpression leftTime,
        BoundExpression rightTime,
        long startNanos,
        long endNanos,
        bool includesPrevailing,
        IReadOnlyList<AggregateCall> aggregates,
        IReadOnlyList<string> names,
        IReadOnlyList<BoundExpression> rightTies
    )
        : base(
            new BatchSchema([
                .. left.Schema.Columns,
                .. aggregates.Select((a, i) => new ColumnSchema(names[i], a.Type)),
            ]),
            left,
            right
        )
    {
        LeftKeys = leftKeys;
        RightKeys = rightKeys;
        LeftTime = leftTime;
        RightTime = rightTime;
        StartNanos = startNanos;
        EndNanos = endNanos;
        IncludesPrevailing = includesPrevailing;
        Aggregates = aggregates;
        Names = names;
        RightTies = rightTies;
    }

    /// <summary>Over the left input's columns.</summary>
    public IReadOnlyList<BoundExpression> LeftKeys { get; }

    /// <summary>Over the right input's columns.</summary>
    public IReadOnlyList<BoundExpression> RightKeys { get; }

    /// <summary>Over the left input's columns, a TIMESTAMP.</summary>
    public BoundExpression LeftTime { get; }

    /// <summary>Over the right input's columns, a TIMESTAMP.</summary>
    public BoundExpression RightTime { get; }

    /// <summary>From the left row's time to the window's start, in nanoseconds.</summary>
    public long StartNanos { get; }

    /// <summary>From the left row's time to the window's end, in nanoseconds.</summary>
    public long EndNanos { get; }

    /// <summary>True where the last right row before the window counts, unless one lies at its start.</summary>
    public bool IncludesPrevailing { get; }

    /// <summary>Over the left columns, then the right ones.</summary>
    public IReadOnlyList<AggregateCall> Aggregates { get; }

    /// <summary>Names of the aggregates.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The order of right rows of one time, over the right input's columns.</summary>
    public IReadOnlyList<BoundExpression> RightTies { get; }

    /// <inheritdoc/>
    public override string Name => "WindowJoin";

    /// <inheritdoc/>
    public override string Details =>
        $"{string.Concat(LeftKeys.Select((k, i) => $"{k} = {RightKeys[i]}, "))}{RightTime} from {LeftTime} + {StartNanos} ns to "
        + $"+ {EndNanos} ns{(IncludesPrevailing ? " and prevailing" : string.Empty)}: {string.Join(", ", Aggregates)}";

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        With(inputs[0], inputs[1], LeftKeys, RightKeys, LeftTime, RightTime, RightTies, Aggregates);

    /// <summary>The same window over other inputs, with other expressions.</summary>
    public WindowJoinNode With(
        PlanNode left,
        PlanNode right,
        IReadOnlyList<BoundExpression> leftKeys,
        IReadOnlyList<BoundExpression> rightKeys,
        BoundExpression leftTime,
        BoundExpression rightTime,
        IReadOnlyList<BoundExpression> rightTies,
        IReadOnlyList<AggregateCall> aggregates
    ) =>
        new(
            left,
            right,
            leftKeys,
            rightKeys,
            leftTime,
            rightTime,
            StartNanos,
            EndNanos,
            IncludesPrevailing,
            aggregates,
            Names,
            rightTies
        );
}
