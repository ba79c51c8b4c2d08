using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Keys of plans with several inputs. A join whose left rows come out once each is told apart by the left row's key, pairs by both
/// rows' keys, and a union by the branch and the row's key there. What a join compares becomes a column of its input, so that
/// <see cref="PlanRange"/> can narrow it.
/// </summary>
internal static class JoinKeys
{
    /// <summary>The name of the hidden column that says which branch of a union a row is of.</summary>
    public const string BranchName = "#branch";

    /// <summary>An ASOF join: the left row's key. Right rows of one time are in the order of their key.</summary>
    public static (PlanNode, IReadOnlyList<int>) OfAsof(AsofJoinNode join)
    {
        var left = new Side(join.Inputs[0], [.. join.LeftKeys, join.LeftTime]);
        var right = new Side(
            join.Inputs[1],
            [
                .. join.RightKeys,
                join.RightTime,
                .. join.RightSequence is { } sequence ? [sequence] : Array.Empty<BoundExpression>(),
            ]
        );
        var keyCount = join.LeftKeys.Count;
        var keyed = new AsofJoinNode(
            left.Plan,
            right.Plan,
            join.Kind,
            left.Columns[..keyCount],
            right.Columns[..keyCount],
            left.Columns[keyCount],
            right.Columns[keyCount],
            join.Direction,
            join.AllowExactMatch,
            join.Tolerance,
            join.RightSequence is null ? null : right.Columns[keyCount + 1],
            [.. right.Keys.Select(k => KeyedPlan.ColumnOf(right.Plan, k))]
        );
        return Reorder(keyed, left, right.Width, left.Keys);
    }

    /// <summary>A window join: the left row's key.</summary>
    public static (PlanNode, IReadOnlyList<int>) OfWindowJoin(WindowJoinNode join)
    {
        var left = new Side(join.Inputs[0], [.. join.LeftKeys, join.LeftTime]);
        var right = new Side(join.Inputs[1], [.. join.RightKeys, join.RightTime]);
        var keyCount = join.LeftKeys.Count;
        var keyed = join.With(
            left.Plan,
            right.Plan,
            left.Columns[..keyCount],
            right.Columns[..keyCount],
            left.Columns[keyCount],
            right.Columns[keyCount],
            [.. right.Keys.Select(k => KeyedPlan.ColumnOf(right.Plan, k))],
            [
                .. join.Aggregates.Select(a =>
                    a with
                    {
                        Arguments = [.. a.Arguments.Select(e => Shift(e, left))],
                        Filter = a.Filter is null ? null : Shift(a.Filter, left),
                    }
                ),
            ]
        );
        return Reorder(keyed, left, join.Aggregates.Count, left.Keys);
    }

    /// <summary>A join within a bound of time: the keys of both rows. Throws NotSupported for one without a bound.</summary>
    public static (PlanNode, IReadOnlyList<int>) OfJoin(JoinNode join)
    {
        var bound =
            TimeBound.Find(join)
            ?? Throw.Error<TimeBound>(
                ErrorCode.NotSupported,
                "A join without a bound on both sides' times cannot be kept up: every row would have to wait for partners forever. "
                    + "Add one, such as b.ts BETWEEN a.ts - INTERVAL '1s' AND a.ts + INTERVAL '1s', or use ASOF JOIN, or "
                    + "JOIN ... FOR SYSTEM_TIME AS OF to look the latest row up"
            );
        var left = new Side(join.Inputs[0], [.. join.LeftKeys, bound.LeftTime]);
        var right = new Side(join.Inputs[1], [.. join.RightKeys, bound.RightTime]);
        var keyCount = join.LeftKeys.Count;
        var keyed = new JoinNode(
            left.Plan,
            right.Plan,
            join.Kind,
            left.Columns[..keyCount],
            right.Columns[..keyCount],
            join.Residual is null ? null : Shift(join.Residual, left)
        );
        return Reorder(
            keyed,
            left,
            right.Width,
            [.. left.Keys, .. right.Keys.Select(k => left.Plan.Schema.ColumnCount + k)]
        );
    }

