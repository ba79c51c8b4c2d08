// Proves that calendars know their days and sessions: cases written by hand from the exchanges' public rules, with the UTC times worked
// out on paper, for lunch, auctions, half days, days on which clocks change, holidays and night sessions; and that each time stamp has one
// trading date and one bar at most, by a slow twin that looks at every session.
using System.Globalization;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Calendars;

public sealed class CalendarTableTests
{
    private const long Minute = 60_000_000_000;

    // In July New York is four hours behind UTC, in January five.
    [Theory]
    [InlineData("XNYS", "2023-07-05T13:30:00Z", true)]
    [InlineData("XNYS", "2023-07-05T13:29:59.999999999Z", false)]
    [InlineData("XNYS", "2023-07-05T19:59:59.999999999Z", true)]
    [InlineData("XNYS", "2023-07-05T20:00:00Z", false)]
    [InlineData("XNYS", "2023-01-04T13:30:00Z", false)]
    [InlineData("XNYS", "2023-01-04T14:30:00Z", true)]
    // The Friday before clocks change, and the Monday after.
    [InlineData("XNYS", "2023-03-10T14:00:00Z", false)]
    [InlineData("XNYS", "2023-03-13T13:30:00Z", true)]
    [InlineData("XNYS", "2023-11-03T13:30:00Z", true)]
    [InlineData("XNYS", "2023-11-06T13:30:00Z", false)]
    // Half days end at 13:00: before Independence Day, after Thanksgiving, on Christmas Eve.
    [InlineData("XNYS", "2023-07-03T16:59:00Z", true)]
    [InlineData("XNYS", "2023-07-03T17:00:00Z", false)]
    [InlineData("XNYS", "2023-11-24T18:00:00Z", false)]
    [InlineData("XNYS", "2015-12-24T17:59:00Z", true)]
    [InlineData("XNYS", "2015-12-24T18:00:00Z", false)]
    [InlineData("XSHG", "2023-02-01T01:15:00Z", true)]
    [InlineData("XSHG", "2023-02-01T01:25:00Z", false)]
    [InlineData("XSHG", "2023-02-01T01:30:00Z", true)]
    [InlineData("XSHG", "2023-02-01T03:30:00Z", false)]
    [InlineData("XSHG", "2023-02-01T04:00:00Z", false)]
    [InlineData("XSHG", "2023-02-01T05:00:00Z", true)]
    [InlineData("XSHG", "2023-02-01T06:59:59Z", true)]
    [InlineData("XSHG", "2023-02-01T07:00:00Z", false)]
    [InlineData("XSHE", "2023-01-23T02:00:00Z", false)]
    [InlineData("CFFEX", "2021-01-05T01:29:00Z", true)]
    public void Sessions_begin_and_end(string calendar, string time, bool isOpen) =>
        Assert.Equal(isOpen, BuiltInCalendars.Find(calendar)!.IsInSession(TickTime.Parse(time).NanosSinceEpoch));

    // The exchanges' own counts of trading days.
    [Theory]
    [InlineData("XSHG", 2015, 244)]
    [InlineData("XSHG", 2018, 243)]
    [InlineData("XSHG", 2020, 243)]
    [InlineData("XSHG", 2022, 242)]
    [InlineData("XSHG", 2024, 242)]
    [InlineData("XNYS", 2012, 250)]
    [InlineData("XNYS", 2018, 251)]
    [InlineData("XNYS", 2021, 252)]
    [InlineData("XNYS", 2022, 251)]
    [InlineData("XNYS", 2023, 250)]
    [InlineData("XNYS", 2024, 252)]
    [InlineData("XNYS", 2025, 250)]
    public void Years_have_as_many_trading_days_as_the_exchange_says(string calendar, int year, int count)
    {
        var dates = BuiltInCalendars.Find(calendar)!.Dates;
        var first = DateOf($"{year}-01-01");
        var days = DateOf($"{year + 1}-01-01") - first;
        Assert.Equal(count, Enumerable.Range(first, days).Count(d => dates.KindOf(d, out _) != DayKind.Closed));
    }

