using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>
/// Fills the history of one view in, the newest first: computes its definition over a range of buckets as of the view's frontier, while
/// commits and steps go on, and puts the rows in between two commits, a batch at a time. Ranges are as long as what takes a fraction of a
/// second. For one thread.
/// </summary>
/// <param name="database">Whose view it is.</param>
/// <param name="live">A view that began in the middle.</param>
/// <param name="between">
/// Does something between two steps of the view; false where the view is gone or has failed, and nothing was done.
/// </param>
internal sealed class NewestFirstFill(TickDatabase database, LiveView live, Func<LiveView, Action, bool> between)
{
    private const long SpanNanosMin = 1_000_000_000;
    private const long SpanNanosMax = 400L * 24 * 3600 * 1_000_000_000;
    private static readonly TimeSpan ShortRange = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongRange = TimeSpan.FromMilliseconds(400);

    private readonly View view = live.View!;
    private readonly BackwardRange range = live.View!.Backward!;
    private long spanNanos = 600 * SpanNanosMin;
    private long emptySpanNanos;
    private long? oldestNanos;

    /// <summary>The view.</summary>
    public LiveView Live => live;

    /// <summary>Fills one more range in; false where nothing is left to do.</summary>
    public bool Next(CancellationToken cancellationToken)
    {
        var sequence = 0L;
        if (
            view.IsWhole
            || !between(
                live,
                () =>
                {
                    sequence = view.Frontier;
                    view.BeginRange();
                }
            )
        )
        {
            return false;
        }

        // What is committed later with an older time comes by way of the view's steps.
        oldestNanos ??= OldestTime();
        var to = view.UnfilledTo;
        var (from, hasRows) = Choose(to, sequence);
        if (hasRows)
        {
            var started = database.Clock.GetTimestamp();
            if (!Fill(from, to, sequence, cancellationToken))
            {
                return false;
            }

            var taken = database.Clock.GetElapsedTime(started);
            spanNanos =
                taken < ShortRange ? Math.Min(spanNanos * 2, SpanNanosMax)
                : taken > LongRange ? Math.Max(spanNanos / 2, SpanNanosMin)
                : spanNanos;
        }

        return between(live, () => view.EndRange(from == long.MinValue ? from : from - 1));
    }

    private bool Fill(long from, long to, long sequence, CancellationToken cancellationToken)
    {
        using var reader = database.ViewManager.History.Derive(range.Narrow(from, to), sequence);
        while (reader.Next() is { } batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!between(live, () => view.PutIn(batch)))
            {
                return false;
            }
        }

        return true;
    }

    // Nights, weekends and holes are passed in ever longer steps; a range that has rows is never longer than those before it allow.
    private (long From, bool HasRows) Choose(long to, long sequence)
    {
        using var snapshot = database.OpenSnapshot(sequence);
        var table = snapshot.GetTable(range.Table);
        emptySpanNanos = Math.Max(emptySpanNanos, spanNanos);
        while (true)
        {
            var from = to > long.MinValue + emptySpanNanos ? to - emptySpanNanos : long.MinValue;
            var times = range.TimesOf(from, to);
            from = times.From <= oldestNanos ? long.MinValue : from;
            var isEmpty = !MayHaveRows(table, from == long.MinValue ? long.MinValue : times.From, times.To);
            if (isEmpty)
            {
                emptySpanNanos = Math.Min(emptySpanNanos * 2, SpanNanosMax);
                return (from, false);
            }

            if (emptySpanNanos <= spanNanos)
            {
                return (from, true);
            }

            emptySpanNanos = spanNanos;
        }
    }

    private bool MayHaveRows(ITableSource table, long fromNanos, long toNanos)
    {
        var request = new ScanRequest
        {
            Columns = [table.Schema.TimeIndex],
            TimeFrom = fromNanos,
            TimeTo = toNanos,
        };
        using var scan = table.OpenScan(request, database.Pool, CancellationToken.None);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            if (scan.EstimateRows(morsel) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private long OldestTime() =>
        database.Storage.FindTable(range.Table) is { } table
        && database.Storage.GetStatistics(table).MinTimeNanos is { } nanos
            ? nanos
            : long.MaxValue;
}
