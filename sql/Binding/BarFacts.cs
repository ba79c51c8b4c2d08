using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>
/// What a bar says of itself, in plain expressions over its rows: when it was known, whether more rows are expected, how many rows came
/// late.
/// </summary>
internal sealed class BarFacts(BindingSession session, ExpressionBinder binder, SampleBy syntax)
{
    private const string KnownAt = "known_at";
    private const string IsFinal = "is_final";
    private const string LateCount = "late_count";

    private readonly List<BoundExpression> made = [];

    /// <summary>The fact of a name, or null where it is none.</summary>
    public BoundExpression? Find(string name, BoundExpression close, AggregateCollector aggregates, SyntaxNode at) =>
        name switch
        {
            KnownAt => Keep(Known(close, aggregates, at)),
            IsFinal => Keep(Final(close, at)),
            LateCount => Late(aggregates, at),
            _ => null,
        };

    /// <summary>True for an expression that <see cref="Find"/> made of a bar's end.</summary>
    public bool IsFact(BoundExpression expression) => made.Contains(expression);

    private BoundExpression Keep(BoundExpression fact)
    {
        made.Add(fact);
        return fact;
    }

    // The end of the bar, or when the last of its rows came in, whichever is later: before, nobody had the bar as it is.
    private BoundExpression Known(BoundExpression close, AggregateCollector aggregates, SyntaxNode at)
    {
        var table = binder.Relation.TimeTable!;
        var available = table.Find(KnownAt)?.Value ?? table.ReceiveTime ?? table.Time!;
        var last = aggregates.Add(Call("max", available, null, at));
        return binder.Resolve("greatest", [close, last], at.Span);
    }

    // A bar that holds its end may still get a row of that very time when the watermark stands on it.
    private BoundExpression Final(BoundExpression close, SyntaxNode at)
    {
        var clock =
            binder.Relation.TimeTable!.Clock
            ?? throw session.Error(
                ErrorCode.NotSupported,
                at,
                $"{IsFinal} needs a table in FROM whose watermark tells it; this subquery has none"
            );
        var behind =
            syntax.Closed == BucketSide.End
                ? binder.Resolve("+", [close, new ConstantExpression(ConstantValue.Of(Interval.OfNanos(1)))], at.Span)
                : close;
        return binder.Resolve("<=", [behind, new WatermarkExpression(clock)], at.Span);
    }

    private BoundExpression Late(AggregateCollector aggregates, SyntaxNode at)
    {
        var table = binder.Relation.TimeTable!;
        if (table.Find("_late") is { } late)
        {
            return aggregates.Add(Call("count", null, late.Value, at));
        }

        return table.Find(LateCount) is { } counted
            ? aggregates.Add(Call("sum", counted.Value, null, at))
            : throw session.Error(
                ErrorCode.NotSupported,
                at,
                $"{LateCount} needs a table in FROM, or a subquery that selects {LateCount}"
            );
    }

    private AggregateCall Call(string name, BoundExpression? argument, BoundExpression? filter, SyntaxNode at)
    {
        IReadOnlyList<BoundExpression> arguments = argument is null ? [] : [argument];
        var overload =
            FunctionRegistry.Aggregates[name].Resolve([.. arguments.Select(Coercion.TypeOf)])
            ?? throw session.Error(ErrorCode.TypeMismatch, at, $"{name} does not take {argument!.Type}");
        return new AggregateCall(
            overload,
            [.. arguments.Select((a, i) => Coercion.To(session, a, overload.ArgumentTypes[i], at.Span))],
            false,
            filter
        );
    }
}