    [Theory]
    [InlineData("2021-12-24")]
    [InlineData("2022-06-20")]
    [InlineData("2023-01-02")]
    [InlineData("2024-03-29")]
    [InlineData("2024-06-19")]
    [InlineData("2025-01-09")]
    [InlineData("2026-07-03")]
    [InlineData("2012-10-29")]
    public void New_York_is_closed_on(string date) =>
        Assert.Equal(DayKind.Closed, BuiltInCalendars.Find("XNYS")!.Dates.KindOf(DateOf(date), out _));

    [Theory]
    [InlineData("2021-12-31")]
    [InlineData("2021-06-18")]
    [InlineData("2020-12-31")]
    [InlineData("2024-07-05")]
    public void New_York_trades_all_day_on(string date) =>
        Assert.Equal(DayKind.Open, BuiltInCalendars.Find("XNYS")!.Dates.KindOf(DateOf(date), out _));

    // Friday night belongs to Monday; the night before a holiday is not held.
    [Theory]
    [InlineData("2023-02-03T12:59:59Z", "2023-02-06", false)]
    [InlineData("2023-02-03T13:00:00Z", "2023-02-06", true)]
    [InlineData("2023-02-03T18:29:59Z", "2023-02-06", true)]
    [InlineData("2023-02-03T18:30:00Z", "2023-02-06", false)]
    [InlineData("2023-02-05T04:00:00Z", "2023-02-06", false)]
    [InlineData("2023-02-06T01:00:00Z", "2023-02-06", true)]
    [InlineData("2023-02-06T10:00:00Z", "2023-02-06", false)]
    [InlineData("2023-02-06T13:00:00Z", "2023-02-07", true)]
    [InlineData("2023-01-20T13:30:00Z", "2023-01-20", false)]
    [InlineData("2023-01-20T17:00:00Z", "2023-01-30", false)]
    [InlineData("2023-01-30T01:00:00Z", "2023-01-30", true)]
    public void Nights_belong_to_the_next_trading_date(string time, string date, bool isOpen)
    {
        var nanos = TickTime.Parse(time).NanosSinceEpoch;
        var day = Futures().Find(nanos);
        Assert.Equal(DateOf(date), day.Date);
        Assert.Equal(isOpen, day.Find(nanos) >= 0);
    }

    [Fact]
    public void What_is_kept_of_a_calendar_reads_back_the_same()
    {
        var calendar = Futures();
        var text = CalendarText.Write(calendar);
        var again = CalendarText.Read(calendar.Name, text);
        Assert.Equal(text, CalendarText.Write(again));
        Assert.Equal(calendar.Sessions, again.Sessions);
        Assert.Equal(calendar.Outside, again.Outside);
        for (var nanos = Nanos("2023-01-15T00:00:00Z"); nanos < Nanos("2023-02-15T00:00:00Z"); nanos += 7 * Minute)
        {
            Assert.Equal(calendar.IsInSession(nanos), again.IsInSession(nanos));
        }
    }

