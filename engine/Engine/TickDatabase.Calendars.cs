using TickStore.Core;
using TickStore.Engine.Catalog;
using TickStore.Execution;

namespace TickStore;

/// <summary>Trading calendars.</summary>
public sealed partial class TickDatabase
{
    private CalendarRows? calendarRows;

    /// <summary>The calendars that statements made, by name; those of the system are <see cref="BuiltInCalendars"/>.</summary>
    public IReadOnlyList<TradingCalendar> Calendars => CalendarRows.All;

    private CalendarRows CalendarRows
    {
        get
        {
            // Two threads may make one each at first; both read the same rows, and one of them stays.
            if (calendarRows is null)
            {
                Interlocked.CompareExchange(ref calendarRows, new CalendarRows(this), null);
            }

            return calendarRows;
        }
    }

    /// <summary>A calendar by name, ignoring case: one of the system, or one that a statement made; null where there is none.</summary>
    public TradingCalendar? FindCalendar(string name) => CalendarRows.Find(name);

    /// <summary>A calendar by name; throws UnknownName, naming those there are.</summary>
    public TradingCalendar GetCalendar(string name) =>
        FindCalendar(name)
        ?? Throw.Error<TradingCalendar>(
            ErrorCode.UnknownName,
            $"There is no calendar {name}; there are {string.Join(", ", BuiltInCalendars.Names.Concat(Calendars.Select(c => c.Name)))}"
        );

    /// <summary>Keeps a calendar, durably; its dates are listed ones. Throws AlreadyExists.</summary>
    public void CreateCalendar(TradingCalendar calendar) => CalendarRows.Add(calendar);

    /// <summary>
    /// Drops a calendar, durably. Throws UnknownName, and InvalidArgument for one of the system or one that a view's statement names.
    /// </summary>
    public void DropCalendar(string name)
    {
        foreach (var view in Views)
        {
            if (Names(FindView(view.Name)?.Statement ?? string.Empty, name))
            {
                Throw.Error(ErrorCode.InvalidArgument, $"Calendar {name} is in use: view {view.Name} names it");
            }
        }

        CalendarRows.Remove(name);
    }

    // As a word: between characters that no name has.
    private static bool Names(string statement, string name)
    {
        for (var at = 0; (at = statement.IndexOf(name, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + name.Length;
            if ((at == 0 || !IsNamePart(statement[at - 1])) && (end == statement.Length || !IsNamePart(statement[end])))
            {
                return true;
            }
        }

        return false;

        static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c == '_';
    }
}
