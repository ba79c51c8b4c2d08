using System.Text;
using TickStore.Core;
using TickStore.Engine.Views;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Querying;

/// <summary>
/// The watermarks of tables as one query sees them, each computed when it is first asked for: the newest event time of the rows that are
/// visible, minus the table's lateness, raised by marks. Thread-safe.
/// </summary>
/// <param name="plan">Its scans say which state of a table is read (AS OF SEQ).</param>
/// <param name="snapshot">Tables that the plan does not scan, and the marks; null for none.</param>
/// <param name="pool">For the scans.</param>
/// <param name="cancellationToken">Stops them.</param>
internal sealed class QueryWatermarks(
    PlanNode? plan,
    DatabaseSnapshot? snapshot,
    BlockPool pool,
    CancellationToken cancellationToken
)
{
    private readonly Dictionary<string, long> known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The watermark of a table, in nanoseconds; the least value where the table has no rows, or is not known.</summary>
    public long Of(string table)
    {
        lock (known)
        {
            if (!known.TryGetValue(table, out var watermark))
            {
                known[table] = watermark = Compute(table);
            }

            return watermark;
        }
    }

    /// <summary>
    /// Whether a table has a row with a smaller <c>_seq</c> and a later event time; one that lies more than a day
    /// beyond its own commit does not count. Both bounds are brought down to the scan: what lies behind is not read.
    /// </summary>
    public bool HasRowBeyond(string table, long nanos, long sequence)
    {
        if ((Scanned(plan, table) ?? snapshot?.FindTable(table)) is not { } source || nanos == long.MaxValue)
        {
            return false;
        }

        var request = new ScanRequest
        {
            Columns = [source.Schema.TimeIndex, source.Schema.IngestTimeIndex],
            TimeFrom = nanos + 1,
            Predicates =
            [
                new()
                {
                    Column = source.Schema.SequenceIndex,
                    Operator = ScanOperator.Less,
                    Integer = sequence,
                },
            ],
        };
        foreach (var batch in Read(source, request))
        {
            var times = batch[0].Values<long>();
            var ingested = batch[1].Values<long>();
            for (var row = 0; row < batch.RowCount; row++)
            {
                if (times[row] - TableClock.FutureNanosMax <= ingested[row])
                {
                    return true;
                }
            }
        }

        return false;
    }

    private long Compute(string table)
    {
        if ((Scanned(plan, table) ?? snapshot?.FindTable(table)) is not { } source)
        {
            return long.MinValue;
        }

        var newest = NewestTime(source);
        var lateness = source.Schema.LatenessNanos;
        var watermark = newest < long.MinValue + lateness ? long.MinValue : newest - lateness;
        return Math.Max(watermark, Marked(table, source.SnapshotSequence));
    }

    private static ITableSource? Scanned(PlanNode? node, string table)
    {
        if (node is ScanNode scan && string.Equals(scan.Source.Schema.Name, table, StringComparison.OrdinalIgnoreCase))
        {
            return scan.Source;
        }

        foreach (var input in node?.Inputs ?? [])
        {
            if (Scanned(input, table) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // Segments know their newest time; only rows that may be newer than all of those are read.
    private long NewestTime(ITableSource source)
    {
        var newest = source.NewestTimeAtLeast;
        var request = new ScanRequest
        {
            Columns = [source.Schema.TimeIndex],
            TimeFrom = newest == long.MinValue ? newest : newest + 1,
        };
        foreach (var batch in Read(source, request))
        {
            foreach (var time in batch[0].Values<long>())
            {
                newest = Math.Max(newest, time);
            }
        }

        return source.Schema.EventTimeColumn < 0 || newest == long.MinValue ? newest : NewestPlausible(source, newest);
    }

    // As the clock of views has it (TableClock): a row that lies more than a day beyond its own commit moves nothing. The newest rows
    // decide as a rule, so the span that is looked at starts small.
    private long NewestPlausible(ITableSource source, long newest)
    {
        var to = newest;
        for (var spanNanos = 1_000_000_000L; ; spanNanos = Math.Min(spanNanos, long.MaxValue / 32) * 16)
        {
            var from = to < long.MinValue + spanNanos ? long.MinValue : to - spanNanos;
            var best = long.MinValue;
            var request = new ScanRequest
            {
                Columns = [source.Schema.TimeIndex, source.Schema.IngestTimeIndex],
                TimeFrom = from,
                TimeTo = to,
            };
            foreach (var batch in Read(source, request))
            {
                var times = batch[0].Values<long>();
                var ingested = batch[1].Values<long>();
                for (var row = 0; row < times.Length; row++)
                {
                    best = times[row] - TableClock.FutureNanosMax <= ingested[row] ? Math.Max(best, times[row]) : best;
                }
            }

            if (best != long.MinValue || from == long.MinValue)
            {
                return best;
            }

            to = from - 1;
        }
    }

    private long Marked(string table, long sequence)
    {
        var highest = long.MinValue;
        if (snapshot?.FindTable(MarkTable.Name) is not { } marks)
        {
            return highest;
        }

        var name = Encoding.UTF8.GetBytes(table);
        var request = new ScanRequest
        {
            Columns = [marks.Schema.IndexOf("table_name"), marks.Schema.IndexOf("ts")],
            Predicates =
            [
                new()
                {
                    Column = marks.Schema.SequenceIndex,
                    Operator = ScanOperator.LessOrEqual,
                    Integer = sequence,
                },
            ],
        };
        foreach (var batch in Read(marks, request))
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                if (Ascii.EqualsIgnoreCase(batch[0].Utf8(row), name))
                {
                    highest = Math.Max(highest, batch[1].Values<long>()[row]);
                }
            }
        }

        return highest;
    }

    private IEnumerable<Batch> Read(ITableSource source, ScanRequest request)
    {
        using var scan = source.OpenScan(request, pool, cancellationToken);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                yield return batch;
            }
        }
    }
}
