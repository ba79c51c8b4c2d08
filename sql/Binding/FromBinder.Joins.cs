using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>Joins: which parts of a condition are keys, and what names mean behind the join.</summary>
internal sealed partial class FromBinder
{
    private static Relation Cross(Relation left, Relation right)
    {
        var plan = new JoinNode(left.Plan, right.Plan, Execution.JoinKind.Inner, [], []);
        return Combine(left, right, plan, outer: false, []);
    }

    private Relation Join(JoinedTable join)
    {
        var (left, right) = (Bind(join.Left), Bind(join.Right));
        if (join.Kind == Syntax.JoinKind.Cross)
            return Cross(left, right);
        var kind = join.Kind == Syntax.JoinKind.Left ? Execution.JoinKind.Left : Execution.JoinKind.Inner;
        var keys = new JoinKeys(left.Plan.Schema.ColumnCount);
        var merged = Using(join.Using, left, right, keys);
        if (join.On is not null)
        {
            foreach (var part in ExpressionTree.Conjuncts(OnCondition(join.On, left, right)))
            {
                if (!TryAddEquality(part, keys, join.Span))
                    keys.Residual.Add(part);
            }
        }

        var plan = new JoinNode(
            left.Plan,
            right.Plan,
            kind,
            keys.Left,
            keys.Right,
            ExpressionTree.AndAll(keys.Residual)
        );
        return Combine(left, right, plan, kind == Execution.JoinKind.Left, merged);
    }

    // ON sees both sides next to each other, as the join's own columns.
    private BoundExpression OnCondition(Expression on, Relation left, Relation right)
    {
        var both = Combine(
            left,
            right,
            new JoinNode(left.Plan, right.Plan, Execution.JoinKind.Inner, [], []),
            outer: false,
            []
        );
        return new ExpressionBinder(session, both, "ON", queries.BindSubquery).Condition(on, "ON");
    }

    private sealed class JoinKeys(int leftColumnCount)
    {
        public List<BoundExpression> Left { get; } = [];

        public List<BoundExpression> Right { get; } = [];

        public List<BoundExpression> Residual { get; } = [];

        /// <summary>
        /// The two sides of a comparison as expressions over the left and the right input; swapped where they were
        /// written the other way round. False where a side reads both inputs or none.
        /// </summary>
        public bool TrySplit(
            BoundExpression first,
            BoundExpression second,
            out BoundExpression left,
            out BoundExpression right,
            out bool swapped
        )
        {
            (left, right, swapped) = (first, second, false);
            if (IsOf(second, ofLeft: true) && IsOf(first, ofLeft: false))
                (left, right, swapped) = (second, first, true);
            else if (!IsOf(first, ofLeft: true) || !IsOf(second, ofLeft: false))
                return false;
            right = ExpressionTree.Shift(right, -leftColumnCount);
            return true;
        }

        private bool IsOf(BoundExpression expression, bool ofLeft)
        {
            var columns = ExpressionTree.ColumnsOf(expression);
            return columns.Count > 0 && (ofLeft ? columns.Max < leftColumnCount : columns.Min >= leftColumnCount);
        }
    }

    private bool TryAddEquality(BoundExpression part, JoinKeys keys, SourceSpan span)
    {
        if (
            part is not CallExpression { Function.Function.Name: "=" } equality
            || !keys.TrySplit(equality.Arguments[0], equality.Arguments[1], out var left, out var right, out _)
        )
        {
            return false;
        }

        AddKey(keys, left, right, span);
        return true;
    }

    private void AddKey(JoinKeys keys, BoundExpression left, BoundExpression right, SourceSpan span)
    {
        var type = Coercion.Common(session, [left, right], span, "the sides of a join key");
        keys.Left.Add(Coercion.To(session, left, type, span));
        keys.Right.Add(Coercion.To(session, right, type, span));
    }

    private List<(ScopeColumn Left, ScopeColumn Right)> Using(
        IReadOnlyList<Identifier> names,
        Relation left,
        Relation right,
        JoinKeys keys
    )
    {
        var merged = new List<(ScopeColumn, ScopeColumn)>();
        foreach (var name in names)
        {
            var pair = (FindForUsing(left, name), FindForUsing(right, name));
            merged.Add(pair);
            AddKey(keys, pair.Item1.Value, pair.Item2.Value, name.Span);
        }

        return merged;
    }

    private ScopeColumn FindForUsing(Relation side, Identifier name)
    {
        var found = side
            .Tables.Select(t => t.Find(name.Name))
            .Where(c => c is not null && !side.Merged.Contains(c))
            .ToArray();
        return found.Length switch
        {
            1 when found[0]!.Value is not StructExpression => found[0]!,
            0 => throw session.Error(
                ErrorCode.UnknownName,
                name,
                "both sides of the join need a column "
                    + $"\"{name.Name}\"{NearestName.Hint(name.Name, side.Star.Select(c => c.Name))}"
            ),
            _ => throw session.Error(
                ErrorCode.InvalidArgument,
                name,
                $"column \"{name.Name}\" is ambiguous on one side of the join, or a struct"
            ),
        };
    }

    // Behind the join the right side's columns follow the left side's; USING shows its columns once, first, as the
    // left one.
    private static Relation Combine(
        Relation left,
        Relation right,
        PlanNode plan,
        bool outer,
        IReadOnlyList<(ScopeColumn Left, ScopeColumn Right)> used
    )
    {
        var offset = left.Plan.Schema.ColumnCount;
        var moved = new Dictionary<ScopeColumn, ScopeColumn>(ReferenceEqualityComparer.Instance);
        BoundExpression Move(BoundExpression value) =>
            ExpressionTree.Rewrite(
                value,
                e =>
                    e is ColumnExpression c ? c with { Index = c.Index + offset, Nullable = c.Nullable || outer } : null
            );
        ScopeColumn MoveColumn(ScopeColumn column)
        {
            if (!moved.TryGetValue(column, out var there))
                moved[column] = there = column with { Value = Move(column.Value) };
            return there;
        }

        var tables = left
            .Tables.Concat(
                right.Tables.Select(t => new ScopeTable(
                    t.Alias,
                    [.. t.Columns.Select(MoveColumn)],
                    t.Time is null ? null : (ColumnExpression)Move(t.Time),
                    t.Sequence is null ? null : (ColumnExpression)Move(t.Sequence)
                ))
            )
            .ToArray();
        var merged = new HashSet<ScopeColumn>(left.Merged, ReferenceEqualityComparer.Instance);
        merged.UnionWith(right.Merged.Select(MoveColumn));
        merged.UnionWith(used.Select(u => MoveColumn(u.Right)));
        var first = used.Select(u => u.Left).ToArray();
        var star = first
            .Concat(left.Star.Where(c => !first.Any(f => ReferenceEquals(f, c))))
            .Concat(right.Star.Select(MoveColumn).Where(c => !merged.Contains(c)));
        return new Relation(plan, tables, [.. star], merged);
    }
}
