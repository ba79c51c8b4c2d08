using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What an aggregate of fused bars yields.</summary>
internal enum BarField
{
    /// <summary>first(price).</summary>
    First,

    /// <summary>max(price).</summary>
    High,

    /// <summary>min(price).</summary>
    Low,

    /// <summary>last(price).</summary>
    Last,

    /// <summary>count(*).</summary>
    Rows,

    /// <summary>count(price).</summary>
    Prices,

    /// <summary>The first sum.</summary>
    Sum,

    /// <summary>The second sum.</summary>
    OtherSum,
}

/// <summary>
/// Finds, among the aggregates of a node, those that make up a bar: first, max, min, last and count of one price, and up to two sums of
/// integers or DECIMAL, such as volume and turnover.
/// </summary>
internal sealed class FusedBarsShape
{
    private FusedBarsShape(BoundExpression price, BoundExpression time, BoundExpression sequence)
    {
        Price = price;
        Time = time;
        Sequence = sequence;
    }

    /// <summary>The price: 64 bits wide.</summary>
    public BoundExpression Price { get; }

    /// <summary>The event time.</summary>
    public BoundExpression Time { get; }

    /// <summary>What breaks ties of time.</summary>
    public BoundExpression Sequence { get; }

    /// <summary>Arguments of the sums; two at most.</summary>
    public List<BoundExpression> Sums { get; } = [];

    /// <summary>What each fused aggregate yields, and its index among the node's.</summary>
    public List<(BarField Field, int Aggregate)> Outputs { get; } = [];

    /// <summary>The bar among aggregates, or null where there is none worth it.</summary>
    public static FusedBarsShape? Find(IReadOnlyList<AggregateCall> aggregates)
    {
        FusedBarsShape? shape = null;
        foreach (var call in aggregates)
        {
            if (
                IsPlain(call)
                && call is { Function.Function.Name: "first" or "last", Arguments: [var price, var time, var sequence] }
                && price.Type.Physical == PhysicalType.Int64
                && !time.Nullable
                && !sequence.Nullable
            )
            {
                shape = new FusedBarsShape(price, time, sequence);
                break;
            }
        }

        if (shape is null)
        {
            return null;
        }

        for (var i = 0; i < aggregates.Count; i++)
        {
            if (IsPlain(aggregates[i]) && shape.FieldOf(aggregates[i]) is { } field)
            {
                shape.Outputs.Add((field, i));
            }
        }

        return shape.Outputs.Count > 1 ? shape : null;
    }

    private static bool IsPlain(AggregateCall call) => call is { Distinct: false, Filter: null };

    private BarField? FieldOf(AggregateCall call)
    {
        var isOfPrice = call.Arguments.Count > 0 && call.Arguments[0].Equals(Price);
        var isOrdered =
            call.Arguments.Count == 3 && call.Arguments[1].Equals(Time) && call.Arguments[2].Equals(Sequence);
        return call.Function.Function.Name switch
        {
            "first" when isOfPrice && isOrdered => BarField.First,
            "last" when isOfPrice && isOrdered => BarField.Last,
            "max" when isOfPrice => BarField.High,
            "min" when isOfPrice => BarField.Low,
            "count" when call.Arguments.Count == 0 => BarField.Rows,
            "count" when isOfPrice => BarField.Prices,
            "sum" when call.Arguments[0].Type.Physical is PhysicalType.Int64 or PhysicalType.Int32 => SumOf(
                call.Arguments[0]
            ),
            _ => null,
        };
    }

    private BarField? SumOf(BoundExpression argument)
    {
        var index = Sums.IndexOf(argument);
        if (index < 0 && Sums.Count < 2)
        {
            index = Sums.Count;
            Sums.Add(argument);
        }

        return index switch
        {
            0 => BarField.Sum,
            1 => BarField.OtherSum,
            _ => null,
        };
    }
}
