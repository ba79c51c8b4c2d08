using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// One aggregate of an <see cref="AggregateNode"/>.
/// </summary>
/// <param name="Function">The overload; its argument types are those of <paramref name="Arguments"/>.</param>
/// <param name="Arguments">
/// Over the input's columns; empty for <c>count(*)</c>. Order-sensitive functions (first, last, ohlcv fields) take the
/// event time and the sequence as their last two arguments, which the binder adds.
/// </param>
/// <param name="Distinct">True to count each distinct argument once.</param>
/// <param name="Filter">Rows to consider, or null for all.</param>
public sealed record AggregateCall(
    AggregateOverload Function,
    IReadOnlyList<BoundExpression> Arguments,
    bool Distinct = false,
    BoundExpression? Filter = null
)
{
    /// <summary>Type of the result.</summary>
    public DataType Type => Function.ReturnType;

    /// <summary>Equal where function, arguments, distinctness and filter are.</summary>
    public bool Equals(AggregateCall? other) =>
        other is not null
        && ReferenceEquals(Function.Function, other.Function.Function)
        && Type == other.Type
        && Distinct == other.Distinct
        && Equals(Filter, other.Filter)
        && Arguments.SequenceEqual(other.Arguments);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Function.Function.Name, Arguments.Count, Distinct);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Function.Function.Name}({(Distinct ? "DISTINCT " : string.Empty)}{string.Join(", ", Arguments)})"
        + (Filter is null ? string.Empty : $" FILTER ({Filter})");
}
