namespace TickStore.Execution;

/// <summary>Every date, weekends too: the days of a time zone, as SAMPLE BY .. TIME ZONE has them.</summary>
internal sealed class WholeDays : ITradingDates
{
    private static readonly WholeDays Instance = new();

    /// <inheritdoc/>
    public DayKind KindOf(int date, out int closeSeconds)
    {
        closeSeconds = 0;
        return DayKind.Open;
    }

    /// <summary>A calendar whose one session is the whole local day, 23 or 25 hours where clocks change.</summary>
    public static TradingCalendar Calendar(string zone) =>
        new(zone, zone, [new SessionRule("day", 0, 86_400)], Instance, Placement.None);
}
