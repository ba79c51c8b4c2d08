using System.Collections.Concurrent;

namespace TickStore.Execution;

/// <summary>Calendars of plain days in a time zone; one for each zone, so that its days are computed once.</summary>
public static class ZoneCalendars
{
    private static readonly ConcurrentDictionary<string, TradingCalendar> Known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// A calendar whose one session is the whole local day, weekends too: 23 or 25 hours where clocks change. Throws InvalidArgument for a
    /// zone that is not known.
    /// </summary>
    public static TradingCalendar Of(string zone) => Known.GetOrAdd(zone, WholeDays.Calendar);
}
