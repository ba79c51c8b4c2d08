using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>
/// One table's rows in the replay's order: a batch at a time, and the (time, sequence) of the row that comes next.
/// </summary>
internal sealed class TableCursor : IDisposable
{
    private readonly ITableScan scan;
    private readonly IBatchReader? reader;
    private readonly int sequenceColumn;
    private readonly int timeColumn;
    private Batch? batch;
    private int next;

    public TableCursor(ITableSource source, ReplayOptions options, CancellationToken cancellationToken)
    {
        var schema = source.Schema;
        var isEvent = options.Order == ReplayOrder.Event;
        var clockColumn = isEvent ? schema.TimeIndex : schema.IngestTimeIndex;
        int[] columns = [.. Enumerable.Range(0, schema.Columns.Count), schema.SequenceIndex, clockColumn];
        sequenceColumn = columns.Length - 2;
        timeColumn = columns.Length - 1;
        var lastTime = options.To == long.MaxValue ? long.MaxValue : options.To - 1;
        var request = new ScanRequest
        {
            Columns = columns,
            Order = isEvent ? ScanOrder.EventTime : ScanOrder.Sequence,
            TimeFrom = isEvent ? options.From : long.MinValue,
            TimeTo = isEvent ? lastTime : long.MaxValue,
            Predicates = isEvent ? [] : ClockRange(clockColumn, options.From, lastTime),
        };
        scan = source.OpenScan(request, options.Pool, cancellationToken);
        View = Batch.CreateView(scan.Schema);
        reader = scan.MorselCount == 0 ? null : scan.OpenMorsel(0);
        if (reader is not null && options.Calendar is { } calendar)
        {
            // Sessions are those of the event time, whatever orders the rows.
            var sessionTime = schema.EventTimeColumn >= 0 ? schema.EventTimeColumn : timeColumn;
            reader = new SessionReader(reader, sessionTime, calendar, options.Pool);
        }

        Advance();
    }

    /// <summary>The rows of the present block.</summary>
    public Batch View { get; }

    /// <summary>False once every row was taken.</summary>
    public bool HasRow => batch is not null;

    /// <summary>True where every row of the present batch was taken, and <see cref="Advance"/> has to come before the next.</summary>
    public bool BatchIsTaken => batch is not null && next == batch.RowCount;

    /// <summary>Time of the row that comes next.</summary>
    public long Time { get; private set; }

    /// <summary>Sequence of the row that comes next.</summary>
    public long Sequence { get; private set; }

    /// <summary>Index of the row that comes next, in <see cref="View"/>.</summary>
    public int Row => next;

    /// <summary>Times of the present batch's rows.</summary>
    public ReadOnlySpan<long> Times => batch is null ? default : batch[timeColumn].Values<long>();

    /// <summary>
    /// Takes rows from the next one on while they come before (time, sequence), at most <paramref name="rowsMax"/>.
    /// </summary>
    /// <returns>How many rows were taken.</returns>
    public int TakeBefore(long time, long sequence, int rowsMax)
    {
        var times = batch![timeColumn].Values<long>();
        var sequences = batch[sequenceColumn].Values<long>();
        var end = (int)Math.Min(times.Length, (long)next + rowsMax);
        var row = next;
        while (row < end && (times[row] < time || (times[row] == time && sequences[row] < sequence)))
        {
            row++;
        }

        var taken = row - next;
        next = row;
        ReadKey();
        return taken;
    }

    /// <summary>Goes on to the next batch, if the present one is taken.</summary>
    public void Advance()
    {
        if (batch is not null && next < batch.RowCount)
        {
            return;
        }

        batch = reader?.Next();
        next = 0;
        if (batch is not null)
        {
            View.Borrow(batch, 0, batch.RowCount);
            ReadKey();
        }
    }

    public void Dispose()
    {
        reader?.Dispose();
        scan.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadKey()
    {
        if (next < batch!.RowCount)
        {
            Time = batch[timeColumn].Values<long>()[next];
            Sequence = batch[sequenceColumn].Values<long>()[next];
        }
    }

    private static ScanPredicate[] ClockRange(int column, long from, long to) =>
        [
            new()
            {
                Column = column,
                Operator = ScanOperator.GreaterOrEqual,
                Integer = from,
            },
            new()
            {
                Column = column,
                Operator = ScanOperator.LessOrEqual,
                Integer = to,
            },
        ];
}
