namespace TickStore.Execution;

/// <summary>Expressions over rows to which columns were added in the middle.</summary>
internal static class ColumnMoves
{
    /// <summary>The expression where columns from <paramref name="first"/> on have moved back by <paramref name="count"/>.</summary>
    public static BoundExpression Move(BoundExpression expression, int first, int count)
    {
        BoundExpression Of(BoundExpression e) => Move(e, first, count);
        IReadOnlyList<BoundExpression> All(IReadOnlyList<BoundExpression> list) => [.. list.Select(Of)];
        return expression switch
        {
            ColumnExpression column => column.Index < first ? column : column with { Index = column.Index + count },
            CallExpression call => call with { Arguments = All(call.Arguments) },
            CastExpression cast => cast with { Operand = Of(cast.Operand) },
            LogicalExpression logical => logical with { Operands = All(logical.Operands) },
            NotExpression not => not with { Operand = Of(not.Operand) },
            IsNullExpression isNull => isNull with { Operand = Of(isNull.Operand) },
            InListExpression list => list with { Operand = Of(list.Operand) },
            SubscriptExpression subscript => subscript with
            {
                Array = Of(subscript.Array),
                Level = Of(subscript.Level),
            },
            CaseExpression choice => choice with
            {
                Branches = [.. choice.Branches.Select(b => (Of(b.Condition), Of(b.Result)))],
                Else = Of(choice.Else),
            },
            _ => expression,
        };
    }
}
