using System.Collections.Concurrent;
using System.Text;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// When an exchange trades: a time zone, the dates with trade, and the sessions of each. Immutable and thread-safe; the days of a year are
/// computed when one of them is first asked for, and kept.
/// </summary>
public sealed class TradingCalendar
{
    private const long NanosPerSecond = 1_000_000_000;
    private const int DaysSearchedMax = 4000;

    private readonly ConcurrentDictionary<int, TradingDay[]> years = [];
    private readonly byte[] zone;

    /// <summary>Makes a calendar. Throws InvalidArgument for sessions that are empty, overlap or bear one name.</summary>
    /// <param name="name">As statements name it, ignoring case.</param>
    /// <param name="zone">UTC, a fixed offset, Asia/Shanghai, America/New_York or Europe/London.</param>
    /// <param name="sessions">At least one; their times of day do not overlap.</param>
    /// <param name="dates">The dates with trade.</param>
    /// <param name="outside">Where bars put rows that lie in no session: Last, Next or None.</param>
    public TradingCalendar(
        string name,
        string zone,
        IReadOnlyList<SessionRule> sessions,
        ITradingDates dates,
        Placement outside
    )
    {
        Name = name;
        Zone = zone;
        Sessions = sessions;
        Dates = dates;
        Outside = outside;
        this.zone = Encoding.UTF8.GetBytes(zone);
        TimeZoneRules.OffsetNanos(this.zone, 0);
        CheckSessions();
    }

    /// <summary>As it was declared.</summary>
    public string Name { get; }

    /// <summary>The zone of the times of day.</summary>
    public string Zone { get; }

    /// <summary>The sessions of a date, in the order of their declaration.</summary>
    public IReadOnlyList<SessionRule> Sessions { get; }

    /// <summary>The dates with trade.</summary>
    public ITradingDates Dates { get; }

    /// <summary>Where bars put rows that lie in no session, unless a query says otherwise.</summary>
    public Placement Outside { get; }

    /// <summary>
    /// The trading date of a time stamp. O(log of the days of a year) after the first call for the year; a caller who asks row by row keeps
    /// the day and asks <see cref="TradingDay.Holds"/> first. Throws OutOfRange where there is no trade for years.
    /// </summary>
    public TradingDay Find(long nanos)
    {
        var localDate = CivilDate.DaysOfTimestamp(ToLocal(nanos));
        var year = CivilDate.FromDays(localDate).Year;
        for (var step = 0; step < DaysSearchedMax / 365; step++)
        {
            var days = Year(year);
            if (days.Length > 0 && nanos >= days[0].FromNanos && nanos < days[^1].UntilNanos)
            {
                return Search(days, nanos);
            }

            year += days.Length > 0 && nanos < days[0].FromNanos ? -1 : 1;
        }

        return NoTrade(localDate);
    }

    /// <summary>The day of the first trading date at or after a date. Throws OutOfRange where there is none for years.</summary>
    public TradingDay OnOrAfter(int date) => DayOf(Walk(date, 1));

    /// <summary>The day of the last trading date at or before a date. Throws OutOfRange where there is none for years.</summary>
    public TradingDay OnOrBefore(int date) => DayOf(Walk(date, -1));

    /// <summary>True where a time stamp lies in a session.</summary>
    public bool IsInSession(long nanos) => Find(nanos).Find(nanos) >= 0;

    /// <summary>Nanoseconds UTC of a local date and time of day.</summary>
    internal long ToUtc(int date, long secondsOfDay)
    {
        var local = (Int128)(((long)date * 86_400) + secondsOfDay) * NanosPerSecond;
        if (local < long.MinValue + (200_000 * NanosPerSecond) || local > long.MaxValue - (200_000 * NanosPerSecond))
        {
            Throw.Error(ErrorCode.OutOfRange, $"Calendar {Name} has no days so near the ends of TIMESTAMP");
        }

        // The offset at a first guess is that of the time itself, but for the hour in which clocks change.
        var guess = (long)local - TimeZoneRules.OffsetNanos(zone, (long)local);
        return (long)local - TimeZoneRules.OffsetNanos(zone, guess);
    }

    private long ToLocal(long nanos)
    {
        var offset = TimeZoneRules.OffsetNanos(zone, nanos);
        return (long)Int128.Clamp((Int128)nanos + offset, long.MinValue, long.MaxValue);
    }

