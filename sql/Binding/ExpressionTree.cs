using TickStore.Execution;

namespace TickStore.Sql.Binding;

/// <summary>Walks over bound expressions: the one place that knows the children of every kind.</summary>
internal static class ExpressionTree
{
    /// <summary>
    /// A copy in which every sub-expression for which <paramref name="replace"/> gives a value is that value; it is
    /// asked for an expression before its children, and the children of a replaced one are not visited. Shares what is
    /// unchanged.
    /// </summary>
    public static BoundExpression Rewrite(BoundExpression expression, Func<BoundExpression, BoundExpression?> replace)
    {
        if (replace(expression) is { } replaced)
            return replaced;
        BoundExpression Recurse(BoundExpression child) => Rewrite(child, replace);
        switch (expression)
        {
            case CallExpression call:
                var arguments = RewriteAll(call.Arguments, replace);
                return ReferenceEquals(arguments, call.Arguments) ? call : call with { Arguments = arguments };
            case CastExpression cast:
                return cast with { Operand = Recurse(cast.Operand) };
            case LogicalExpression logical:
                return logical with { Operands = RewriteAll(logical.Operands, replace) };
            case NotExpression not:
                return not with { Operand = Recurse(not.Operand) };
            case IsNullExpression isNull:
                return isNull with { Operand = Recurse(isNull.Operand) };
            case InListExpression inList:
                return inList with { Operand = Recurse(inList.Operand) };
            case CaseExpression branches:
                return branches with
                {
                    Branches = [.. branches.Branches.Select(b => (Recurse(b.Condition), Recurse(b.Result)))],
                    Else = Recurse(branches.Else),
                };
            case SubscriptExpression subscript:
                return subscript with { Array = Recurse(subscript.Array), Level = Recurse(subscript.Level) };
            case StructExpression fields:
                return fields with { Fields = RewriteAll(fields.Fields, replace) };
            default:
                return expression;
        }
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
            if (ReferenceEquals(rewritten, expressions[i]))
                continue;
            copy ??= [.. expressions];
            copy[i] = rewritten;
        }

        return copy ?? expressions;
    }

    /// <summary>Calls <paramref name="visit"/> for the expression and everything in it, outer ones first.</summary>
    public static void Visit(BoundExpression expression, Action<BoundExpression> visit) =>
        Rewrite(
            expression,
            e =>
            {
                visit(e);
                return null;
            }
        );

    /// <summary>True where some sub-expression, or the expression itself, satisfies the condition.</summary>
    public static bool Contains(BoundExpression expression, Func<BoundExpression, bool> condition)
    {
        var found = false;
        Visit(expression, e => found |= condition(e));
        return found;
    }

    /// <summary>Adds the indexes of the input columns that an expression reads.</summary>
    public static void CollectColumns(BoundExpression expression, ISet<int> columns) =>
        Visit(
            expression,
            e =>
            {
                if (e is ColumnExpression column)
                    columns.Add(column.Index);
            }
        );

    /// <summary>The indexes of the input columns that an expression reads, ascending.</summary>
    public static SortedSet<int> ColumnsOf(BoundExpression expression)
    {
        var columns = new SortedSet<int>();
        CollectColumns(expression, columns);
        return columns;
    }

    /// <summary>The expression over an input whose columns moved: index i is now at map[i].</summary>
    public static BoundExpression Remap(BoundExpression expression, IReadOnlyList<int> map) =>
        Rewrite(
            expression,
            e => e is ColumnExpression c ? (c.Index == map[c.Index] ? c : c with { Index = map[c.Index] }) : null
        );

    /// <summary>The expression over an input whose columns all moved by <paramref name="offset"/>.</summary>
    public static BoundExpression Shift(BoundExpression expression, int offset) =>
        Rewrite(expression, e => e is ColumnExpression c ? c with { Index = c.Index + offset } : null);

    /// <summary>The operands of nested ANDs, in order; the expression itself where it is no AND.</summary>
    public static IEnumerable<BoundExpression> Conjuncts(BoundExpression expression) =>
        expression is LogicalExpression { IsAnd: true } and ? and.Operands.SelectMany(Conjuncts) : [expression];

    /// <summary>The AND of all; null for none.</summary>
    public static BoundExpression? AndAll(IReadOnlyList<BoundExpression> conjuncts) =>
        conjuncts.Count switch
        {
            0 => null,
            1 => conjuncts[0],
            _ => new LogicalExpression(true, conjuncts, conjuncts.Any(c => c.Nullable)),
        };
}
