using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>
/// Joins that exist for streams: a lookup is an ASOF join over sequences instead of times, so that what it found never changes; a window
/// join waits for the aggregates of its SELECT.
/// </summary>
internal sealed partial class FromBinder
{
    private Relation Lookup(LookupJoinedTable join)
    {
        var (left, right) = (Bind(join.Left), Bind(join.Right));
        var keys = new JoinKeys(left.Plan.Schema.ColumnCount);
        var merged = EqualKeys(join, join.On, join.Using, left, right, keys);
        var point = new ExpressionBinder(session, left, "FOR SYSTEM_TIME AS OF", queries.BindSubquery).Bind(join.Point);
        var table = left.Tables.FirstOrDefault(t => t.Time is not null && point.Equals(t.Time));
        if (table?.Sequence is not { } leftSequence)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                join.Point,
                "FOR SYSTEM_TIME AS OF takes the event time of a table on the left, whose rows then find what had come before them"
            );
        }

        var rightSequence =
            right.Tables.FirstOrDefault(t => t.Sequence is not null)?.Sequence
            ?? throw session.Error(
                ErrorCode.NotSupported,
                join.Right,
                "FOR SYSTEM_TIME AS OF looks up the row that came last, and the rows of this side have no order of arrival; "
                    + "take a table, or use ASOF JOIN"
            );
        var kind = join.Outer ? Execution.JoinKind.Left : Execution.JoinKind.Inner;
        var plan = new AsofJoinNode(
            left.Plan,
            right.Plan,
            kind,
            keys.Left,
            keys.Right,
            leftSequence,
            rightSequence,
            AsofDirection.Backward,
            allowExactMatch: false,
            tolerance: null,
            rightSequence
        );
        return Combine(left, right, plan, join.Outer, merged);
    }

    private Relation WindowJoin(WindowJoinedTable join)
    {
        var (left, right) = (Bind(join.Left), Bind(join.Right));
        var keys = new JoinKeys(left.Plan.Schema.ColumnCount);
        var merged = EqualKeys(join, join.On, join.Using, left, right, keys);
        if (left.TimeTable?.Time is not { } leftTime || right.TimeTable is not { Time: { } rightTime } rightTable)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                join,
                "a WINDOW JOIN compares event times, and one of its sides has none; let the subquery select its time column"
            );
        }

        (right, var ties) = TiesOf(right, rightTable.Sequence);
        var (start, end) = (Offset(join.Frame.Start), Offset(join.Frame.End));
        if (start > end)
            throw session.Error(ErrorCode.InvalidArgument, join.Frame, "the window's start lies behind its end");
        var node = new WindowJoinNode(
            left.Plan,
            right.Plan,
            keys.Left,
            keys.Right,
            leftTime,
            rightTime,
            start,
            end,
            !join.ExcludePrevailing,
            [],
            [],
            rightTable.Sequence is { } sequence ? [sequence, .. ties] : ties
        );
        var both = new JoinNode(left.Plan, right.Plan, Execution.JoinKind.Inner, [], []);
        var relation = Combine(left, right, both, outer: false, merged);
        var moved = relation.Tables.Skip(left.Tables.Count).First(t => t.Time is not null);
        // A bare star is the left row: the right ones are only there to be aggregated.
        return new Relation(both, relation.Tables, left.Star, relation.Merged)
        {
            Window = new PendingWindowJoin(node, moved),
        };
    }

    private List<(ScopeColumn Left, ScopeColumn Right)> EqualKeys(
        TableSource join,
        Expression? on,
        IReadOnlyList<Identifier> names,
        Relation left,
        Relation right,
        JoinKeys keys
    )
    {
        var merged = Using(names, left, right, keys);
        foreach (var part in on is null ? [] : ExpressionTree.Conjuncts(OnCondition(on, left, right)))
        {
            if (!TryAddEquality(part, keys, join.Span))
            {
                throw session.Error(
                    ErrorCode.NotSupported,
                    session.SpanOf(part, on!.Span),
                    "this join takes equalities between its two sides; put other conditions into WHERE or a subquery"
                );
            }
        }

        return merged;
    }

    private long Offset(FrameBound bound)
    {
        if (bound.Kind == FrameBoundKind.CurrentRow)
            return 0;
        if (bound.Offset is null)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                bound,
                "the window of a WINDOW JOIN has two ends; give both as spans of time"
            );
        }

        var nothing = new Relation(ConstantEvaluator.SingleRow, [], []);
        var offset = new ExpressionBinder(session, nothing, "RANGE", queries.BindSubquery).BindAs(
            bound.Offset,
            DataType.Interval,
            "RANGE"
        );
        var value = session.Pointing(bound.Span, () => session.Constants.Evaluate(offset));
        if (value.IsNull || !value.Interval.TryGetNanos(out var nanos) || nanos < 0)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                bound,
                "an end of the window is a span without months that is not negative"
            );
        }

        return bound.Kind == FrameBoundKind.Preceding ? -nanos : nanos;
    }
}
