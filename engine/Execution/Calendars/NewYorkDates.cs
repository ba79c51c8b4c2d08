using System.Collections.Frozen;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The days of the New York Stock Exchange by its published rules (NYSE Rule 7.2 and its list of early closings): ten holidays a year,
/// half days that end at 13:00, and the closings for single events since 2001. Exact from 2013 on; from 1998 on but for half days around
/// Independence Day; earlier years take the same rules, which then were not all in force.
/// </summary>
internal sealed class NewYorkDates : ITradingDates
{
    private const int EarlyClose = 13 * 3600;

    // Attacks of September 2001; mourning for presidents; hurricane Sandy.
    private static readonly FrozenSet<int> Extraordinary = new[]
    {
        Day(2001, 9, 11),
        Day(2001, 9, 12),
        Day(2001, 9, 13),
        Day(2001, 9, 14),
        Day(2004, 6, 11),
        Day(2007, 1, 2),
        Day(2012, 10, 29),
        Day(2012, 10, 30),
        Day(2018, 12, 5),
        Day(2025, 1, 9),
    }.ToFrozenSet();

    /// <inheritdoc/>
    public DayKind KindOf(int date, out int closeSeconds)
    {
        closeSeconds = 0;
        if (ListedDates.IsWeekend(date) || IsHoliday(date))
        {
            return DayKind.Closed;
        }

        if (IsHalf(date))
        {
            closeSeconds = EarlyClose;
            return DayKind.Half;
        }

        return DayKind.Open;
    }

    private static bool IsHoliday(int date)
    {
        var (year, month, day) = CivilDate.FromDays(date);
        var weekday = ListedDates.Weekday(date);
        const int Monday = 0;
        const int Thursday = 3;
        return month switch
            {
                // A New Year's Day on a Saturday is not kept on the Friday, which ends the old year's books.
                1 => day == 1
                    || (day == 2 && weekday == Monday)
                    || (weekday == Monday && day is >= 15 and <= 21)
                    || Extraordinary.Contains(date),
                2 => weekday == Monday && day is >= 15 and <= 21,
                5 => weekday == Monday && day >= 25,
                6 => (year >= 2022 && IsKept(19, day, weekday)) || Extraordinary.Contains(date),
                7 => IsKept(4, day, weekday),
                9 => (weekday == Monday && day <= 7) || Extraordinary.Contains(date),
                11 => weekday == Thursday && day is >= 22 and <= 28,
                12 => IsKept(25, day, weekday) || Extraordinary.Contains(date),
                _ => Extraordinary.Contains(date),
            }
            || date == EasterSunday(year) - 2;
    }

    // The day after Thanksgiving, Christmas Eve, and the eve of Independence Day; none of them moves to another day.
    private static bool IsHalf(int date)
    {
        var (_, month, day) = CivilDate.FromDays(date);
        var weekday = ListedDates.Weekday(date);
        return (month == 11 && weekday == 4 && day is >= 23 and <= 29)
            || (month == 12 && day == 24)
            || (month == 7 && day == 3 && weekday <= 3);
    }

    // On a Saturday it is kept on the Friday before, on a Sunday on the Monday after.
    private static bool IsKept(int holiday, int day, int weekday) =>
        day == holiday || (day == holiday - 1 && weekday == 4) || (day == holiday + 1 && weekday == 0);

    // The anonymous Gregorian algorithm (Nature, 1876).
    private static int EasterSunday(int year)
    {
        var a = year % 19;
        var (b, c) = (year / 100, year % 100);
        var g = ((8 * b) + 13) / 25;
        var h = ((19 * a) + b - (b / 4) - g + 15) % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var n = h + l - (7 * m) + 114;
        return Day(year, n / 31, (n % 31) + 1);
    }

    private static int Day(int year, int month, int day) => (int)new CivilDate(year, month, day).ToDays();
}
