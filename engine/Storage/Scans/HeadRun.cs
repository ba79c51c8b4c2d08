using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>
/// A chunk of the head as a run: in order of arrival, which is that of <c>_seq</c>; or, for clustered scans, sorted as
/// segments are by an order of row numbers on the side.
/// </summary>
internal sealed class HeadRun : ScanRun, IDisposable
{
    private readonly RowChunk chunk;
    private readonly MemoryLease? orderLease;
    private readonly (long Min, long Max)[] timeBounds;
    private readonly (long Min, long Max)[] sequenceBounds;

    /// <summary>Shows a chunk in order of arrival, or sorts it if there is a sorter.</summary>
    public HeadRun(TableSchema schema, RowChunk chunk, RowSorter? sorter, BlockPool pool)
    {
        this.chunk = chunk;
        RowCount = chunk.RowCount;
        VectorCount = (chunk.RowCount + Batch.VectorRows - 1) / Batch.VectorRows;
        var times = chunk.Rows[schema.TimeIndex].Values<long>()[..chunk.RowCount];
        var sequences = chunk.Rows[schema.SequenceIndex].Values<long>()[..chunk.RowCount];
        if (sorter is not null)
        {
            orderLease = pool.Rent(chunk.RowCount * sizeof(int));
            Symbols = new SymbolRuns();
            var symbols = schema.ClusterColumn >= 0
                ? chunk.Rows[schema.ClusterColumn].Values<int>()[..chunk.RowCount]
                : default;
            sorter.SortClustered(symbols, times, sequences, Order, Symbols);
        }

        timeBounds = new (long Min, long Max)[VectorCount];
        sequenceBounds = new (long Min, long Max)[VectorCount];
        for (var vector = 0; vector < VectorCount; vector++)
        {
            timeBounds[vector] = BoundsOf(times, vector);
            sequenceBounds[vector] = BoundsOf(sequences, vector);
        }

        TimeBounds = Union(timeBounds);
        SequenceBounds = Union(sequenceBounds);
    }

    public override long RowCount { get; }

    public override int VectorCount { get; }

    public override SymbolRuns? Symbols { get; }

    public override (long Min, long Max) SequenceBounds { get; }

    public override (long Min, long Max) TimeBounds { get; }

    private Span<int> Order => orderLease!.As<int>()[..chunk.RowCount];

    public override long VectorStart(int vector) => Math.Min(RowCount, (long)vector * Batch.VectorRows);

    public override int VectorOf(long row) => (int)(row / Batch.VectorRows);

    public override (long Min, long Max) SequenceBoundsOf(int vector) => sequenceBounds[vector];

    public override (long Min, long Max) TimeBoundsOf(int vector) => timeBounds[vector];

    public override ZoneAnswer Test(CompiledPredicate predicate, int vector) => ZoneAnswer.Some;

    public override ColumnVector Load(int vector, int column, LoadedColumn slot, VectorScratch scratch)
    {
        var (start, count) = Place(vector);
        if (orderLease is null)
        {
            slot.View.Borrow(chunk.Rows[column], start, count);
            return slot.View;
        }

        var target = slot.Owned();
        target.SetRowCount(0);
        VectorCopy.AppendGather(chunk.Rows[column], Order.Slice(start, count), target);
        return target;
    }

    public void Dispose() => orderLease?.Dispose();

    private (int Start, int Count) Place(int vector)
    {
        var start = vector * Batch.VectorRows;
        return (start, Math.Min(Batch.VectorRows, chunk.RowCount - start));
    }

    private (long Min, long Max) BoundsOf(ReadOnlySpan<long> values, int vector)
    {
        var (start, count) = Place(vector);
        if (orderLease is null)
        {
            return ValueBounds.Of(values.Slice(start, count));
        }

        var (min, max) = (long.MaxValue, long.MinValue);
        foreach (var row in Order.Slice(start, count))
        {
            min = Math.Min(min, values[row]);
            max = Math.Max(max, values[row]);
        }

        return (min, max);
    }

    private static (long Min, long Max) Union((long Min, long Max)[] all)
    {
        var union = (Min: long.MaxValue, Max: long.MinValue);
        foreach (var (min, max) in all)
        {
            union = (Math.Min(union.Min, min), Math.Max(union.Max, max));
        }

        return union;
    }
}
