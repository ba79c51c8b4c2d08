using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// How far event time has come in a table, for the views that read it: the newest event time so far minus the lateness, raised by marks.
/// A function of the rows alone, so that a replay and a restart find the same.
/// </summary>
/// <remarks>
/// A row that lies more than a day beyond the moment at which it was committed moves nothing: a feed's slip must not close every bar.
/// </remarks>
public sealed class TableClock(TableSchema schema)
{
    /// <summary>How far beyond its commit a row may be to move the clock, in nanoseconds.</summary>
    public const long FutureNanosMax = 24L * 3600 * 1_000_000_000;

    private readonly bool hasEventTime = schema.EventTimeColumn >= 0;
    private long newestNanos = long.MinValue;
    private long markNanos = long.MinValue;

    /// <summary>The table's name.</summary>
    public string Table => schema.Name;

    /// <summary>The newest event time seen, in nanoseconds; the least value at first.</summary>
    public long NewestNanos => newestNanos;

    /// <summary>Rows below it are not expected any more; the least value at first.</summary>
    public long WatermarkNanos
    {
        get
        {
            var byRows =
                newestNanos < long.MinValue + schema.LatenessNanos ? long.MinValue : newestNanos - schema.LatenessNanos;
            return Math.Max(byRows, markNanos);
        }
    }

    /// <summary>Sees rows of the table, all columns with those of the system.</summary>
    public void Observe(Batch rows)
    {
        if (rows.RowCount == 0)
        {
            return;
        }

        var times = rows[schema.TimeIndex].Values<long>();
        var newest = RunKernels.Maximum(times);
        if (newest <= newestNanos)
        {
            return;
        }

        if (!hasEventTime)
        {
            newestNanos = newest;
            return;
        }

        var ingested = rows[schema.IngestTimeIndex].Values<long>();
        if (newest - FutureNanosMax <= ingested[0])
        {
            newestNanos = newest;
            return;
        }

        for (var row = 0; row < times.Length; row++)
        {
            newestNanos =
                times[row] - FutureNanosMax <= ingested[row] ? Math.Max(newestNanos, times[row]) : newestNanos;
        }
    }

    /// <summary>How many rows came late.</summary>
    public int CountLate(Batch rows) => rows[schema.LateIndex].Values<byte>().Count((byte)1);

    /// <summary>A mark says that nothing older will come.</summary>
    public void Mark(long nanos) => markNanos = Math.Max(markNanos, nanos);

    /// <summary>Writes where the clock is.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(newestNanos);
        writer.Write(markNanos);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(StateReader reader)
    {
        newestNanos = reader.Read<long>();
        markNanos = reader.Read<long>();
    }
}
