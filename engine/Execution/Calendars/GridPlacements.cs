using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Which sessions make bars, and where the rows of the others go.</summary>
internal static class GridPlacements
{
    /// <summary>
    /// The placement of each session. Where none was asked for: continuous sessions make bars; an auction before the first of them
    /// goes into the next bar; one that touches the session before it shares its bars; any other goes into the last bar.
    /// </summary>
    public static Placement[] Resolve(TradingCalendar calendar, GridOptions options)
    {
        var order = Enumerable
            .Range(0, calendar.Sessions.Count)
            .OrderBy(i => calendar.Sessions[i].IsNight ? 0 : 1)
            .ThenBy(i => calendar.Sessions[i].FromSeconds)
            .ToArray();
        var placements = new Placement[order.Length];
        var hasContinuous = calendar.Sessions.Any(s => !s.IsAuction);
        var seenContinuous = false;
        var gridEnd = -1;
        foreach (var i in order)
        {
            var rule = calendar.Sessions[i];
            placements[i] =
                Asked(calendar, options, rule)
                ?? (
                    !rule.IsAuction || !hasContinuous ? Placement.Grid
                    : !seenContinuous ? Placement.Next
                    : rule.FromSeconds == gridEnd ? Placement.Grid
                    : Placement.Last
                );
            seenContinuous |= !rule.IsAuction;
            gridEnd = placements[i] == Placement.Grid ? rule.UntilSeconds : -1;
        }

        foreach (var (session, _) in options.Placements)
        {
            if (!calendar.Sessions.Any(s => IsNamed(s, session)))
            {
                Throw.Error(
                    ErrorCode.UnknownName,
                    $"Calendar {calendar.Name} has no session {session}; it has "
                        + string.Join(", ", calendar.Sessions.Select(s => s.Name))
                );
            }
        }

        CheckOrder(calendar, order, placements);
        return placements;
    }

    private static Placement? Asked(TradingCalendar calendar, GridOptions options, SessionRule rule)
    {
        foreach (var (session, placement) in options.Placements)
        {
            if (IsNamed(rule, session))
            {
                return placement;
            }
        }

        return null;
    }

    private static bool IsNamed(SessionRule rule, string name) =>
        string.Equals(rule.Name, name, StringComparison.OrdinalIgnoreCase);

    // Bars follow each other as their rows do: what lies between two bars goes into the earlier one first, then into the later.
    private static void CheckOrder(TradingCalendar calendar, int[] order, Placement[] placements)
    {
        string? goesOn = null;
        var hasBars = false;
        foreach (var i in order)
        {
            var name = calendar.Sessions[i].Name;
            switch (placements[i])
            {
                case Placement.Next:
                    goesOn = name;
                    break;
                case Placement.Last when goesOn is not null && hasBars:
                    Throw.Error(
                        ErrorCode.InvalidArgument,
                        $"Session {name} cannot go INTO LAST: {goesOn}, which is before it, goes INTO NEXT"
                    );
                    break;
                case Placement.Grid or Placement.Own:
                    (goesOn, hasBars) = (null, true);
                    break;
                default:
                    break;
            }
        }

        if (!hasBars)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"No session of calendar {calendar.Name} makes bars");
        }
    }
}
