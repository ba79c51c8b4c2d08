using TickStore.Execution;

namespace TickStore.Sql.Binding;

/// <summary>Walks over bound expressions, those that only a binder has among them.</summary>
internal static class ExpressionTree
{
    /// <summary>
    /// As <see cref="BoundChildren.Rewrite"/>, with the fields of structs, which are gone from finished plans.
    /// </summary>
    public static BoundExpression Rewrite(BoundExpression expression, Func<BoundExpression, BoundExpression?> replace)
    {
        return BoundChildren.Rewrite(expression, InFields);

        BoundExpression? InFields(BoundExpression e) =>
            replace(e)
            ?? (e is StructExpression s ? s with { Fields = BoundChildren.RewriteAll(s.Fields, InFields) } : null);
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
