using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// What a file of a LEAN data folder holds, as its path says:
/// <c>security/market/resolution/symbol/YYYYMMDD_kind.zip</c>, or for hours and days
/// <c>security/market/daily/symbol.zip</c>.
/// </summary>
internal sealed partial record LeanPath(
    string Security,
    string Market,
    string Resolution,
    string Symbol,
    string Kind,
    int Days
)
{
    /// <summary>Reads a path; throws naming what is expected.</summary>
    public static LeanPath Parse(string path) =>
        TryParse(path)
        ?? Throw.Error<LeanPath>(
            ErrorCode.InvalidArgument,
            $"{path} does not lie as in a LEAN data folder: .../equity/usa/tick/spy/20131007_trade.zip, .../equity/usa/daily/spy.zip"
        );

    /// <summary>Reads a path, or gives null.</summary>
    public static LeanPath? TryParse(string path)
    {
        var match = Pattern().Match(path.Replace('\\', '/').ToLowerInvariant());
        if (!match.Success)
        {
            return null;
        }

        string Of(string group) => match.Groups[group].Value;
        var days = 0;
        var isDaily = match.Groups["long"].Success;
        if (!isDaily && DateText.TryParse(Encoding.UTF8.GetBytes(Of("date")), out days) != TextStatus.Ok)
        {
            return null;
        }

        var kind = isDaily ? Of("longkind") : Of("kind");
        return new LeanPath(
            Of("security"),
            Of("market"),
            isDaily ? Of("long") : Of("short"),
            (isDaily ? Of("longsymbol") : Of("symbol")).ToUpperInvariant(),
            kind.Length == 0 ? "trade" : kind,
            days
        );
    }

    /// <summary>True where prices are integers, 10,000 times the price.</summary>
    public bool HasScaledPrices => Security is "equity" or "option";

    /// <summary>
    /// True for a count of milliseconds since midnight; hours and days carry their date in each line.
    /// </summary>
    public bool IsIntraday => Resolution is "tick" or "second" or "minute";

    /// <summary>
    /// The clock of the file's times: UTC but for US securities (New York) and FXCM (UTC-05 all year).
    /// </summary>
    public LocalClock Clock =>
        Security is "equity" or "option" ? LocalClock.NewYork
        : Market == "fxcm" ? new LocalClock(-5 * 60)
        : LocalClock.Utc;

    /// <summary>Day of an option's expiry and the like, from eight digits that were matched.</summary>
    public static string ToIsoDate(string digits) =>
        string.Create(CultureInfo.InvariantCulture, $"{digits[..4]}-{digits[4..6]}-{digits[6..8]}");

    [GeneratedRegex(
        @"(^|/)(?<security>equity|forex|cfd|future|option|crypto)/(?<market>[^/]+)/("
            + @"(?<short>tick|second|minute)/(?<symbol>[^/]+)/(?<date>\d{8})_(?<kind>trade|quote|openinterest)(_american|_european)?"
            + @"|(?<long>hour|daily)/(?<longsymbol>[^/_]+)(_(?<longkind>trade|quote|openinterest))?(_american|_european)?)\.zip$"
    )]
    private static partial Regex Pattern();
}
