using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>Calls that name a trading calendar or a time zone by a literal, bound to it here.</summary>
internal sealed partial class ExpressionBinder
{
    private BoundExpression? CalendarCall(FunctionCall call) =>
        call.Name.Name switch
        {
            "trade_date" => OfCalendar(call, CalendarCalls.TradeDates),
            "in_session" => OfCalendar(call, CalendarCalls.InSessions),
            "time_bucket" when call.Arguments.Any(a => a.Name is not null) => Bucket(call),
            _ => null,
        };

    // A text that is computed is left to the function itself, which knows the calendars of the system.
    private BoundExpression? OfCalendar(FunctionCall call, Func<TradingCalendar, ScalarKernel> kernelOf)
    {
        if (call.Arguments.Count != 2)
            return null;
        var (time, name) = (Unnamed(call.Arguments[0], "ts"), Unnamed(call.Arguments[1], "calendar"));
        if (BindOpen(name) is not UntypedText text)
            return Resolve(call.Name.Name, [BindOpen(time), BindOpen(name)], call.Span);
        var calendar = CalendarBinding.Find(session, text.Value, name.Span);
        var resolved = (Execution.CallExpression)Resolve(call.Name.Name, [BindOpen(time), text], call.Span);
        return resolved with { Function = resolved.Function with { Kernel = kernelOf(calendar) } };
    }

    private Expression Unnamed(FunctionArgument argument, string name) =>
        argument.Name is null || argument.Name.Name == name
            ? argument.Value
            : throw session.Error(ErrorCode.InvalidArgument, argument, $"the argument is called {name}");

    // time_bucket(width, ts [, origin], calendar => .., timezone => .., closed => .., label => ..)
    private BoundExpression Bucket(FunctionCall call)
    {
        var plain = call.Arguments.TakeWhile(a => a.Name is null).ToList();
        SampleBy sample = null!;
        if (plain.Count < 2 || call.Arguments[0].Value is not IntervalLiteral width)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                "time_bucket takes an interval literal and a time before named arguments"
            );
        }

        sample = new SampleBy(call.Span, width, plain.Count > 2 ? plain[2].Value : null, null, null);
        foreach (var argument in call.Arguments.Skip(plain.Count))
        {
            if (argument is not { Name: { } name, Value: StringLiteral text })
            {
                throw session.Error(
                    ErrorCode.InvalidArgument,
                    argument,
                    "named arguments of time_bucket are calendar, timezone, closed and label, each a text"
                );
            }

            sample = (name.Name, text.Value.ToLowerInvariant()) switch
            {
                ("calendar", _) => sample with { Calendar = new CalendarChoice(argument.Span, text, []) },
                ("timezone", _) => sample with { Zone = text },
                ("closed", "left") => sample with { Closed = BucketSide.Start },
                ("closed", "right") => sample with { Closed = BucketSide.End },
                ("label", "open") => sample with { Label = BucketSide.Start },
                ("label", "close") => sample with { Label = BucketSide.End },
                _ => throw session.Error(
                    ErrorCode.InvalidArgument,
                    argument,
                    "named arguments of time_bucket are calendar, timezone, closed ('left' or 'right') and label ('open' or 'close')"
                ),
            };
        }

        var bars = Bars.Bind(session, sample, BindAs(plain[1].Value, DataType.Timestamp, "time_bucket"), this, false);
        return bars.Label;
    }
}
