using System.Collections.Frozen;

namespace TickStore.Execution;

/// <summary>The calendars that every database has.</summary>
public static class BuiltInCalendars
{
    private const string Shanghai = "Asia/Shanghai";

    // Trades of an auction bear the time at which it ends or a little later, and so do the last ticks before lunch: they belong to the
    // session that they end. A trade of New York after the bell belongs to no session.
    private static readonly FrozenDictionary<string, TradingCalendar> All = new TradingCalendar[]
    {
        new("XSHG", Shanghai, Stocks(), ChineseDates.Instance, Placement.Last),
        new("XSHE", Shanghai, Stocks(), ChineseDates.Instance, Placement.Last),
        new(
            "CFFEX",
            Shanghai,
            [
                new("open_auction", At(9, 25), At(9, 30), IsAuction: true),
                new("morning", At(9, 30), At(11, 30)),
                new("afternoon", At(13, 0), At(15, 0)),
            ],
            ChineseDates.Instance,
            Placement.Last
        ),
        new("XNYS", "America/New_York", [new("regular", At(9, 30), At(16, 0))], new NewYorkDates(), Placement.None),
    }.ToFrozenDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["CFFEX", "XNYS", "XSHE", "XSHG"];

    /// <summary>One of them by name, ignoring case, or null.</summary>
    public static TradingCalendar? Find(string name) => All.GetValueOrDefault(name);

    private static SessionRule[] Stocks() =>
        [
            new("open_auction", At(9, 15), At(9, 25), IsAuction: true),
            new("morning", At(9, 30), At(11, 30)),
            new("afternoon", At(13, 0), At(14, 57)),
            new("close_auction", At(14, 57), At(15, 0), IsAuction: true),
        ];

    private static int At(int hour, int minute) => ((hour * 60) + minute) * 60;
}