    [Theory]
    [InlineData("XSHG", "1m", false, false)]
    [InlineData("XSHG", "7m", true, true)]
    [InlineData("XNYS", "50m", false, true)]
    [InlineData("XNYS", "1h", true, false)]
    [InlineData("CFFEX", "5m", false, false)]
    [InlineData("FUTURES", "13m", false, true)]
    [InlineData("FUTURES", "1h", true, false)]
    public void Every_time_is_in_the_bar_that_a_slow_search_finds(
        string name,
        string width,
        bool closedRight,
        bool merges
    )
    {
        var calendar = name == "FUTURES" ? Futures() : BuiltInCalendars.Find(name)!;
        var widthNanos = int.Parse(width[..^1], CultureInfo.InvariantCulture) * (width[^1] == 'h' ? 60 : 1) * Minute;
        var options = new GridOptions
        {
            IsClosedRight = closedRight,
            MergesShortLast = merges,
            Outside = Placement.None,
        };
        var grid = new CalendarGrid(calendar, Interval.OfNanos(widthNanos), options);
        var random = new Random(7);
        var (from, until) = (Nanos("2023-02-20T00:00:00Z"), Nanos("2023-03-20T00:00:00Z"));
        var kept = default(GridBar);
        for (var i = 0; i < 30_000; i++)
        {
            // Edges of minutes, and a nanosecond beside them, as often as any other time.
            var time = from + (long)(random.NextDouble() * (until - from));
            time = i % 2 == 0 ? time - (time % Minute) + random.Next(-1, 2) : time;
            var bar = grid.Find(time);
            var twin = SlowBar(calendar, widthNanos, closedRight, merges, time);
            Assert.Equal(twin is not null, bar.IsBar);
            Assert.True(bar.Holds(time));
            if (twin is { } found)
            {
                Assert.Equal(found, (bar.OpenNanos, bar.CloseNanos));
                Assert.Equal(bar.CloseNanos, grid.CloseOf(bar.OpenNanos));
            }

            // What a caller keeps of an earlier answer must say the same.
            if (kept.Holds(time))
            {
                Assert.Equal((bar.IsBar, bar.OpenNanos), (kept.IsBar, kept.OpenNanos));
            }

            kept = bar;
        }
    }

    // Continuous sessions, and auctions that touch the one before, in stretches; auctions before the first count for the first bar.
    private static (long Open, long Close)? SlowBar(
        TradingCalendar calendar,
        long width,
        bool closedRight,
        bool merges,
        long time
    )
    {
        var spans = calendar.Find(time).Spans.ToList();
        if (closedRight && spans.Count > 0 && time == calendar.Find(time - 1).UntilNanos)
        {
            spans = [.. calendar.Find(time - 1).Spans, .. spans];
        }

        var stretches = new List<(long Start, long End)>();
        var early = new List<(long Start, long End)>();
        foreach (var span in spans)
        {
            var rule = calendar.Sessions[span.Rule];
            if (rule.IsAuction && stretches.Count == 0)
            {
                early.Add((span.StartNanos, span.EndNanos));
            }
            else if (stretches.Count > 0 && stretches[^1].End == span.StartNanos)
            {
                stretches[^1] = (stretches[^1].Start, span.EndNanos);
            }
            else
            {
                stretches.Add((span.StartNanos, span.EndNanos));
            }
        }

        bool Holds(long start, long end) =>
            closedRight ? (time > start && time <= end) || time == start : time >= start && time < end;
        foreach (var (start, end) in stretches)
        {
            if (Holds(start, end))
            {
                var starts = new List<long>();
                for (var at = start; at < end; at += width)
                {
                    starts.Add(at);
                }

                if (merges && starts.Count > 1 && end - starts[^1] < width)
                {
                    starts.RemoveAt(starts.Count - 1);
                }

                var index = starts.FindLastIndex(s => closedRight ? s < time || time == start : s <= time);
                index = time == start ? 0 : index;
                return (starts[index], index + 1 < starts.Count ? starts[index + 1] : end);
            }
        }

        foreach (var (start, end) in early)
        {
            if (Holds(start, end) && !(closedRight && time == start))
            {
                var first = stretches[0];
                var length = first.End - first.Start;
                return (first.Start, first.Start + Math.Min(width, length));
            }
        }

        return null;
    }

    private static TradingCalendar Futures()
    {
        var closed = new Dictionary<int, int>();
        for (var date = DateOf("2023-01-23"); date <= DateOf("2023-01-27"); date++)
        {
            closed.Add(date, ListedDates.Closed);
        }

        closed.Add(DateOf("2023-02-08"), 11 * 3600);
        return new TradingCalendar(
            "futures",
            "Asia/Shanghai",
            [
                new("night", 21 * 3600, 9000, IsNight: true),
                new("morning", 9 * 3600, 41_400),
                new("afternoon", 48_600, 15 * 3600),
            ],
            new ListedDates(closed),
            Placement.Last
        );
    }

    private static int DateOf(string text) =>
        DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture).DayNumber
        - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static long Nanos(string text) => TickTime.Parse(text).NanosSinceEpoch;
}
