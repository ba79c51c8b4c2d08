namespace TickStore.Execution;

/// <summary>
/// The bars of one trading date: the stretches that bars divide, and the zones that say for every time stamp of the date which bar it
/// is in.
/// </summary>
internal sealed class GridDay
{
    private readonly Stretch[] stretches;
    private readonly Zone[] zones;

    public GridDay(CalendarGrid grid, TradingDay day)
    {
        Day = day;
        stretches = MakeStretches(grid, day);
        zones = MakeZones(grid, day);
    }

    /// <summary>The date.</summary>
    public TradingDay Day { get; }

    /// <summary>Where its first bar begins.</summary>
    public long FirstOpen => stretches.Length > 0 ? stretches[0].Start : Day.FromNanos;

    /// <summary>Where its last bar ends.</summary>
    public long LastClose => stretches.Length > 0 ? stretches[^1].Close : Day.FromNanos;

    /// <summary>The bar of a time stamp of the date.</summary>
    public GridBar Find(long nanos, long widthNanos, bool mergesShortLast)
    {
        var index = 0;
        while (nanos >= zones[index].Until)
        {
            index++;
        }

        var zone = zones[index];
        if (zone.Stretch < 0)
        {
            return new GridBar(false, 0, 0, zone.From, zone.Until, false, false);
        }

        var stretch = stretches[zone.Stretch];
        var length = stretch.End - stretch.Start;
        var width = stretch.IsWhole ? length : Math.Min(widthNanos, length);
        var last = (length - 1) / width;
        if (mergesShortLast && last > 0 && length % width != 0)
        {
            last--;
        }

        var number = zone.Kind switch
        {
            ZoneKind.First => 0,
            ZoneKind.Last => last,
            _ => Math.Min((nanos - stretch.Start) / width, last),
        };
        var open = stretch.Start + (number * width);
        var end = number == last ? stretch.End : open + width;
        var close = number == last ? stretch.Close : end;
        return zone.Kind == ZoneKind.Bars
            ? new GridBar(true, open, close, Math.Max(zone.From, open), Math.Min(zone.Until, end), number == 0, true)
            : new GridBar(true, open, close, zone.From, zone.Until, number == 0, false);
    }

    private static Stretch[] MakeStretches(CalendarGrid grid, TradingDay day)
    {
        var made = new List<Stretch>();
        var joins = false;
        foreach (var span in day.Spans)
        {
            switch (grid.Placements[span.Rule])
            {
                case Placement.Grid when joins && made[^1].End == span.StartNanos:
                    made[^1] = made[^1] with { End = span.EndNanos, Close = span.EndNanos };
                    break;
                case Placement.Grid:
                    made.Add(new Stretch(span.StartNanos, span.EndNanos, span.EndNanos, IsWhole: false));
                    joins = true;
                    break;
                case Placement.Own:
                    made.Add(new Stretch(span.StartNanos, span.EndNanos, span.EndNanos, IsWhole: true));
                    joins = false;
                    break;
                // The last bar is complete only when what goes into it has ended.
                case Placement.Last when made.Count > 0:
                    made[^1] = made[^1] with { Close = span.EndNanos };
                    joins = false;
                    break;
                default:
                    joins = false;
                    break;
            }
        }

        return [.. made];
    }

    private Zone[] MakeZones(CalendarGrid grid, TradingDay day)
    {
        var made = new List<Zone>();
        var at = day.FromNanos;
        void Add(long until, int stretch, ZoneKind kind)
        {
            if (until > at)
            {
                made.Add(new Zone(at, until, stretch, kind));
                at = until;
            }
        }

        Add(day.ReachNanos, -1, ZoneKind.Bars);
        // What rows after a session do that are in none: as the session's own rows, but into its last bar.
        var before = (Stretch: -1, Kind: ZoneKind.Last);
        for (var i = 0; i < day.Spans.Length; i++)
        {
            var span = day.Spans[i];
            var own = PlaceOf(grid.Placements[span.Rule], span);
            var gap = grid.Outside switch
            {
                Placement.Last when i > 0 => before,
                Placement.Last or Placement.Next => (own.Stretch, ZoneKind.First),
                _ => (-1, ZoneKind.Last),
            };
            Add(span.StartNanos, gap.Item1, gap.Item2);
            Add(span.EndNanos, own.Stretch, own.Kind);
            before = (own.Stretch, own.Kind == ZoneKind.Bars ? ZoneKind.Last : own.Kind);
        }

        Add(day.UntilNanos, grid.Outside == Placement.Last ? before.Stretch : -1, before.Kind);
        return [.. made];
    }

    private (int Stretch, ZoneKind Kind) PlaceOf(Placement placement, SessionSpan span)
    {
        switch (placement)
        {
            case Placement.None:
                return (-1, ZoneKind.Bars);
            case Placement.Next:
            {
                var next = Array.FindIndex(stretches, s => s.Start >= span.EndNanos);
                return next >= 0 ? (next, ZoneKind.First) : (stretches.Length - 1, ZoneKind.Last);
            }
            case Placement.Last:
            {
                var last = Array.FindLastIndex(stretches, s => s.End <= span.StartNanos);
                return last >= 0 ? (last, ZoneKind.Last) : (stretches.Length > 0 ? 0 : -1, ZoneKind.First);
            }
            default:
                return (
                    Array.FindIndex(stretches, s => s.Start <= span.StartNanos && s.End >= span.EndNanos),
                    ZoneKind.Bars
                );
        }
    }

    // Close is where the last bar is complete: behind a session that goes into it.
    private readonly record struct Stretch(long Start, long End, long Close, bool IsWhole);

    private enum ZoneKind
    {
        Bars,
        First,
        Last,
    }

    private readonly record struct Zone(long From, long Until, int Stretch, ZoneKind Kind);
}
