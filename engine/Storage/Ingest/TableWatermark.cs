using TickStore.Core;

namespace TickStore.Storage.Ingest;

/// <summary>
/// How far event time has come in one table, and so which rows are late. Each source that has written to the table and
/// is open holds the watermark back at its newest event time minus the lateness; the table's is the least of those, and
/// never goes back. A row is late if its event time is below the watermark as the row before it left it: a matter of
/// row order alone, not of how rows are grouped into commits.
/// </summary>
/// <remarks>
/// Source 0 stands for commits that name none: it moves the watermark only while no other source is open in the table.
/// </remarks>
internal sealed class TableWatermark(long latenessNanos)
{
    /// <summary>A live source's row further than this beyond its newest row and the clock is quarantined.</summary>
    public const long FutureNanosMax = 24L * 3600 * 1_000_000_000;

    private readonly List<OpenSource> sources = [];

    /// <summary>Rows below it are late; <see cref="long.MinValue"/> at first.</summary>
    public long Watermark { get; private set; } = long.MinValue;

    /// <summary>The newest event time of each source that is open here.</summary>
    public IReadOnlyList<OpenSource> Sources => sources;

    /// <summary>Finds out which rows are late, without changing anything yet.</summary>
    /// <param name="sourceId">Who writes; 0 for nobody in particular.</param>
    /// <param name="isLive">Rows far in the future are quarantined.</param>
    /// <param name="ingestNanos">The commit's time stamp.</param>
    /// <param name="times">Event times in row order.</param>
    /// <param name="late">Gets a byte a row.</param>
    public WatermarkStep Step(int sourceId, bool isLive, long ingestNanos, ReadOnlySpan<long> times, Span<byte> late)
    {
        var (own, others) = Bounds(sourceId);
        var watermark = Watermark;
        var lateRows = 0L;
        var quarantinedRows = 0L;
        var futureFrom = isLive ? AddSaturating(Math.Max(own, ingestNanos), FutureNanosMax) : long.MaxValue;
        for (var i = 0; i < times.Length; i++)
        {
            var time = times[i];
            var isLate = time < watermark;
            late[i] = isLate ? (byte)1 : (byte)0;
            lateRows += late[i];
            if (time <= own)
            {
                continue;
            }

            if (time > futureFrom)
            {
                quarantinedRows++;
                continue;
            }

            own = time;
            watermark = Math.Max(watermark, SubtractSaturating(Math.Min(own, others), latenessNanos));
            if (isLive)
            {
                futureFrom = AddSaturating(Math.Max(own, ingestNanos), FutureNanosMax);
            }
        }

        return new WatermarkStep(own, watermark, lateRows, quarantinedRows);
    }

    /// <summary>Takes over what a step found, or what the log says that it found.</summary>
    public void Apply(int sourceId, long newestNanos, long watermark)
    {
        Watermark = watermark;
        if (newestNanos == long.MinValue)
        {
            return;
        }

        var index = IndexOf(sourceId);
        if (index < 0)
        {
            sources.Add(new OpenSource(sourceId, newestNanos));
        }
        else
        {
            sources[index] = new OpenSource(sourceId, newestNanos);
        }
    }

    /// <summary>A source says that nothing older than <paramref name="eventNanos"/> will come from it.</summary>
    public void Mark(int sourceId, long eventNanos)
    {
        var index = IndexOf(sourceId);
        if (index >= 0 && sources[index].NewestNanos < eventNanos)
        {
            sources[index] = new OpenSource(sourceId, eventNanos);
            Advance();
        }
    }

    /// <summary>A source no longer holds the watermark back: closed, or idle until its next row.</summary>
    public void Remove(int sourceId)
    {
        if (sources.RemoveAll(s => s.SourceId == sourceId) > 0)
        {
            Advance();
        }
    }

    /// <summary>All sources end, as when the process that fed them did.</summary>
    public void RemoveAll() => sources.Clear();

    // A loop and no lambda: it is called for every commit, and a captured id would be an allocation each time.
    private int IndexOf(int sourceId)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i].SourceId == sourceId)
            {
                return i;
            }
        }

        return -1;
    }

    private void Advance()
    {
        var least = long.MaxValue;
        foreach (var source in sources)
        {
            least = source.SourceId == 0 ? least : Math.Min(least, source.NewestNanos);
        }

        if (least != long.MaxValue)
        {
            Watermark = Math.Max(Watermark, SubtractSaturating(least, latenessNanos));
        }
    }

    /// <summary>Newest event time of a source, and the least of those that hold the watermark back beside it.</summary>
    private (long Own, long Others) Bounds(int sourceId)
    {
        var own = long.MinValue;
        var others = long.MaxValue;
        foreach (var source in sources)
        {
            if (source.SourceId == sourceId)
            {
                own = source.NewestNanos;
            }
            else if (source.SourceId != 0)
            {
                others = Math.Min(others, source.NewestNanos);
            }
        }

        // Nobody in particular cannot move the watermark while somebody is open: a bound below everything keeps it
        // still.
        return sourceId == 0 && others != long.MaxValue ? (own, long.MinValue) : (own, others);
    }

    private static long SubtractSaturating(long time, long lateness) =>
        time < long.MinValue + lateness ? long.MinValue : time - lateness;

    private static long AddSaturating(long time, long more) =>
        time > long.MaxValue - more ? long.MaxValue : time + more;
}

/// <summary>The newest event time that a source has brought to a table.</summary>
internal readonly record struct OpenSource(int SourceId, long NewestNanos);

/// <summary>What <see cref="TableWatermark.Step"/> found.</summary>
/// <param name="NewestNanos">Newest event time of the source afterwards; the least value if it has none.</param>
/// <param name="Watermark">The watermark afterwards.</param>
/// <param name="LateRows">Rows that are late.</param>
/// <param name="QuarantinedRows">Rows too far in the future to move anything.</param>
internal readonly record struct WatermarkStep(long NewestNanos, long Watermark, long LateRows, long QuarantinedRows);
