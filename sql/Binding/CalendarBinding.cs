using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>Calendars and grids of bars that a statement names.</summary>
internal static class CalendarBinding
{
    /// <summary>The calendar of a name; an error at <paramref name="span"/> lists those there are.</summary>
    public static TradingCalendar Find(BindingSession session, string name, SourceSpan span) =>
        session.Catalog.FindCalendar(name)
        ?? throw session.Error(
            ErrorCode.UnknownName,
            span,
            $"there is no calendar \"{name}\"{NearestName.Hint(name, session.Catalog.CalendarNames)}; there are "
                + string.Join(", ", session.Catalog.CalendarNames)
        );

    /// <summary>A time zone as a calendar of whole days.</summary>
    public static TradingCalendar Zone(BindingSession session, StringLiteral zone) =>
        session.Pointing(zone.Span, () => ZoneCalendars.Of(zone.Value));

    /// <summary>What (session INTO place, ..) says.</summary>
    public static GridOptions Options(BindingSession session, SampleBy syntax)
    {
        Placement? outside = null;
        var placements = new List<(string, Placement)>();
        foreach (var item in syntax.Calendar?.Placements ?? [])
        {
            var target = PlacementOf(session, item.Target);
            if (item.Session.Name == "outside")
            {
                outside = target is Placement.Next or Placement.Last or Placement.None
                    ? target
                    : throw session.Error(
                        ErrorCode.InvalidArgument,
                        item.Target,
                        "rows outside of sessions go INTO LAST, NEXT or NONE"
                    );
            }
            else
            {
                placements.Add((item.Session.Name, target));
            }
        }

        return new GridOptions
        {
            IsClosedRight = syntax.Closed == BucketSide.End,
            MergesShortLast = syntax.MergesShortLast,
            Placements = placements,
            Outside = outside,
        };
    }

    /// <summary>The grid, and the text that stands for it in plans.</summary>
    public static (CalendarGrid Grid, string Specification) Grid(
        BindingSession session,
        TradingCalendar calendar,
        Interval width,
        GridOptions options,
        SourceSpan span
    )
    {
        var grid = session.Pointing(span, () => new CalendarGrid(calendar, width, options));
        Span<byte> text = stackalloc byte[IntervalText.LengthMax];
        var specification = System.Text.Encoding.UTF8.GetString(text[..IntervalText.Format(width, text)]);
        specification += $" {calendar.Name}";
        foreach (var (session1, placement) in options.Placements)
        {
            specification += $", {session1} into {placement}";
        }

        if (options.Outside is { } outside)
        {
            specification += $", outside into {outside}";
        }

        specification += options.IsClosedRight ? ", closed right" : string.Empty;
        specification += options.MergesShortLast ? ", merge short last" : string.Empty;
        return (grid, specification);
    }

    /// <summary>A word of (session INTO place).</summary>
    public static Placement PlacementOf(BindingSession session, Identifier word) =>
        word.Name switch
        {
            "grid" => Placement.Grid,
            "own" => Placement.Own,
            "next" => Placement.Next,
            "last" => Placement.Last,
            "none" => Placement.None,
            _ => throw session.Error(ErrorCode.InvalidArgument, word, "INTO takes NEXT, LAST, OWN, GRID or NONE"),
        };
}
