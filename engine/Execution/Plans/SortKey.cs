namespace TickStore.Execution;

/// <summary>
/// One key of an order. Text compares by its UTF-8 bytes (a SYMBOL by its text, not its id), NaN is greater than every
/// number. PostgreSQL's defaults put NULL last when ascending and first when descending; the binder spells them out.
/// </summary>
public sealed record SortKey(BoundExpression Expression, bool Descending, bool NullsFirst)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var direction = Descending ? " DESC" : string.Empty;
        var nulls =
            NullsFirst == Descending ? string.Empty
            : NullsFirst ? " NULLS FIRST"
            : " NULLS LAST";
        return $"{Expression}{direction}{nulls}";
    }
}
