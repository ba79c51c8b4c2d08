using System.Globalization;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A calendar that was made by a statement, as text that is kept: a line a fact. The dates are written out, so that a
/// calendar stays what it was when the table that it was made from changes.
/// </summary>
public static class CalendarText
{
    /// <summary>The calendar as text, without its name.</summary>
    /// <param name="calendar">Its dates must be <see cref="ListedDates"/>.</param>
    public static string Write(TradingCalendar calendar)
    {
        var lines = new List<string> { $"zone {calendar.Zone}", $"outside {Name(calendar.Outside)}" };
        foreach (var session in calendar.Sessions)
        {
            lines.Add(
                $"session {TimeOf(session.FromSeconds)} {TimeOf(session.UntilSeconds)} {(session.IsAuction ? "auction" : "continuous")} "
                    + $"{(session.IsNight ? "night" : "day")} {session.Name}"
            );
        }

        foreach (var (date, what) in ((ListedDates)calendar.Dates).Exceptions)
        {
            var kind =
                what == ListedDates.Closed ? "closed"
                : what == ListedDates.Open ? "open"
                : TimeOf(what);
            lines.Add($"date {DateOf(date)} {kind}");
        }

        return string.Join('\n', lines);
    }

    /// <summary>The calendar of a text that <see cref="Write"/> wrote. Throws Corruption where it is none.</summary>
    public static TradingCalendar Read(string name, string text)
    {
        var sessions = new List<SessionRule>();
        var dates = new Dictionary<int, int>();
        var (zone, outside) = (string.Empty, Placement.None);
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', 6);
            switch (words)
            {
                case ["zone", var value]:
                    zone = value;
                    break;
                case ["outside", var value]:
                    outside = PlacementOf(value);
                    break;
                case ["session", var from, var until, var kind, var when, var called]:
                    sessions.Add(new(called, Seconds(from), Seconds(until), kind == "auction", when == "night"));
                    break;
                case ["date", var date, var what]:
                    dates.Add(
                        DateOf(date),
                        what switch
                        {
                            "closed" => ListedDates.Closed,
                            "open" => ListedDates.Open,
                            _ => Seconds(what),
                        }
                    );
                    break;
                default:
                    Throw.Error(
                        ErrorCode.Corruption,
                        $"Calendar {name} is kept with a line that means nothing: {line}"
                    );
                    break;
            }
        }

        return new TradingCalendar(name, zone, sessions, new ListedDates(dates), outside);
    }

    /// <summary>Seconds of a time of day, hh:mm or hh:mm:ss, 00:00 to 24:00; false where the text is none.</summary>
    public static bool TryReadTime(string text, out int seconds)
    {
        seconds = 0;
        var parts = text.Split(':');
        if (parts.Length is not (2 or 3))
        {
            return false;
        }

        foreach (var part in parts)
        {
            if (
                part.Length != 2
                || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            )
            {
                return false;
            }

            if (number > (part == parts[0] && seconds == 0 ? 24 : 59))
            {
                return false;
            }

            seconds = (seconds * 60) + number;
        }

        seconds *= parts.Length == 2 ? 60 : 1;
        return seconds <= 86_400;
    }

    private static int Seconds(string text) =>
        TryReadTime(text, out var seconds)
            ? seconds
            : Throw.Error<int>(ErrorCode.Corruption, $"A calendar is kept with the time of day {text}");

    private static string TimeOf(int seconds) => $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}";

    private static string DateOf(int date)
    {
        var day = CivilDate.FromDays(date);
        return $"{day.Year:0000}-{day.Month:00}-{day.Day:00}";
    }

    private static int DateOf(string text)
    {
        var date = DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    }

    private static string Name(Placement placement) =>
        placement switch
        {
            Placement.Last => "last",
            Placement.Next => "next",
            _ => "none",
        };

    private static Placement PlacementOf(string name) =>
        name switch
        {
            "last" => Placement.Last,
            "next" => Placement.Next,
            _ => Placement.None,
        };
}