    private static TradingDay Search(TradingDay[] days, long nanos)
    {
        var (low, high) = (0, days.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (days[middle].FromNanos <= nanos)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return days[low];
    }

    private TradingDay DayOf(int date)
    {
        var days = Year(CivilDate.FromDays(date).Year);
        var (low, high) = (0, days.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (days[middle].Date < date)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return days[low];
    }

    private TradingDay[] Year(int year) => years.GetOrAdd(year, static (y, calendar) => calendar.Make(y), this);

    private TradingDay[] Make(int year)
    {
        var (first, last) = ((int)new CivilDate(year, 1, 1).ToDays(), (int)new CivilDate(year, 12, 31).ToDays());
        var days = new List<TradingDay>();
        TradingDay? pending = null;
        for (var date = first; date <= last; date++)
        {
            if (Dates.KindOf(date, out _) == DayKind.Closed)
            {
                continue;
            }

            var next = Walk(date + 1, 1);
            pending = Make(Walk(date - 1, -1), date, pending?.UntilNanos, next);
            days.Add(pending);
        }

        return [.. days];
    }

    private TradingDay Make(int previous, int date, long? from, int next)
    {
        var spans = SpansOf(previous, date);
        var begins = from ?? BoundaryOf(previous, date, spans);
        var midnight = ToUtc(date, 0);
        return new TradingDay
        {
            Date = date,
            FromNanos = begins,
            UntilNanos = BoundaryOf(date, next, SpansOf(date, next)),
            ReachNanos = spans.Length > 0 && Sessions[spans[0].Rule].IsNight ? begins : Math.Max(begins, midnight),
            Spans = spans,
        };
    }

    private SessionSpan[] SpansOf(int previous, int date)
    {
        var isHalf = Dates.KindOf(date, out var closeSeconds) == DayKind.Half;
        var followsHoliday = false;
        for (var between = previous + 1; between < date; between++)
        {
            followsHoliday |= !ListedDates.IsWeekend(between);
        }

        var spans = new List<SessionSpan>();
        for (var i = 0; i < Sessions.Count; i++)
        {
            var rule = Sessions[i];
            if (rule.IsNight)
            {
                if (!followsHoliday)
                {
                    var until = rule.UntilSeconds > rule.FromSeconds ? rule.UntilSeconds : rule.UntilSeconds + 86_400;
                    spans.Add(new(i, ToUtc(previous, rule.FromSeconds), ToUtc(previous, until)));
                }

                continue;
            }

            var end = isHalf ? Math.Min(rule.UntilSeconds, closeSeconds) : rule.UntilSeconds;
            if (end > rule.FromSeconds)
            {
                spans.Add(new(i, ToUtc(date, rule.FromSeconds), ToUtc(date, end)));
            }
        }

        spans.Sort(static (x, y) => x.StartNanos.CompareTo(y.StartNanos));
        return [.. spans];
    }

    private long BoundaryOf(int previous, int date, SessionSpan[] spans)
    {
        var midnight = ToUtc(previous + 1, 0);
        var hasNight = spans.Length > 0 && Sessions[spans[0].Rule].IsNight;
        return hasNight ? Math.Min(midnight, spans[0].StartNanos - (3600 * NanosPerSecond)) : midnight;
    }

    private int Walk(int date, int step)
    {
        for (var i = 0; i < DaysSearchedMax; i++, date += step)
        {
            if (Dates.KindOf(date, out _) != DayKind.Closed)
            {
                return date;
            }
        }

        return NoTrade(date).Date;
    }

    private TradingDay NoTrade(int date)
    {
        var day = CivilDate.FromDays(date);
        return Throw.Error<TradingDay>(
            ErrorCode.OutOfRange,
            $"Calendar {Name} has no trading date near {day.Year:0000}-{day.Month:00}-{day.Day:00}"
        );
    }

    private void CheckSessions()
    {
        if (Sessions.Count == 0)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"Calendar {Name} has no session");
        }

        for (var i = 0; i < Sessions.Count; i++)
        {
            var rule = Sessions[i];
            if (rule.FromSeconds is < 0 or >= 86_400 || rule.UntilSeconds is < 0 or > 86_400)
            {
                Throw.Error(ErrorCode.InvalidArgument, $"Session {rule.Name}: times of day go from 00:00 to 24:00");
            }

            if (rule.FromSeconds == rule.UntilSeconds || (!rule.IsNight && rule.UntilSeconds < rule.FromSeconds))
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"Session {rule.Name} ends before it begins; one that runs past midnight is a NIGHT session"
                );
            }

            for (var other = 0; other < i; other++)
            {
                var earlier = Sessions[other];
                var overlaps =
                    rule.IsNight == earlier.IsNight
                    && rule.FromSeconds < End(earlier)
                    && earlier.FromSeconds < End(rule);
                if (overlaps || string.Equals(rule.Name, earlier.Name, StringComparison.OrdinalIgnoreCase))
                {
                    Throw.Error(
                        ErrorCode.InvalidArgument,
                        $"Sessions {earlier.Name} and {rule.Name} {(overlaps ? "overlap" : "have one name")}"
                    );
                }
            }
        }

        static int End(SessionRule rule) =>
            rule.UntilSeconds > rule.FromSeconds ? rule.UntilSeconds : rule.UntilSeconds + 86_400;
    }
}
