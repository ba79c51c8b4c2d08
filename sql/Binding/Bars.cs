using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>
/// SAMPLE BY: the buckets of the event time of FROM's first table. A bucket holds its start and not its end; with
/// CLOSED RIGHT its end and not its start, so that a time on the boundary belongs to the bucket that ends there.
/// </summary>
/// <param name="Open">Start of a row's bucket; the group key.</param>
/// <param name="Close">Its end.</param>
internal sealed record Bars(BoundExpression Open, BoundExpression Close)
{
    /// <summary>Name of the column that the bucket's start is added as.</summary>
    public const string OpenName = "bar_open";

    /// <summary>Name of the column that the bucket's end is added as.</summary>
    public const string CloseName = "bar_close";

    /// <summary>What a bare name means in a SELECT with SAMPLE BY, or null.</summary>
    public BoundExpression? Find(string name) =>
        name switch
        {
            OpenName => Open,
            CloseName => Close,
            _ => null,
        };

    public static Bars Bind(BindingSession session, Relation relation, SampleBy syntax, QueryBinder queries)
    {
        if (relation.TimeTable?.Time is not { } time || time.Type != DataType.Timestamp)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                syntax,
                "SAMPLE BY needs a table with an event time in FROM; let the subquery select its time column"
            );
        }

        if (syntax.Zone is not null || syntax.Calendar is not null || syntax.MergesShortLast || syntax.Fill is not null)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                syntax,
                "CALENDAR, TIME ZONE, MERGE SHORT LAST and FILL are not available"
            );
        }

        if (syntax.Label == BucketSide.End)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                syntax,
                $"LABEL CLOSE is not available: select {CloseName}, which SAMPLE BY adds beside {OpenName}"
            );
        }

        var width = syntax.Bucket.Value;
        if (width <= default(Interval) || (width.Months != 0 && (width.Days != 0 || width.Nanos != 0)))
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                syntax.Bucket,
                "a bucket is longer than nothing, and either of months or of a fixed time"
            );
        }

        var binder = new ExpressionBinder(session, relation, "SAMPLE BY", queries.BindSubquery);
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
        return new Bars(open, binder.Resolve("+", [open, bucket], syntax.Span));
    }
}
