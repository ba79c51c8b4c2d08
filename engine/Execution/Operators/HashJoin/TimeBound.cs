using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A bound on how far the times of two joined rows may lie apart, found in the condition of a join: what makes it possible to keep the
/// join of two streams up with rows of a limited time.
/// </summary>
/// <param name="LeftTime">A TIMESTAMP column of the left input.</param>
/// <param name="RightTime">A TIMESTAMP column of the right input.</param>
/// <param name="StartNanos">The least right time minus left time.</param>
/// <param name="EndNanos">The greatest right time minus left time.</param>
/// <param name="KeyIndex">The key that says that both times are equal, where that is the bound; else -1.</param>
internal sealed record TimeBound(
    BoundExpression LeftTime,
    BoundExpression RightTime,
    long StartNanos,
    long EndNanos,
    int KeyIndex
)
{
    /// <summary>The bound of a join, or null where its times are not bounded on both sides.</summary>
    public static TimeBound? Find(JoinNode join)
    {
        var leftWidth = join.Inputs[0].Schema.ColumnCount;
        var bounds = new List<(ColumnExpression Left, ColumnExpression Right, long From, long To)>();
        if (join.Residual is not null)
        {
            Collect(join.Residual, leftWidth, bounds);
        }

        foreach (var (left, right, _, _) in bounds)
        {
            var (from, to) = (long.MinValue, long.MaxValue);
            foreach (var other in bounds)
            {
                if (other.Left.Index == left.Index && other.Right.Index == right.Index)
                {
                    from = Math.Max(from, other.From);
                    to = Math.Min(to, other.To);
                }
            }

            if (from != long.MinValue && to != long.MaxValue)
            {
                // A bound that nothing meets stays one that nothing meets: the condition itself is computed all the same.
                return new TimeBound(
                    left,
                    right with
                    {
                        Index = right.Index - leftWidth,
                    },
                    from,
                    Math.Max(from, to),
                    -1
                );
            }
        }

        for (var i = 0; i < join.LeftKeys.Count; i++)
        {
            if (join.LeftKeys[i].Type.Kind == TypeKind.Timestamp)
            {
                return new TimeBound(join.LeftKeys[i], join.RightKeys[i], 0, 0, i);
            }
        }

        return null;
    }

    private static void Collect(
        BoundExpression condition,
        int leftWidth,
        List<(ColumnExpression Left, ColumnExpression Right, long From, long To)> bounds
    )
    {
        if (condition is LogicalExpression { IsAnd: true } all)
        {
            foreach (var operand in all.Operands)
            {
                Collect(operand, leftWidth, bounds);
            }

            return;
        }

        if (
            condition is not CallExpression { Arguments: [var first, var second] } call
            || call.Function.Function.Name is not (">=" or ">" or "<=" or "<")
            || !TryRead(first, out var column, out var offset)
            || !TryRead(second, out var other, out var otherOffset)
            || column.Index < leftWidth == other.Index < leftWidth
        )
        {
            return;
        }

        // first + offset OP second + otherOffset, as a bound on right - left.
        var isRightFirst = column.Index >= leftWidth;
        var isAtLeast = call.Function.Function.Name[0] == '>' == isRightFirst;
        var bound = isRightFirst
            ? StreamJoinShape.Subtract(otherOffset, offset)
            : StreamJoinShape.Subtract(offset, otherOffset);
        var strict = call.Function.Function.Name.Length == 1 ? 1 : 0;
        var (left, right) = isRightFirst ? (other, column) : (column, other);
        bounds.Add(
            isAtLeast
                ? (left, right, StreamJoinShape.Add(bound, strict), long.MaxValue)
                : (left, right, long.MinValue, StreamJoinShape.Subtract(bound, strict))
        );
    }

    // A TIMESTAMP column, perhaps plus or minus intervals of fixed length.
    private static bool TryRead(BoundExpression expression, out ColumnExpression column, out long offset)
    {
        (column, offset) = (null!, 0);
        switch (expression)
        {
            case ColumnExpression { Type.Kind: TypeKind.Timestamp } found:
                column = found;
                return true;
            case CallExpression { Arguments: [var first, ConstantExpression { Value: var value }] } call
                when call.Function.Function.Name is "+" or "-":
                if (
                    value.IsNull
                    || value.Type.Kind != TypeKind.Interval
                    || !value.Interval.TryGetNanos(out var nanos)
                    || !TryRead(first, out column, out offset)
                )
                {
                    return false;
                }

                offset =
                    call.Function.Function.Name == "+"
                        ? StreamJoinShape.Add(offset, nanos)
                        : StreamJoinShape.Subtract(offset, nanos);
                return true;
            default:
                return false;
        }
    }
}
