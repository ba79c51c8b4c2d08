using System.Globalization;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Engines;

/// <summary>What the queries ask about, drawn from the profile of the rows so that it fits any size.</summary>
/// <param name="Symbol">The busiest symbol.</param>
/// <param name="DayStartNanos">Midnight before "the day", a day in the middle, in nanoseconds since 1970 (UTC).</param>
/// <param name="DayEndNanos">Midnight after it; not included.</param>
/// <param name="AtNanos">T: three fifths into the day's session.</param>
internal sealed record QueryParameters(string Symbol, long DayStartNanos, long DayEndNanos, long AtNanos)
{
    private const long NanosPerDay = 86_400_000_000_000;

    public static QueryParameters Of(MarketProfile profile)
    {
        var sessionStart = profile.SessionStartNanos + (profile.DayCount / 2 * NanosPerDay);
        var dayStart = sessionStart / NanosPerDay * NanosPerDay;
        var at = sessionStart + (profile.SessionNanos / 5 * 3);
        return new(MarketProfile.SymbolName(0), dayStart, dayStart + NanosPerDay, at / 1_000_000_000 * 1_000_000_000);
    }

    /// <summary>
    /// Puts the parameters into a query's text: {symbol}, {day_start}, {day_end}, {at}, {at_plus_1s} as 'yyyy-MM-dd HH:mm:ss'
    /// without quotes, and {day_start_nanos} and so on as integers.
    /// </summary>
    public string Fill(string sql)
    {
        var filled = sql.Replace("{symbol}", Symbol, StringComparison.Ordinal);
        filled = Time(filled, "day_start", DayStartNanos);
        filled = Time(filled, "day_end", DayEndNanos);
        filled = Time(filled, "at", AtNanos);
        return Time(filled, "at_plus_1s", AtNanos + 1_000_000_000);
    }

    private static string Time(string sql, string name, long nanos) =>
        sql.Replace($"{{{name}_nanos}}", nanos.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace(
                $"{{{name}}}",
                DateTime.UnixEpoch.AddTicks(nanos / 100).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                StringComparison.Ordinal
            );
}
