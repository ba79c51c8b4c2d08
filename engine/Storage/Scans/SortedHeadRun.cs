using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>
/// A chunk of the head as a run sorted as segments are, by an order of row numbers on the side: that of the chunk's
/// index if it is finished, else one of its own.
/// </summary>
internal sealed class SortedHeadRun : ScanRun, IDisposable
{
    private readonly RowChunk chunk;
    private readonly ChunkOrder order;
    private readonly bool ownsOrder;

    public SortedHeadRun(TableSchema schema, RowChunk chunk, RowSorter sorter, BlockPool pool)
    {
        this.chunk = chunk;
        var kept = chunk.Index?.TryOrder(chunk, sorter);
        ownsOrder = kept is null;
        order = kept ?? new ChunkOrder(schema, chunk, sorter, pool);
        SequenceBounds = Union(order.SequenceBounds);
        TimeBounds = Union(order.TimeBounds);
    }

    public override long RowCount => order.RowCount;

    public override int VectorCount => order.VectorCount;

    public override SymbolRuns? Symbols => order.Symbols;

    public override bool IsInTimeOrder => order.Symbols.Count == 1;

    public override (long Min, long Max) SequenceBounds { get; }

    public override (long Min, long Max) TimeBounds { get; }

    public override long VectorStart(int vector) => order.VectorStart(vector);

    public override int VectorOf(long row) => order.VectorOf((int)row);

    public override (long Min, long Max) SequenceBoundsOf(int vector) => order.SequenceBounds[vector];

    public override (long Min, long Max) TimeBoundsOf(int vector) => order.TimeBounds[vector];

    public override ZoneAnswer Test(CompiledPredicate predicate, int vector) => ZoneAnswer.Some;

    public override ColumnVector Load(int vector, int column, LoadedColumn slot, VectorScratch scratch)
    {
        var target = slot.Owned();
        target.SetRowCount(0);
        VectorCopy.AppendGather(
            chunk.Rows[column],
            order.Rows[order.VectorStart(vector)..order.VectorStart(vector + 1)],
            target
        );
        return target;
    }

    public void Dispose()
    {
        if (ownsOrder)
        {
            order.Dispose();
        }
    }

    private static (long Min, long Max) Union(ReadOnlySpan<(long Min, long Max)> all)
    {
        var union = (Min: long.MaxValue, Max: long.MinValue);
        foreach (var (min, max) in all)
        {
            union = (Math.Min(union.Min, min), Math.Max(union.Max, max));
        }

        return union;
    }
}
