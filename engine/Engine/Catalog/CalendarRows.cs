using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Engine.Catalog;

/// <summary>
/// The calendars that statements made, as rows of a hidden table: so they are in the log, at their place in the order of everything, and
/// durable like all else. The last row of a name counts.
/// </summary>
internal sealed class CalendarRows(TickDatabase database)
{
    /// <summary>Name within the schema.</summary>
    public const string CatalogName = "calendars";

    private static readonly NamedRows Rows = new(CatalogName);

    private readonly Lock gate = new();
    private SortedDictionary<string, TradingCalendar>? known;

    /// <summary>Those there are, by name.</summary>
    public IReadOnlyList<TradingCalendar> All
    {
        get
        {
            lock (gate)
            {
                return [.. Known().Values];
            }
        }
    }

    /// <summary>One of them, or one of the system's; null where there is none of that name (case is ignored).</summary>
    public TradingCalendar? Find(string name)
    {
        if (BuiltInCalendars.Find(name) is { } builtIn)
        {
            return builtIn;
        }

        lock (gate)
        {
            return Known().GetValueOrDefault(name);
        }
    }

    /// <summary>Adds one, durably. Throws AlreadyExists.</summary>
    public void Add(TradingCalendar calendar)
    {
        lock (gate)
        {
            if (BuiltInCalendars.Find(calendar.Name) is not null || Known().ContainsKey(calendar.Name))
            {
                Throw.Error(ErrorCode.AlreadyExists, $"Calendar {calendar.Name} exists already");
            }

            Rows.Put(database, calendar.Name, CalendarText.Write(calendar));
            Known().Add(calendar.Name, calendar);
        }
    }

    /// <summary>Takes one out, durably. Throws UnknownName, and InvalidArgument for one of the system's.</summary>
    public void Remove(string name)
    {
        lock (gate)
        {
            if (BuiltInCalendars.Find(name) is not null)
            {
                Throw.Error(ErrorCode.InvalidArgument, $"Calendar {name} belongs to the system");
            }

            if (!Known().ContainsKey(name))
            {
                Throw.Error(ErrorCode.UnknownName, $"There is no calendar {name}");
            }

            Rows.Remove(database, name);
            Known().Remove(name);
        }
    }

    private SortedDictionary<string, TradingCalendar> Known() => known ??= Read();

    private SortedDictionary<string, TradingCalendar> Read()
    {
        var found = new SortedDictionary<string, TradingCalendar>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, definition) in Rows.Read(database))
        {
            found.Add(name, CalendarText.Read(name, definition));
        }

        return found;
    }
}