    /// <summary>A union: the branch, then the row's key in it. The branches' keys must be of the same types.</summary>
    public static (PlanNode, IReadOnlyList<int>) OfUnion(UnionAllNode union)
    {
        var width = union.Schema.ColumnCount;
        var branches = new PlanNode[union.Inputs.Count];
        var types = Array.Empty<DataType>();
        for (var i = 0; i < branches.Length; i++)
        {
            var (plan, keys) = PlanKeys.Add(union.Inputs[i]);
            DataType[] found = [.. keys.Select(k => plan.Schema[k].Type)];
            if (i > 0 && !found.AsSpan().SequenceEqual(types))
            {
                Throw.Error(
                    ErrorCode.NotSupported,
                    "UNION ALL cannot be kept up incrementally: rows of its first branch are told apart by "
                        + $"({string.Join(", ", types)}), those of branch {i + 1} by ({string.Join(", ", found)}); all branches "
                        + "have to be alike, such as all row by row, or all grouped by columns of the same types"
                );
            }

            types = found;
            BoundExpression[] expressions =
            [
                .. Enumerable.Range(0, width).Select(c => KeyedPlan.ColumnOf(plan, c)),
                new ConstantExpression(ConstantValue.Of(DataType.Int, (long)i)),
                .. keys.Select(k => KeyedPlan.ColumnOf(plan, k)),
            ];
            string[] names =
            [
                .. union.Schema.Columns.Select(c => c.Name),
                BranchName,
                .. Enumerable.Range(0, keys.Count).Select(k => $"#key{k}"),
            ];
            branches[i] = new ProjectNode(plan, expressions, names);
        }

        return (new UnionAllNode(branches), [.. Enumerable.Range(width, types.Length + 1)]);
    }

    // The join's own columns first, as the query has them; then what the left input has gained.
    private static (PlanNode, IReadOnlyList<int>) Reorder(
        PlanNode join,
        Side left,
        int rightWidth,
        IReadOnlyList<int> keys
    )
    {
        var leftNow = left.Plan.Schema.ColumnCount;
        if (leftNow == left.Width)
        {
            return (join, keys);
        }

        var hidden = keys.Where(k => k >= left.Width && (k < leftNow || k >= leftNow + rightWidth)).Distinct().ToList();
        int[] columns = [.. Enumerable.Range(0, left.Width), .. Enumerable.Range(leftNow, rightWidth), .. hidden];
        var expressions = columns.Select(c => (BoundExpression)KeyedPlan.ColumnOf(join, c)).ToArray();
        return (
            new ProjectNode(join, expressions, [.. columns.Select(c => join.Schema[c].Name)]),
            [.. keys.Select(k => Array.IndexOf(columns, k))]
        );
    }

    private static BoundExpression Shift(BoundExpression expression, Side left) =>
        ColumnMoves.Move(expression, left.Width, left.Plan.Schema.ColumnCount - left.Width);

    // An input with its key, and with expressions over it as columns.
    private sealed class Side
    {
        public Side(PlanNode input, BoundExpression[] expressions)
        {
            Width = input.Schema.ColumnCount;
            var (plan, keys) = PlanKeys.Add(input);
            Keys = keys;
            var computed = expressions.Where(e => e is not ColumnExpression).Distinct().ToList();
            if (computed.Count > 0)
            {
                var columnCount = plan.Schema.ColumnCount;
                plan = new ProjectNode(
                    plan,
                    [.. Enumerable.Range(0, columnCount).Select(c => KeyedPlan.ColumnOf(plan, c)), .. computed],
                    [.. plan.Schema.Columns.Select(c => c.Name), .. computed.Select((_, i) => $"#{i}")]
                );
                Columns =
                [
                    .. expressions.Select(e =>
                        e is ColumnExpression ? e : KeyedPlan.ColumnOf(plan, columnCount + computed.IndexOf(e))
                    ),
                ];
            }
            else
            {
                Columns = expressions;
            }

            Plan = plan;
        }

        /// <summary>Columns before there was a key.</summary>
        public int Width { get; }

        public PlanNode Plan { get; }

        public IReadOnlyList<int> Keys { get; }

        /// <summary>The expressions as columns of the plan.</summary>
        public BoundExpression[] Columns { get; }
    }
}
