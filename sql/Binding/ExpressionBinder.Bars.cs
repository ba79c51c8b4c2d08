using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>Bars as structs: ohlcv over rows, and rollup over finer bars.</summary>
internal sealed partial class ExpressionBinder
{
    private const string OhlcvName = "ohlcv";
    private const string RollupName = "rollup";

    /// <summary>
    /// ohlcv(price, quantity): eight aggregates as one struct. The value of volume and turnover is exact for DECIMAL
    /// prices; vwap is turnover / volume as DOUBLE, NULL where the volume is 0.
    /// </summary>
    private StructExpression Ohlcv(FunctionCall call)
    {
        var collector = Collector(call);
        if (call.Star || call.Distinct)
            RefuseAggregateForms(call, "another aggregate");
        if (call.Arguments.Count != 2)
        {
            throw session.Error(ErrorCode.TypeMismatch, call, "ohlcv takes a price and a quantity: ohlcv(px, qty)");
        }

        enclosing = OhlcvName;
        var filter = call.Filter is null ? null : Condition(call.Filter, "FILTER");
        var price = Bind(call.Arguments[0].Value);
        var quantity = Bind(call.Arguments[1].Value);
        var value = Resolve("*", [price, quantity], call.Span);
        enclosing = null;

        BoundExpression Of(string name, BoundExpression argument)
        {
            var (overload, arguments) = AggregateArguments(FunctionRegistry.Aggregates[name], call, [argument]);
            return collector.Add(new AggregateCall(overload, arguments, false, filter));
        }

        var volume = Of("sum", quantity);
        var turnover = Of("sum", value);
        return new StructExpression(
            StructExpression.OhlcvFields,
            [
                Of("first", price),
                Of("max", price),
                Of("min", price),
                Of("last", price),
                volume,
                turnover,
                VwapOf(turnover, volume, call),
                Of("count", price),
            ]
        );
    }

    /// <summary>
    /// rollup(b): the bar over bars that ohlcv made. First open, greatest high, least low, last close, sums of volume, turnover and count,
    /// and vwap anew: what ohlcv over the rows of all of them gives, to the bit for DECIMAL.
    /// </summary>
    private StructExpression Rollup(FunctionCall call)
    {
        var collector = Collector(call);
        if (call.Star || call.Distinct)
            RefuseAggregateForms(call, "another aggregate");
        enclosing = RollupName;
        var filter = call.Filter is null ? null : Condition(call.Filter, "FILTER");
        var bar = call.Arguments.Count == 1 ? Positional(call.Arguments[0]) as StructExpression : null;
        enclosing = null;
        if (bar is null || !bar.IsOhlcv)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                call,
                "rollup takes a bar as ohlcv makes it: rollup(b), over rows that come of SELECT .. ohlcv(px, qty) AS b .."
            );
        }

        AggregateReference Of(string name, string field)
        {
            var (overload, arguments) = AggregateArguments(FunctionRegistry.Aggregates[name], call, [bar.Find(field)!]);
            return collector.Add(new AggregateCall(overload, arguments, false, filter));
        }

        var volume = Of("sum", "volume");
        var turnover = Of("sum", "turnover");
        var none = new ConstantExpression(ConstantValue.Of(DataType.BigInt, 0L));
        return new StructExpression(
            StructExpression.OhlcvFields,
            [
                Of("first", "open"),
                Of("max", "high"),
                Of("min", "low"),
                Of("last", "close"),
                volume,
                turnover,
                VwapOf(turnover, volume, call),
                Resolve("coalesce", [Of("sum", "count"), none], call.Span),
            ]
        );
    }

    private BoundExpression VwapOf(BoundExpression turnover, BoundExpression volume, FunctionCall call)
    {
        var divisor = Resolve(
            "nullif",
            [Coercion.To(session, volume, DataType.Double, call.Span), Number(0.0)],
            call.Span
        );
        return Resolve("/", [Coercion.To(session, turnover, DataType.Double, call.Span), divisor], call.Span);
    }
}
