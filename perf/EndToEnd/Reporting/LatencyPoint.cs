using System.Globalization;
using System.Text.RegularExpressions;

namespace TickStore.EndToEnd.Reporting;

/// <summary>What a latency figure's name says: <c>latency.CASE.p99.9</c>, <c>latency.CASE.max</c>, <c>latency.CASE.stolen</c>.</summary>
/// <param name="Case">The case: "wal_to_callback.quiet".</param>
/// <param name="Part">"p99.9", "max" or another figure of the case.</param>
/// <param name="Percentile">The percentile, or null where the figure is something else.</param>
internal sealed partial record LatencyPoint(string Case, string Part, double? Percentile)
{
    /// <summary>Reads a metric's name; null where it is no latency.</summary>
    public static LatencyPoint? Parse(string metric)
    {
        var match = Pattern().Match(metric);
        if (!match.Success)
        {
            return null;
        }

        double? percentile = double.TryParse(
            match.Groups["percentile"].Value,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;
        return new(match.Groups["case"].Value, match.Groups["part"].Value, percentile);
    }

    [GeneratedRegex(@"^latency\.(?<case>.+?)\.(?<part>p(?<percentile>\d{1,2}(\.\d+)?)|[^.]+)$")]
    private static partial Regex Pattern();
}
