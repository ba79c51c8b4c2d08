namespace TickStore.Execution;

/// <summary>Expressions over rows to which columns were added in the middle.</summary>
internal static class ColumnMoves
{
    /// <summary>The expression where columns from <paramref name="first"/> on have moved back by <paramref name="count"/>.</summary>
    public static BoundExpression Move(BoundExpression expression, int first, int count) =>
        count == 0
            ? expression
            : BoundChildren.Rewrite(
                expression,
                e => e is ColumnExpression c && c.Index >= first ? c with { Index = c.Index + count } : null
            );
}
