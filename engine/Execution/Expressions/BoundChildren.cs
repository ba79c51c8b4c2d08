namespace TickStore.Execution;

/// <summary>The operands of every kind of expression that a plan may hold: the one place that knows them.</summary>
public static class BoundChildren
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
    /// before its operands, and not for the operands of a replaced one. Lists in which nothing changes are shared.
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
            CallExpression call => call with { Arguments = RewriteAll(call.Arguments, replace) },
            CastExpression cast => cast with { Operand = Recurse(cast.Operand) },
            LogicalExpression logical => logical with { Operands = RewriteAll(logical.Operands, replace) },
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

    /// <summary>As <see cref="Rewrite"/> for each; the same list where nothing changed.</summary>
    public static IReadOnlyList<BoundExpression> RewriteAll(
        IReadOnlyList<BoundExpression> expressions,
        Func<BoundExpression, BoundExpression?> replace
    )
    {
        BoundExpression[]? copy = null;
        for (var i = 0; i < expressions.Count; i++)
        {
            var rewritten = Rewrite(expressions[i], replace);
            if (!ReferenceEquals(rewritten, expressions[i]))
            {
                copy ??= [.. expressions];
                copy[i] = rewritten;
            }
        }

        return copy ?? expressions;
    }
}
