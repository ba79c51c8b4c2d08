using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>
/// ASOF joins: equalities are keys and one inequality says direction and exactness. The short forms leave out the
/// inequality: then each side's event time is compared with >=. As in DuckDB, a time column listed last in USING is the
/// inequality.
/// </summary>
internal sealed partial class FromBinder
{
    private static readonly string[] Inequalities = [">=", ">", "<=", "<"];

    private Relation Asof(AsofJoinedTable join)
    {
        var (left, right) = (Bind(join.Left), Bind(join.Right));
        var keys = new JoinKeys(left.Plan.Schema.ColumnCount);
        var match = default(AsofMatch);
        var usedTime =
            join.Using.Count > 0 && IsTime(left, join.Using[^1]) && IsTime(right, join.Using[^1])
                ? join.Using[^1]
                : null;
        var merged = Using([.. join.Using.Where(n => n != usedTime)], left, right, keys);
        if (usedTime is not null)
        {
            var pair = (FindForUsing(left, usedTime), FindForUsing(right, usedTime));
            merged.Add(pair);
            match = new AsofMatch(pair.Item1.Value, pair.Item2.Value, ">=", usedTime.Span);
        }

        foreach (var condition in (Expression?[])[join.On, join.MatchCondition])
        {
            if (condition is null)
                continue;
            foreach (var part in ExpressionTree.Conjuncts(OnCondition(condition, left, right)))
            {
                if (TryAddEquality(part, keys, join.Span))
                    continue;
                var found = Inequality(part, keys, session.SpanOf(part, condition.Span));
                if (match.Left is not null)
                {
                    throw session.Error(
                        ErrorCode.InvalidArgument,
                        found.Span,
                        "an ASOF join takes one inequality, and here is a second one"
                    );
                }

                match = found;
            }
        }

        if (match.Left is null)
            match = EventTimes(join, left, right);
        return Build(join, left, right, keys, match, merged);
    }

    private readonly record struct AsofMatch(
        BoundExpression Left,
        BoundExpression Right,
        string Operator,
        SourceSpan Span
    );

    private static bool IsTime(Relation side, Identifier name) =>
        side.Tables.Any(t => t.Time is not null && t.Find(name.Name) is { } column && column.Value.Equals(t.Time));

    private AsofMatch Inequality(BoundExpression part, JoinKeys keys, SourceSpan span)
    {
        if (
            part is CallExpression call
            && Inequalities.Contains(call.Function.Function.Name)
            && keys.TrySplit(call.Arguments[0], call.Arguments[1], out var left, out var right, out var swapped)
        )
        {
            var name = call.Function.Function.Name;
            return new AsofMatch(left, right, swapped ? Flip(name) : name, span);
        }

        throw session.Error(
            ErrorCode.NotSupported,
            span,
            "an ASOF join takes equalities and one inequality (>=, >, <=, <) between its two sides; put other "
                + "conditions into WHERE or a subquery"
        );
    }

    private static string Flip(string name) =>
        name switch
        {
            ">=" => "<=",
            ">" => "<",
            "<=" => ">=",
            _ => ">",
        };

    private AsofMatch EventTimes(AsofJoinedTable join, Relation left, Relation right) =>
        left.TimeTable?.Time is { } leftTime && right.TimeTable?.Time is { } rightTime
            ? new AsofMatch(leftTime, rightTime, ">=", join.Span)
            : throw session.Error(
                ErrorCode.InvalidArgument,
                join,
                "this ASOF join needs an inequality over time: one of its sides has no event time"
            );

    private Relation Build(
        AsofJoinedTable join,
        Relation left,
        Relation right,
        JoinKeys keys,
        AsofMatch match,
        List<(ScopeColumn, ScopeColumn)> merged
    )
    {
        var type = Coercion.Common(session, [match.Left, match.Right], match.Span, "the times of an ASOF join");
        if (type.IsArray || type.Kind is TypeKind.Varchar or TypeKind.Symbol or TypeKind.Boolean or TypeKind.Interval)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                match.Span,
                $"the inequality of an ASOF join is over times or numbers, not {type}"
            );
        }

        var direction =
            join.Nearest ? AsofDirection.Nearest
            : match.Operator is ">=" or ">" ? AsofDirection.Backward
            : AsofDirection.Forward;
        var kind = join.Outer ? Execution.JoinKind.Left : Execution.JoinKind.Inner;
        var rightTable = right.Tables.FirstOrDefault(t => t.Time is not null && match.Right.Equals(t.Time));
        (right, var ties) = TiesOf(right, rightTable?.Sequence);
        var plan = new AsofJoinNode(
            left.Plan,
            right.Plan,
            kind,
            keys.Left,
            keys.Right,
            Coercion.To(session, match.Left, type, match.Span),
            Coercion.To(session, match.Right, type, match.Span),
            direction,
            match.Operator is ">=" or "<=",
            Tolerance(join, type),
            rightTable?.Sequence,
            ties
        );
        return Combine(left, right, plan, join.Outer, merged);
    }

    private ConstantValue? Tolerance(AsofJoinedTable join, DataType type)
    {
        if (join.Tolerance is not { } syntax)
            return null;
        var wanted = type.Kind is TypeKind.Timestamp or TypeKind.Date ? DataType.Interval : type;
        var nothing = new Relation(ConstantEvaluator.SingleRow, [], []);
        var bound = new ExpressionBinder(session, nothing, "TOLERANCE", queries.BindSubquery).BindAs(
            syntax,
            wanted,
            "TOLERANCE"
        );
        var value = session.Pointing(syntax.Span, () => session.Constants.Evaluate(bound));
        var isNegative =
            wanted == DataType.Interval
                ? value.Interval < default(Interval) || value.Interval.Months != 0
                : value.Integer < 0 || value.Real < 0;
        return value.IsNull || isNegative
            ? throw session.Error(
                ErrorCode.InvalidArgument,
                syntax,
                "TOLERANCE is a span without months that is not negative"
            )
            : value;
    }
}
