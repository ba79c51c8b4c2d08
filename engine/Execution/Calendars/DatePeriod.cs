using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Whole trading dates that make one bar: one, those of whole weeks (from Monday), or of whole months (from January 2000).
/// </summary>
internal sealed class DatePeriod
{
    // Monday 2000-01-03.
    private const int FirstMonday = 10_959;

    private readonly int days;
    private readonly int months;

    private DatePeriod(int days, int months) => (this.days, this.months) = (days, months);

    /// <summary>The period of a width, or null where it is none of these.</summary>
    public static DatePeriod? Of(Interval width) =>
        width switch
        {
            { Months: > 0, Days: 0, Nanos: 0 } => new DatePeriod(0, width.Months),
            { Months: 0, Days: > 0, Nanos: 0 } when width.Days == 1 || width.Days % 7 == 0 => new DatePeriod(
                width.Days,
                0
            ),
            { Months: 0, Days: 0, Nanos: Interval.NanosPerDay } => new DatePeriod(1, 0),
            _ => null,
        };

    /// <summary>The first and the last date of the period that holds a date.</summary>
    public (int First, int Last) DatesAround(int date)
    {
        if (months == 0)
        {
            var first = FirstMonday + (FloorDivide(date - FirstMonday, days) * days);
            return (first, first + days - 1);
        }

        var day = CivilDate.FromDays(date);
        var index = FloorDivide(((day.Year - 2000) * 12) + day.Month - 1, months) * months;
        return (MonthStart(index), MonthStart(index + months) - 1);
    }

    private static int MonthStart(int index)
    {
        var year = 2000 + FloorDivide(index, 12);
        return (int)new CivilDate(year, index - ((year - 2000) * 12) + 1, 1).ToDays();
    }

    private static int FloorDivide(int value, int divisor) => (int)Math.Floor((double)value / divisor);
}
