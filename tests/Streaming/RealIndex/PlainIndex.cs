using System.Globalization;

namespace TickStore.Tests.Streaming.RealIndex;

/// <summary>A weight or a divisor from a time on; without a ticker it is a divisor.</summary>
internal readonly record struct Change(long Time, string? Ticker, decimal Value);

/// <summary>A price.</summary>
internal readonly record struct Tick(long Time, string Ticker, decimal Price);

/// <summary>
/// An index worked out plainly: at every tick the whole basket is added up again, in decimal numbers, from all that is in effect
/// then. The quotient is rounded by way of its decimal digits.
/// </summary>
internal static class PlainIndex
{
    /// <summary>
    /// A row (time, level, members, priced) for each tick of a member; the level is empty while a member has no price.
    /// </summary>
    /// <param name="ticks">In order.</param>
    /// <param name="changes">By time; of two of one time the later counts.</param>
    public static List<(long Time, string Level, int Members, int Priced)> Of(
        IEnumerable<Tick> ticks,
        IReadOnlyList<Change> changes
    )
    {
        var found = new List<(long, string, int, int)>();
        var weights = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        var prices = new Dictionary<string, decimal>();
        var divisor = 0m;
        var next = 0;
        foreach (var tick in ticks)
        {
            for (; next < changes.Count && changes[next].Time <= tick.Time; next++)
            {
                if (changes[next].Ticker is { } ticker)
                {
                    weights[ticker] = changes[next].Value;
                }
                else
                {
                    divisor = changes[next].Value;
                }
            }

            prices[tick.Ticker] = tick.Price;
            if (weights.GetValueOrDefault(tick.Ticker) == 0)
            {
                continue;
            }

            var members = weights.Where(w => w.Value != 0).ToArray();
            var priced = members.Where(m => prices.ContainsKey(m.Key)).ToArray();
            var level =
                priced.Length < members.Length || divisor == 0
                    ? string.Empty
                    : Rounded(priced.Sum(m => m.Value * prices[m.Key]) / divisor);
            found.Add((tick.Time, level, members.Length, priced.Length));
        }

        return found;
    }

    // The nearest DOUBLE, as text that reads back as the same.
    private static string Rounded(decimal exact) =>
        double.Parse(exact.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            .ToString("R", CultureInfo.InvariantCulture);
}
