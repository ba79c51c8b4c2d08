namespace TickStore.Execution;

/// <summary>The operands of every kind of expression that a plan may hold.</summary>
internal static class BoundChildren
{
    /// <summary>The direct operands, in order.</summary>
    public static IEnumerable<BoundExpression> Of(BoundExpression expression) =>
        expression switch
        {
            CallExpression call => call.Arguments,
            CastExpression cast => [cast.Operand],
            LogicalExpression logical => logical.Operands,
            NotExpression not => [not.Operand],
            IsNullExpression isNull => [isNull.Operand],
            InListExpression list => [list.Operand],
            SubscriptExpression subscript => [subscript.Array, subscript.Level],
            CaseExpression choice => choice
                .Branches.SelectMany(b => new[] { b.Condition, b.Result })
                .Append(choice.Else),
            _ => [],
        };

    /// <summary>
    /// A copy in which every sub-expression for which <paramref name="replace"/> gives a value is that value; it is asked for an expression
    /// before its operands.
    /// </summary>
    public static BoundExpression Rewrite(BoundExpression expression, Func<BoundExpression, BoundExpression?> replace)
    {
        if (replace(expression) is { } replaced)
        {
            return replaced;
        }

        BoundExpression Recurse(BoundExpression operand) => Rewrite(operand, replace);
        return expression switch
        {
            CallExpression call => call with { Arguments = [.. call.Arguments.Select(Recurse)] },
            CastExpression cast => cast with { Operand = Recurse(cast.Operand) },
            LogicalExpression logical => logical with { Operands = [.. logical.Operands.Select(Recurse)] },
            NotExpression not => not with { Operand = Recurse(not.Operand) },
            IsNullExpression isNull => isNull with { Operand = Recurse(isNull.Operand) },
            InListExpression list => list with { Operand = Recurse(list.Operand) },
            SubscriptExpression subscript => subscript with
            {
                Array = Recurse(subscript.Array),
                Level = Recurse(subscript.Level),
            },
            CaseExpression choice => choice with
            {
                Branches = [.. choice.Branches.Select(b => (Recurse(b.Condition), Recurse(b.Result)))],
                Else = Recurse(choice.Else),
            },
            _ => expression,
        };
    }
}
