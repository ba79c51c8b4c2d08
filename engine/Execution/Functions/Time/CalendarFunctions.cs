using System.Text;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Functions of a trading calendar that is named by a text. A statement that names it by a literal is bound to the calendar itself; here
/// are the forms for any text, which know the built-in calendars only.
/// </summary>
internal static class CalendarFunctions
{
    /// <summary>The family's table.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Define.Scalar(
            "trade_date",
            "trade_date(TIMESTAMP '2026-03-02T01:30:12Z', 'XSHG')",
            "The trading date of a time stamp: a night session, a weekend and a holiday belong to the date that follows.",
            new Signature(
                TextRows.Read(static (a, i) => CalendarOf(a, i).Find(a[0].Values<long>()[i]).Date),
                DataType.Date,
                DataType.Timestamp,
                DataType.Varchar
            )
        ),
        Define.Scalar(
            "in_session",
            "in_session(TIMESTAMP '2026-03-02T14:30:12Z', 'XNYS')",
            "Whether a time stamp lies in a session of a calendar, its start included and its end not.",
            new Signature(
                TextRows.Read(
                    static (a, i) => CalendarOf(a, i).IsInSession(a[0].Values<long>()[i]) ? (byte)1 : (byte)0
                ),
                DataType.Boolean,
                DataType.Timestamp,
                DataType.Varchar
            )
        ),
    ];

    private static TradingCalendar CalendarOf(ReadOnlySpan<ColumnVector> arguments, int row)
    {
        var name = Encoding.UTF8.GetString(arguments[1].Utf8(row));
        return BuiltInCalendars.Find(name)
            ?? Throw.Error<TradingCalendar>(
                ErrorCode.UnknownName,
                $"There is no calendar {ValueText.Quote(arguments[1].Utf8(row))} of the system: "
                    + $"{string.Join(", ", BuiltInCalendars.Names)}; name one of your own by a literal"
            );
    }
}
