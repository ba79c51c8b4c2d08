using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The bars of a calendar: of a fixed width from the start of each session, or of whole trading dates, weeks or months. Immutable and
/// thread-safe.
/// </summary>
/// <remarks>
/// Sessions that touch share one stretch of bars, so that 14:57, where a closing auction begins, is no edge; every other session begins a
/// stretch. The last bar of a stretch ends with it, and is short where the width does not divide it. A row in no session goes where
/// <see cref="GridOptions.Outside"/> says; on a day off it is in no bar.
/// </remarks>
public sealed class CalendarGrid
{
    private readonly ConcurrentDictionary<int, GridDay> days = [];
    private readonly long widthNanos;
    private readonly DatePeriod? period;

    /// <summary>Makes a grid. Throws InvalidArgument for a width that bars of sessions cannot have, and for unknown sessions.</summary>
    public CalendarGrid(TradingCalendar calendar, Interval width, GridOptions options)
    {
        Calendar = calendar;
        Options = options;
        Placements = GridPlacements.Resolve(calendar, options);
        period = DatePeriod.Of(width);
        if (
            period is null
            && (!width.TryGetNanos(out widthNanos) || widthNanos <= 0 || widthNanos > Interval.NanosPerDay)
        )
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                "A bar of a calendar is at most a day wide, or of one day, whole weeks, months or years; for several days fold bars of 1d"
            );
        }
    }

    /// <summary>Whose sessions they are.</summary>
    public TradingCalendar Calendar { get; }

    /// <summary>What was asked for.</summary>
    public GridOptions Options { get; }

    /// <summary>Where rows of each session go, by its index; Grid, Own, Next, Last or None.</summary>
    internal Placement[] Placements { get; }

    /// <summary>Where rows outside of sessions go.</summary>
    internal Placement Outside => Options.Outside ?? Calendar.Outside;

    /// <summary>True where bars are of a fixed width within sessions.</summary>
    internal bool IsWithinDay => period is null;

    /// <summary>
    /// The bar of a time stamp. A caller who asks row by row keeps the answer and asks <see cref="GridBar.Holds"/> first; then a row costs
    /// two comparisons. Allocates only for a trading date not seen before.
    /// </summary>
    public GridBar Find(long nanos)
    {
        if (!Options.IsClosedRight)
        {
            return At(nanos);
        }

        // (open, close] is [open, close) of the nanosecond before; but a row on the very start of a session belongs to its first bar,
        // unless it ends another session.
        var bar = At(nanos == long.MinValue ? nanos : nanos - 1);
        if (!bar.IsInSession)
        {
            var next = At(nanos);
            if (IsStart(next, nanos))
            {
                return next with { FromNanos = nanos, UntilNanos = nanos + 1 };
            }
        }

        return bar with
        {
            FromNanos = bar.FromNanos + 1,
            UntilNanos =
                bar.IsInSession || !IsStart(At(bar.UntilNanos), bar.UntilNanos) ? bar.UntilNanos + 1 : bar.UntilNanos,
        };
    }

    private static bool IsStart(in GridBar bar, long nanos) => bar.IsBar && bar.IsFirst && bar.OpenNanos == nanos;

    /// <summary>The end of the bar that begins at a time, as <see cref="Find"/> gives it; the time itself where no bar does.</summary>
    public long CloseOf(long openNanos)
    {
        var bar = At(openNanos);
        return bar.IsBar ? bar.CloseNanos : openNanos;
    }

    /// <summary>The bar that follows one, and whether it is the first of its stretch of sessions.</summary>
    internal GridBar After(in GridBar bar)
    {
        var next = At(bar.CloseNanos);
        while (!next.IsBar || next.OpenNanos <= bar.OpenNanos)
        {
            next = At(next.UntilNanos);
        }

        return next;
    }

    private GridBar At(long nanos)
    {
        var day = Calendar.Find(nanos);
        if (!days.TryGetValue(day.Date, out var grid))
        {
            grid = days.GetOrAdd(day.Date, new GridDay(this, day));
        }

        return period is null ? grid.Find(nanos, widthNanos, Options.MergesShortLast) : OfPeriod(grid, nanos);
    }

    private GridBar OfPeriod(GridDay day, long nanos)
    {
        var zone = day.Find(nanos, long.MaxValue, mergesShortLast: false);
        if (!zone.IsBar)
        {
            return zone;
        }

        // All of a period's sessions are one stretch, so that only its very first nanosecond begins it.
        var (first, last) = period!.DatesAround(day.Day.Date);
        var begin = Calendar.OnOrAfter(first);
        var end = Calendar.OnOrBefore(last);
        return zone with { OpenNanos = Grid(begin).FirstOpen, CloseNanos = Grid(end).LastClose, IsFirst = true };
    }

    private GridDay Grid(TradingDay day) =>
        days.GetOrAdd(day.Date, static (_, a) => new GridDay(a.Item1, a.day), (this, day));
}

/// <summary>What SAMPLE BY says of a grid besides its width.</summary>
public sealed record GridOptions
{
    /// <summary>True for bars that hold their end and not their start.</summary>
    public bool IsClosedRight { get; init; }

    /// <summary>True to make one bar of a short last bar of a stretch and the one before it.</summary>
    public bool MergesShortLast { get; init; }

    /// <summary>Where rows of sessions go, by their names; what is not named goes where its kind goes.</summary>
    public IReadOnlyList<(string Session, Placement Placement)> Placements { get; init; } = [];

    /// <summary>Where rows outside of sessions go: Last, Next or None; null for what the calendar says.</summary>
    public Placement? Outside { get; init; }
}

/// <summary>A bar, and the time stamps that are known to be in it.</summary>
/// <param name="IsBar">False where the rows are in no bar; then only From and Until count.</param>
/// <param name="OpenNanos">Where it begins.</param>
/// <param name="CloseNanos">Where it ends.</param>
/// <param name="FromNanos">First of a run of time stamps that are in the bar.</param>
/// <param name="UntilNanos">Behind the run.</param>
/// <param name="IsFirst">True for the first bar of a stretch.</param>
/// <param name="IsInSession">True where the run lies in a session that makes bars, and was not put here from elsewhere.</param>
public readonly record struct GridBar(
    bool IsBar,
    long OpenNanos,
    long CloseNanos,
    long FromNanos,
    long UntilNanos,
    bool IsFirst,
    bool IsInSession
)
{
    /// <summary>True where a time stamp is in the run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Holds(long nanos) => nanos >= FromNanos && nanos < UntilNanos;
}
