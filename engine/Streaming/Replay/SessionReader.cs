using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// Passes on the rows that lie in sessions of a calendar. Where the calendar counts rows behind a session as the session's own, those of
/// the first minute are passed on too: the prints of a closing auction bear the time of the bell or a little later.
/// </summary>
internal sealed class SessionReader(IBatchReader inner, int timeColumn, TradingCalendar calendar, BlockPool pool)
    : IBatchReader
{
    private const long TailNanos = 60_000_000_000;

    private readonly int[] chosen = new int[Batch.VectorRows];
    private readonly long tailNanos = calendar.Outside == Placement.Last ? TailNanos : 0;
    private TradingDay? day;
    private Batch? kept;

    /// <inheritdoc/>
    public Batch? Next()
    {
        while (inner.Next() is { } batch)
        {
            var count = 0;
            var times = batch[timeColumn].Values<long>();
            for (var row = 0; row < batch.RowCount; row++)
            {
                chosen[count] = row;
                count += IsOpen(times[row]) ? 1 : 0;
            }

            if (count == batch.RowCount)
            {
                return batch;
            }

            if (count > 0)
            {
                kept ??= Batch.Allocate(batch.Schema, Batch.VectorRows, pool);
                kept.Clear();
                kept.AppendGather(batch, chosen.AsSpan(0, count));
                return kept;
            }
        }

        return null;
    }

    /// <summary>True where all of a stretch of time is outside of sessions, but for its ends.</summary>
    public static bool IsClosedBetween(TradingCalendar calendar, long earlier, long later)
    {
        var day = calendar.Find(earlier);
        foreach (var span in day.Spans)
        {
            if (earlier < span.EndNanos && later >= span.EndNanos)
            {
                return calendar.Find(later).Date != day.Date || day.Find(later) != day.Find(earlier);
            }
        }

        return !day.Holds(later) || (day.Find(earlier) < 0 && day.Find(later) >= 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        inner.Dispose();
        kept?.Dispose();
    }

    private bool IsOpen(long nanos)
    {
        if (day is null || !day.Holds(nanos))
        {
            day = calendar.Find(nanos);
        }

        foreach (var span in day.Spans)
        {
            if (nanos >= span.StartNanos && nanos < span.EndNanos + tailNanos)
            {
                return true;
            }
        }

        return false;
    }
}
