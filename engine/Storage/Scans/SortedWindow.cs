using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>By what a window's rows are sorted.</summary>
internal enum WindowSort : byte
{
    /// <summary>By (symbol, event time, <c>_seq</c>).</summary>
    Clustered,

    /// <summary>By (event time, <c>_seq</c>).</summary>
    Time,

    /// <summary>By <c>_seq</c>.</summary>
    Sequence,
}

/// <summary>
/// Rows of several runs, copied side by side, sorted and handed out in batches. The memory is kept from window to
/// window.
/// </summary>
internal sealed class SortedWindow : IDisposable
{
    private readonly ScanPlan plan;
    private readonly VectorLoader loader;
    private readonly RowFilter filter;
    private readonly RowSorter sorter;
    private readonly int[] columns;
    private readonly int timeAt;
    private readonly int sequenceAt;
    private readonly int symbolAt;
    private readonly Batch rows;
    private readonly Batch view;
    private readonly Batch output;
    private MemoryLease? orderLease;
    private int handedOut;

    public SortedWindow(ScanPlan plan, VectorLoader loader, int capacityRows)
    {
        this.plan = plan;
        this.loader = loader;
        filter = new RowFilter(plan);
        sorter = new RowSorter(plan.Pool);
        var kept = new List<int>(plan.Columns);
        timeAt = PlaceOf(plan.Schema.TimeIndex, kept);
        sequenceAt = PlaceOf(plan.Schema.SequenceIndex, kept);
        symbolAt = plan.Schema.ClusterColumn < 0 ? -1 : PlaceOf(plan.Schema.ClusterColumn, kept);
        columns = [.. kept];
        var schema = new ColumnSchema[columns.Length];
        for (var i = 0; i < schema.Length; i++)
        {
            schema[i] = plan.Schema.AllColumns[columns[i]];
        }

        rows = Batch.Allocate(new BatchSchema(schema), capacityRows, plan.Pool);
        view = Batch.CreateView(plan.BatchSchema);
        output = Batch.Allocate(plan.BatchSchema, Batch.VectorRows, plan.Pool);
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        rows.Clear();
        handedOut = 0;
    }

    /// <summary>Copies the wanted rows of a slice.</summary>
    public void Add(in RowSlice slice, in KeyRange window)
    {
        if (!filter.Apply(loader, slice, window))
        {
            return;
        }

        for (var i = 0; i < columns.Length; i++)
        {
            if (filter.IsContiguous)
            {
                VectorCopy.AppendRange(loader.Column(columns[i]), filter.First, filter.Count, rows[i]);
            }
            else
            {
                VectorCopy.AppendGather(loader.Column(columns[i]), filter.Rows, rows[i]);
            }
        }

        rows.SetRowCount(rows.RowCount + filter.Count);
    }

    /// <summary>Copies the wanted rows of a piece.</summary>
    public void Add(in RowPiece piece, in KeyRange window)
    {
        for (var row = piece.From; row < piece.To; )
        {
            plan.Cancellation.ThrowIfCancellationRequested();
            var slice = PieceReader.Cut(piece, row);
            row += slice.RowCount;
            Add(slice, window);
        }
    }

    /// <summary>Sorts what was added.</summary>
    public void Sort(WindowSort by)
    {
        if (rows.RowCount == 0)
        {
            return;
        }

        var bytes = checked(rows.RowCount * sizeof(int));
        if (orderLease is null || orderLease.LengthBytes < bytes)
        {
            orderLease?.Dispose();
            orderLease = null;
            orderLease = plan.Pool.Rent(bytes);
        }

        var order = orderLease.As<int>()[..rows.RowCount];
        var times = rows[timeAt].Values<long>();
        var sequences = rows[sequenceAt].Values<long>();
        switch (by)
        {
            case WindowSort.Clustered:
                sorter.SortClustered(symbolAt < 0 ? default : rows[symbolAt].Values<int>(), times, sequences, order);
                break;
            case WindowSort.Time:
                RowSorter.Fill(order);
                sorter.SortByTime(order, times, sequences);
                break;
            default:
                RowSorter.Fill(order);
                sorter.SortBySequence(order, sequences);
                break;
        }
    }

    /// <summary>The next batch, on loan until the next call; null at the end.</summary>
    public Batch? Next()
    {
        plan.Cancellation.ThrowIfCancellationRequested();
        var count = Math.Min(Batch.VectorRows, rows.RowCount - handedOut);
        if (count <= 0)
        {
            return null;
        }

        var order = orderLease!.As<int>().Slice(handedOut, count);
        handedOut += count;
        if (IsRange(order))
        {
            for (var i = 0; i < plan.Columns.Length; i++)
            {
                view[i].Borrow(rows[i], order[0], count);
            }

            view.SetRowCount(count);
            return view;
        }

        output.Clear();
        for (var i = 0; i < plan.Columns.Length; i++)
        {
            VectorCopy.AppendGather(rows[i], order, output[i]);
        }

        output.SetRowCount(count);
        return output;
    }

    public void Dispose()
    {
        rows.Dispose();
        output.Dispose();
        sorter.Dispose();
        orderLease?.Dispose();
        orderLease = null;
    }

    private static int PlaceOf(int column, List<int> kept)
    {
        var at = kept.IndexOf(column);
        if (at < 0)
        {
            at = kept.Count;
            kept.Add(column);
        }

        return at;
    }

    private static bool IsRange(ReadOnlySpan<int> order)
    {
        for (var i = 1; i < order.Length; i++)
        {
            if (order[i] != order[i - 1] + 1)
            {
                return false;
            }
        }

        return true;
    }
}
