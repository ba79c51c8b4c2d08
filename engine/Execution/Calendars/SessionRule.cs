namespace TickStore.Execution;

/// <summary>
/// A session as it recurs on every trading date: from one time of day to another, in the calendar's zone.
/// </summary>
/// <param name="Name">In lower case; unique within the calendar.</param>
/// <param name="FromSeconds">Start, in seconds after local midnight; included.</param>
/// <param name="UntilSeconds">End, in seconds after local midnight, at most 24 hours; not included.</param>
/// <param name="IsAuction">True where prices are found by an auction and not continuously.</param>
/// <param name="IsNight">
/// True for one that is held on the evening of the trading date before and belongs to the next: one whose end is before its start runs
/// past midnight. It is left out where a weekday without trade lies between the two dates, as Chinese exchanges do.
/// </param>
public sealed record SessionRule(
    string Name,
    int FromSeconds,
    int UntilSeconds,
    bool IsAuction = false,
    bool IsNight = false
);

/// <summary>One session of one trading date.</summary>
/// <param name="Rule">Index of the session in <see cref="TradingCalendar.Sessions"/>.</param>
/// <param name="StartNanos">First nanosecond.</param>
/// <param name="EndNanos">The nanosecond behind the last one.</param>
public readonly record struct SessionSpan(int Rule, long StartNanos, long EndNanos);

/// <summary>
/// A trading date with its sessions. The stretches from <see cref="FromNanos"/> to <see cref="UntilNanos"/> of all dates follow each other
/// without gap: each time stamp has one trading date.
/// </summary>
public sealed class TradingDay
{
    /// <summary>The date, in days since 1970.</summary>
    public required int Date { get; init; }

    /// <summary>
    /// Where the date begins: behind the midnight that ends the trading date before, or an hour before its night session if that is
    /// earlier. Weekends and holidays belong to the date that follows.
    /// </summary>
    public required long FromNanos { get; init; }

    /// <summary>Where the next trading date begins.</summary>
    public required long UntilNanos { get; init; }

    /// <summary>
    /// Where rows outside of sessions begin to count as this date's: its local midnight, or <see cref="FromNanos"/> with a night session.
    /// What comes before is a day off.
    /// </summary>
    public required long ReachNanos { get; init; }

    /// <summary>The sessions that are held, in order of time; they do not overlap.</summary>
    public required SessionSpan[] Spans { get; init; }

    /// <summary>True where a time stamp has this date.</summary>
    public bool Holds(long nanos) => nanos >= FromNanos && nanos < UntilNanos;

    /// <summary>Index in <see cref="Spans"/> of the session that holds a time stamp, or -1.</summary>
    public int Find(long nanos)
    {
        for (var i = 0; i < Spans.Length; i++)
        {
            if (nanos >= Spans[i].StartNanos && nanos < Spans[i].EndNanos)
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>Whether there is trade on a date.</summary>
public enum DayKind
{
    /// <summary>No session.</summary>
    Closed,

    /// <summary>All sessions.</summary>
    Open,

    /// <summary>Sessions up to an earlier end.</summary>
    Half,
}

/// <summary>Which dates have trade.</summary>
public interface ITradingDates
{
    /// <summary>What kind of day a date is.</summary>
    /// <param name="date">Days since 1970.</param>
    /// <param name="closeSeconds">Of half days: seconds after local midnight at which all sessions end.</param>
    DayKind KindOf(int date, out int closeSeconds);
}

/// <summary>Where rows go that would not make a bar of their own: those of a session, or those outside of all.</summary>
public enum Placement
{
    /// <summary>Into bars of the session itself; sessions that touch share a grid of bars.</summary>
    Grid,

    /// <summary>Into one bar for the whole session.</summary>
    Own,

    /// <summary>Into the first bar that follows on the trading date.</summary>
    Next,

    /// <summary>Into the last bar before, on the trading date; of rows before its first bar, into that.</summary>
    Last,

    /// <summary>Into no bar.</summary>
    None,
}
