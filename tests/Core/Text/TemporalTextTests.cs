// Proves that dates, time stamps and intervals are read and written exactly, at every edge of their ranges: known
// texts with answers written by hand, the platform's DateTime as a slow twin inside its years, and round trips of
// random values of the full range.
using System.Text;
using CsCheck;
using TickStore.Core;

namespace TickStore.Tests.Core.Text;

public sealed class TemporalTextTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0L)]
    [InlineData("2023-02-01T09:30:00.123456789Z", 1675243800123456789L)]
    [InlineData("2023-02-01 09:30:00.123456789", 1675243800123456789L)]
    [InlineData("2023-02-01T09:30Z", 1675243800000000000L)]
    [InlineData("2023-02-01", 1675209600000000000L)]
    [InlineData("2023.02.01", 1675209600000000000L)]
    [InlineData("2023/02/01", 1675209600000000000L)]
    [InlineData("2023.07.11T09:25:21.401", 1689067521401000000L)]
    [InlineData("2023-07-11T09:25:21.401+08:00", 1689038721401000000L)]
    [InlineData("2023-07-11T09:25:21.401+0800", 1689038721401000000L)]
    [InlineData("2023-07-11T09:25:21.401-08", 1689096321401000000L)]
    [InlineData("1675243800123456789", 1675243800123456789L)]
    [InlineData("-1", -1L)]
    [InlineData("0", 0L)]
    [InlineData("2023", 2023L)]
    [InlineData("1969-12-31T23:59:59.999999999Z", -1L)]
    [InlineData("1677-09-21T00:12:43.145224192Z", long.MinValue)]
    [InlineData("2262-04-11T23:47:16.854775807Z", long.MaxValue)]
    [InlineData("2262-04-12T01:47:16.854775807+02:00", long.MaxValue)]
    public void A_timestamp_reads(string text, long nanos)
    {
        Assert.Equal(TextStatus.Ok, TimestampText.TryParse(Encoding.UTF8.GetBytes(text), out var parsed));
        Assert.Equal(nanos, parsed);
    }

    [Theory]
    [InlineData("1677-09-21T00:12:43.145224191Z")]
    [InlineData("2262-04-11T23:47:16.854775808Z")]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    public void A_timestamp_outside_its_years_is_an_overflow(string text) =>
        Assert.Equal(TextStatus.Overflow, TimestampText.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("2023-2-1")]
    [InlineData("2023-13-01")]
    [InlineData("2023-02-29")]
    [InlineData("2023-02.01")]
    [InlineData("2023-02-01T")]
    [InlineData("2023-02-01T9:30")]
    [InlineData("2023-02-01T24:00")]
    [InlineData("2023-02-01T09:60")]
    [InlineData("2023-02-01T09:30:60")]
    [InlineData("2023-02-01T09:30:00.")]
    [InlineData("2023-02-01T09:30:00.1234567890")]
    [InlineData("2023-02-01T09:30:00Zx")]
    [InlineData("2023-02-01T09:30:00+8")]
    [InlineData("2023-02-01T09:30:00+08:")]
    [InlineData("2023-02-01T09:30:00+08:60")]
    [InlineData(" 2023-02-01")]
    [InlineData("1.5")]
    public void A_malformed_timestamp_is_refused(string text) =>
        Assert.Equal(TextStatus.Malformed, TimestampText.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData(0L, "1970-01-01T00:00:00Z")]
    [InlineData(1675243800123456789L, "2023-02-01T09:30:00.123456789Z")]
    [InlineData(1675243800123456000L, "2023-02-01T09:30:00.123456Z")]
    [InlineData(1675243800123000000L, "2023-02-01T09:30:00.123Z")]
    [InlineData(-1L, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(long.MinValue, "1677-09-21T00:12:43.145224192Z")]
    [InlineData(long.MaxValue, "2262-04-11T23:47:16.854775807Z")]
    public void A_timestamp_is_written_with_as_many_digits_as_it_needs(long nanos, string text)
    {
        Span<byte> buffer = stackalloc byte[TimestampText.LengthMax];
        Assert.Equal(text, Encoding.UTF8.GetString(buffer[..TimestampText.Format(nanos, buffer)]));
    }

    [Fact]
    public void Every_timestamp_round_trips() =>
        Gen.Long.Sample(nanos =>
        {
            Span<byte> buffer = stackalloc byte[TimestampText.LengthMax];
            var text = buffer[..TimestampText.Format(nanos, buffer)];
            return TimestampText.TryParse(text, out var parsed) == TextStatus.Ok && parsed == nanos;
        });

    [Fact]
    public void Civil_dates_equal_the_platforms_for_every_day_of_its_years()
    {
        var epoch = new DateOnly(1970, 1, 1).DayNumber;
        for (var number = 0; number <= DateOnly.MaxValue.DayNumber; number++)
        {
            var expected = DateOnly.FromDayNumber(number);
            var date = CivilDate.FromDays(number - epoch);
            if (date != new CivilDate(expected.Year, expected.Month, expected.Day) || date.ToDays() != number - epoch)
            {
                Assert.Fail($"{expected:O} became {date}");
            }
        }
    }

    [Fact]
    public void Every_date_round_trips() =>
        Gen.Int.Sample(days =>
        {
            Span<byte> buffer = stackalloc byte[DateText.LengthMax];
            var text = buffer[..DateText.Format(days, buffer)];
            return DateText.TryParse(text, out var parsed) == TextStatus.Ok && parsed == days;
        });

    [Theory]
    [InlineData("2023-02-01", 19389)]
    [InlineData("20230201", 19389)]
    [InlineData("2023.02.01", 19389)]
    [InlineData("-5877641-06-23", int.MinValue)]
    [InlineData("+5881580-07-11", int.MaxValue)]
    [InlineData("0000-03-01", -719468)]
    public void A_date_reads(string text, int days)
    {
        Assert.Equal(TextStatus.Ok, DateText.TryParse(Encoding.UTF8.GetBytes(text), out var parsed));
        Assert.Equal(days, parsed);
    }

    [Theory]
    [InlineData("+5881580-07-12", TextStatus.Overflow)]
    [InlineData("-5877641-06-22", TextStatus.Overflow)]
    [InlineData("2023-02-30", TextStatus.Malformed)]
    [InlineData("20230230", TextStatus.Malformed)]
    [InlineData("2023-02-01T", TextStatus.Malformed)]
    [InlineData("", TextStatus.Malformed)]
    public void A_bad_date_is_refused(string text, TextStatus status) =>
        Assert.Equal(status, DateText.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("2024-01-31", 1, "2024-02-29")]
    [InlineData("2023-01-31", 1, "2023-02-28")]
    [InlineData("2024-02-29", 12, "2025-02-28")]
    [InlineData("2024-03-31", -1, "2024-02-29")]
    [InlineData("2024-01-15", -13, "2022-12-15")]
    public void Months_are_added_by_the_calendar(string from, int months, string to)
    {
        DateText.TryParse(Encoding.UTF8.GetBytes(from), out var days);
        DateText.TryParse(Encoding.UTF8.GetBytes(to), out var expected);
        Assert.True(CivilDate.TryAddMonths(days, months, out var result));
        Assert.Equal(expected, result);
    }

    [Fact]
    public void Adding_an_interval_keeps_the_time_of_day_and_notices_overflow()
    {
        TimestampText.TryParse("2024-01-31T10:00:00.000000001Z"u8, out var from);
        TimestampText.TryParse("2024-03-01T10:00:01.000000001Z"u8, out var to);
        Assert.True(CivilDate.TryAdd(from, new Interval(1, 1, 1_000_000_000), out var result));
        Assert.Equal(to, result);
        Assert.False(CivilDate.TryAdd(long.MaxValue, Interval.OfNanos(1), out _));
        Assert.False(CivilDate.TryAdd(0, new Interval(int.MaxValue, 0, 0), out _));
        Assert.True(CivilDate.TryAdd(long.MinValue, Interval.OfNanos(long.MaxValue), out result));
        Assert.Equal(-1, result);
    }

    [Theory]
    [InlineData("1 minute", 0, 0, 60_000_000_000L)]
    [InlineData("1m", 0, 0, 60_000_000_000L)]
    [InlineData("500us", 0, 0, 500_000L)]
    [InlineData("1 day 02:00:00", 0, 1, 7_200_000_000_000L)]
    [InlineData("1mo", 1, 0, 0L)]
    [InlineData("-5s", 0, 0, -5_000_000_000L)]
    [InlineData("1y2mo3w4d5h6m7s8ms9us10ns", 14, 25, 18_367_008_009_010L)]
    [InlineData("1.5h", 0, 0, 5_400_000_000_000L)]
    [InlineData("2 YEARS -3 Days", 24, -3, 0L)]
    [InlineData("-00:00:00.000000001", 0, 0, -1L)]
    [InlineData("100:00:00", 0, 0, 360_000_000_000_000L)]
    [InlineData("00:00:00", 0, 0, 0L)]
    public void An_interval_reads(string text, int months, int days, long nanos)
    {
        Assert.Equal(TextStatus.Ok, IntervalText.TryParse(Encoding.UTF8.GetBytes(text), out var interval));
        Assert.Equal(new Interval(months, days, nanos), interval);
    }

    [Theory]
    [InlineData("", TextStatus.Malformed)]
    [InlineData("1", TextStatus.Malformed)]
    [InlineData("1M", TextStatus.Malformed)]
    [InlineData("1.5 days", TextStatus.Malformed)]
    [InlineData("1 fortnight", TextStatus.Malformed)]
    [InlineData("1:2:3", TextStatus.Malformed)]
    [InlineData("01:00:00 02:00:00", TextStatus.Malformed)]
    [InlineData("- 1s", TextStatus.Malformed)]
    [InlineData("200000000 years", TextStatus.Overflow)]
    [InlineData("99999999999999999999s", TextStatus.Overflow)]
    public void A_bad_interval_is_refused(string text, TextStatus status) =>
        Assert.Equal(status, IntervalText.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData(14, 3, 14_706_123_456_789L, "1 year 2 months 3 days 04:05:06.123456789")]
    [InlineData(0, 0, 0L, "00:00:00")]
    [InlineData(-14, 1, -1_000_000_000L, "-1 year -2 months 1 day -00:00:01")]
    [InlineData(0, 0, long.MinValue, "-2562047:47:16.854775808")]
    public void An_interval_is_written(int months, int days, long nanos, string text)
    {
        Span<byte> buffer = stackalloc byte[IntervalText.LengthMax];
        Assert.Equal(text, Encoding.UTF8.GetString(buffer[..IntervalText.Format(new(months, days, nanos), buffer)]));
    }

    [Fact]
    public void Every_interval_round_trips() =>
        Gen.Select(Gen.Int, Gen.Int, Gen.Long)
            .Sample(
                (months, days, nanos) =>
                {
                    var interval = new Interval(months, days, nanos);
                    Span<byte> buffer = stackalloc byte[IntervalText.LengthMax];
                    var text = buffer[..IntervalText.Format(interval, buffer)];
                    return IntervalText.TryParse(text, out var parsed) == TextStatus.Ok && parsed == interval;
                }
            );
}
