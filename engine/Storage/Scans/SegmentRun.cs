using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>A segment as a run: sorted by (symbol, event time, <c>_seq</c>).</summary>
internal sealed class SegmentRun(SegmentReader reader) : ScanRun
{
    private readonly SegmentFooter footer = reader.Footer;
    private readonly ColumnZones sequences = reader.Footer.Zones[reader.Schema.SequenceIndex];
    private readonly ColumnZones times = reader.Footer.Zones[reader.Schema.TimeIndex];

    public override long RowCount => footer.RowCount;

    public override int VectorCount => footer.VectorRows.Length;

    public override SymbolRuns? Symbols => footer.Runs;

    public override bool IsInTimeOrder => footer.Runs.Count == 1;

    public override (long Min, long Max) SequenceBounds => (reader.Info.MinSequence, reader.Info.MaxSequence);

    public override (long Min, long Max) TimeBounds => (reader.Info.MinTime, reader.Info.MaxTime);

    public override long VectorStart(int vector) => footer.VectorStarts[vector];

    public override int VectorOf(long row)
    {
        var found = footer.VectorStarts.AsSpan().BinarySearch(row);
        return found >= 0 ? found : ~found - 1;
    }

    public override (long Min, long Max) SequenceBoundsOf(int vector) => (sequences.Min[vector], sequences.Max[vector]);

    public override (long Min, long Max) TimeBoundsOf(int vector) => (times.Min[vector], times.Max[vector]);

    public override ZoneAnswer Test(CompiledPredicate predicate, int vector)
    {
        var zones = footer.Zones[predicate.Column];
        return predicate.Test(zones, vector, footer.VectorRows[vector]);
    }

    public override ColumnVector Load(int vector, int column, LoadedColumn slot, VectorScratch scratch)
    {
        var target = slot.Owned();
        reader.Decode(vector, column, target, scratch);
        return target;
    }
}
