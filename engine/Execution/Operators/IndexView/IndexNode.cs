using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The level of an index at each tick of a member: the sum of weight times latest price over all members, divided by the divisor. Yields
/// the tick's time, the level, how many members there are and how many of them have a price yet, and the tick's <c>_seq</c>.
/// </summary>
/// <remarks>
/// A weight and a divisor are in effect from their event time on: at a tick the latest row by (event time, <c>_seq</c>)
/// counts whose time is not after the tick's. A weight of 0 or NULL ends a membership. The level is NULL until every
/// member has a price, and where the divisor is 0 or not known. The sum is exact, in integers; the quotient is DOUBLE.
/// </remarks>
public sealed class IndexNode : PlanNode
{
    /// <summary>Makes the node.</summary>
    /// <param name="prices">Yields time (TIMESTAMP), SYMBOL, price (BIGINT or DECIMAL, not NULL) and <c>_seq</c>.</param>
    /// <param name="members">Yields time, SYMBOL, weight (BIGINT or DECIMAL) and <c>_seq</c>.</param>
    /// <param name="divisors">Yields time, divisor (BIGINT or DECIMAL) and <c>_seq</c>.</param>
    public IndexNode(PlanNode prices, PlanNode members, PlanNode divisors)
        : base(
            new BatchSchema(
                new ColumnSchema(prices.Schema[0].Name, DataType.Timestamp, false),
                new ColumnSchema("level", DataType.Double),
                new ColumnSchema("members", DataType.Int, false),
                new ColumnSchema("priced", DataType.Int, false),
                new ColumnSchema("_seq", DataType.BigInt, false)
            ),
            prices,
            members,
            divisors
        )
    {
        Require(prices, 2);
        Require(members, 2);
        Require(divisors, 1);
    }

    /// <inheritdoc/>
    public override string Name => "Index";

    /// <inheritdoc/>
    public override string Details => "sum(weight * latest price) / divisor";

    /// <summary>Index of <c>_seq</c>, which tells rows apart.</summary>
    public static int SequenceColumn => 4;

    /// <summary>Decimal places of the sum less those of the divisor.</summary>
    internal int ScaleDifference =>
        Inputs[0].Schema[2].Type.Scale + Inputs[1].Schema[2].Type.Scale - Inputs[2].Schema[1].Type.Scale;

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new IndexNode(inputs[0], inputs[1], inputs[2]);

    private static void Require(PlanNode input, int column)
    {
        if (input.Schema[column].Type.Kind is not (TypeKind.BigInt or TypeKind.Decimal))
        {
            Throw.Error(
                ErrorCode.TypeMismatch,
                $"{input.Schema[column].Name} is {input.Schema[column].Type}; an index needs BIGINT or DECIMAL, which sum exactly"
            );
        }
    }
}
