using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>
/// SAMPLE BY: the buckets of the event time of FROM's first table. A bucket holds its start and not its end; with
/// CLOSED RIGHT its end and not its start, so that a time on the boundary belongs to the bucket that ends there. With a
/// calendar a bucket lies within a session.
/// </summary>
/// <param name="Open">Start of a row's bucket; the group key.</param>
/// <param name="Close">Its end.</param>
internal sealed record Bars(BoundExpression Open, BoundExpression Close)
{
    /// <summary>Name of the column that the bucket's start is added as.</summary>
    public const string OpenName = "bar_open";

    /// <summary>Name of the column that the bucket's end is added as.</summary>
    public const string CloseName = "bar_close";

    /// <summary>The time that a bar is labelled with, by which whatever reads the query orders its rows: LABEL.</summary>
    public BoundExpression Label { get; private init; } = Open;

    /// <summary>True for the rows that are in a bucket; null where all are.</summary>
    public BoundExpression? Condition { get; private init; }

    /// <summary>The grid of bars; null for buckets of a fixed width or of months in UTC.</summary>
    public CalendarGrid? Grid { get; private init; }

    /// <summary>What bars say of themselves: known_at, is_final, late_count.</summary>
    public required BarFacts Facts { get; init; }

    /// <summary>What a bare name means in a SELECT with SAMPLE BY, or null.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="aggregates">Takes the aggregates that the name needs.</param>
    /// <param name="at">Where it was written.</param>
    public BoundExpression? Find(string name, AggregateCollector aggregates, SyntaxNode at) =>
        name switch
        {
            OpenName => Open,
            CloseName => Close,
            _ => Facts.Find(name, Close, aggregates, at),
        };

    /// <summary>True where an expression tells a bar's time itself, and not only a fact that depends on it.</summary>
    public bool IsNamedIn(BoundExpression expression)
    {
        var found = false;
        ExpressionTree.Rewrite(
            expression,
            e =>
            {
                found |= e.Equals(Open);
                return Facts.IsFact(e) ? e : null;
            }
        );
        return found;
    }

    public static Bars Bind(BindingSession session, Relation relation, SampleBy syntax, QueryBinder queries)
    {
        if (syntax.Fill is not null)
            throw session.Error(ErrorCode.NotSupported, syntax.Fill, "FILL is not available");
        if (relation.TimeTable is not { Time: { } time } || time.Type != DataType.Timestamp)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                syntax,
                "SAMPLE BY needs a table with an event time in FROM; let the subquery select its time column"
            );
        }

        var binder = new ExpressionBinder(session, relation, "SAMPLE BY", queries.BindSubquery);
        return Bind(session, syntax, time, binder, isFiltered: true);
    }

    /// <summary>The buckets of any time; what time_bucket gives with named arguments.</summary>
    /// <param name="session">What the statement shares.</param>
    /// <param name="syntax">The options.</param>
    /// <param name="time">The time stamp.</param>
    /// <param name="binder">For ORIGIN and operators.</param>
    /// <param name="isFiltered">True where rows in no bucket are left out.</param>
    public static Bars Bind(
        BindingSession session,
        SampleBy syntax,
        BoundExpression time,
        ExpressionBinder binder,
        bool isFiltered
    )
    {
        var bars =
            syntax.Calendar is null && syntax.Zone is null
                ? OfWidth(session, time, syntax, binder)
                : OfCalendar(session, time, syntax, binder, isFiltered);
        return bars with { Label = syntax.Label == BucketSide.End ? bars.Close : bars.Open };
    }

    private static Bars OfWidth(BindingSession session, BoundExpression time, SampleBy syntax, ExpressionBinder binder)
    {
        var width = syntax.Bucket.Value;
        if (width <= default(Interval) || (width.Months != 0 && (width.Days != 0 || width.Nanos != 0)))
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                syntax.Bucket,
                "a bucket is longer than nothing, and either of months or of a fixed time"
            );
        }

        if (syntax.MergesShortLast)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                syntax,
                "MERGE SHORT LAST needs a CALENDAR: without one no bucket is short"
            );
        }

        var bucket = new ConstantExpression(ConstantValue.Of(width));
        BoundExpression position = time;
        if (syntax.Closed == BucketSide.End)
        {
            position = binder.Resolve(
                "-",
                [time, new ConstantExpression(ConstantValue.Of(Interval.OfNanos(1)))],
                syntax.Span
            );
        }

        BoundExpression[] arguments = syntax.Origin is null
            ? [bucket, position]
            : [bucket, position, binder.BindAs(syntax.Origin, DataType.Timestamp, "ORIGIN")];
        var open = binder.Resolve("time_bucket", arguments, syntax.Span);
        return new Bars(open, binder.Resolve("+", [open, bucket], syntax.Span))
        {
            Facts = new BarFacts(session, binder, syntax),
        };
    }

    private static Bars OfCalendar(
        BindingSession session,
        BoundExpression time,
        SampleBy syntax,
        ExpressionBinder binder,
        bool isFiltered
    )
    {
        if (syntax.Origin is not null || (syntax.Calendar is not null && syntax.Zone is not null))
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                (SyntaxNode?)syntax.Origin ?? syntax.Zone!,
                "a CALENDAR says where bars begin and in which time zone, and a TIME ZONE begins them at midnight: take one of them"
            );
        }

        var calendar = syntax.Calendar is { } choice
            ? CalendarBinding.Find(session, choice.Name.Value, choice.Name.Span)
            : CalendarBinding.Zone(session, syntax.Zone!);
        var options = CalendarBinding.Options(session, syntax);
        var (grid, specification) = CalendarBinding.Grid(
            session,
            calendar,
            syntax.Bucket.Value,
            options,
            syntax.Calendar is { Placements.Count: > 0 } ? syntax.Calendar.Span : syntax.Bucket.Span
        );
        var open = CalendarCalls.Bucket(grid, specification, time);
        var isInBar = syntax.Calendar is null ? null : new IsNullExpression(open, Negated: true);
        open = open with { Nullable = time.Nullable || (isInBar is not null && !isFiltered) };
        return new Bars(open, CalendarCalls.BucketEnd(grid, specification, open))
        {
            Condition = isInBar,
            Grid = grid,
            Facts = new BarFacts(session, binder, syntax),
        };
    }
}
