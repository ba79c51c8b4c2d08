namespace TickStore.Execution;

/// <summary>Weekdays, but for the dates that are listed.</summary>
public sealed class ListedDates : ITradingDates
{
    private readonly Dictionary<int, int> exceptions;

    /// <summary>Makes the list.</summary>
    /// <param name="exceptions">
    /// By date in days since 1970: <see cref="Closed"/>, <see cref="Open"/>, or the seconds after local midnight at which a half day ends.
    /// </param>
    public ListedDates(IReadOnlyDictionary<int, int> exceptions) => this.exceptions = new(exceptions);

    /// <summary>No trade on the date.</summary>
    public const int Closed = -1;

    /// <summary>Trade as on any other day, though it be a weekend.</summary>
    public const int Open = int.MaxValue;

    /// <summary>The listed dates, ascending, and what they are.</summary>
    public IEnumerable<KeyValuePair<int, int>> Exceptions => exceptions.OrderBy(static e => e.Key);

    /// <inheritdoc/>
    public DayKind KindOf(int date, out int closeSeconds)
    {
        closeSeconds = 0;
        if (!exceptions.TryGetValue(date, out var what))
        {
            return IsWeekend(date) ? DayKind.Closed : DayKind.Open;
        }

        if (what is Closed or Open)
        {
            return what == Open ? DayKind.Open : DayKind.Closed;
        }

        closeSeconds = what;
        return DayKind.Half;
    }

    /// <summary>True for Saturday and Sunday.</summary>
    public static bool IsWeekend(int date) => Weekday(date) >= 5;

    /// <summary>0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday.</summary>
    internal static int Weekday(int date) => (int)(((date % 7L) + 10) % 7);
}
