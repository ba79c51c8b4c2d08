using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>A chunk of the head as a run in order of arrival, which is that of <c>_seq</c>.</summary>
internal sealed class HeadRun : ScanRun
{
    private readonly TableSchema schema;
    private readonly RowChunk chunk;
    private readonly ChunkTimes times;

    public HeadRun(TableSchema schema, RowChunk chunk)
    {
        (this.schema, this.chunk) = (schema, chunk);
        times = chunk.Index?.Times(chunk) ?? new ChunkTimes(schema, chunk);
    }

    public override long RowCount => chunk.RowCount;

    public override int VectorCount => times.Bounds.Length;

    public override SymbolRuns? Symbols => null;

    public override bool IsInTimeOrder => times.IsAscending;

    public override (long Min, long Max) SequenceBounds => (Sequences[0], Sequences[^1]);

    public override (long Min, long Max) TimeBounds => times.Union;

    private ReadOnlySpan<long> Sequences => chunk.Rows[schema.SequenceIndex].Values<long>()[..chunk.RowCount];

    public override long VectorStart(int vector) => Math.Min(RowCount, (long)vector * Batch.VectorRows);

    public override int VectorOf(long row) => (int)(row / Batch.VectorRows);

    public override (long Min, long Max) SequenceBoundsOf(int vector)
    {
        var (start, count) = Place(vector);
        var own = Sequences.Slice(start, count);
        return (own[0], own[^1]);
    }

    public override (long Min, long Max) TimeBoundsOf(int vector) => times.Bounds[vector];

    public override ZoneAnswer Test(CompiledPredicate predicate, int vector) => ZoneAnswer.Some;

    public override ColumnVector Load(int vector, int column, LoadedColumn slot, VectorScratch scratch)
    {
        var (start, count) = Place(vector);
        slot.View.Borrow(chunk.Rows[column], start, count);
        return slot.View;
    }

    private (int Start, int Count) Place(int vector)
    {
        var start = vector * Batch.VectorRows;
        return (start, Math.Min(Batch.VectorRows, chunk.RowCount - start));
    }
}
