using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>
/// A sorted (or arriving) sequence of rows that a scan reads: a segment, or a chunk of the head. Rows are counted from
/// 0 in the run's own order and cut into vectors of up to 1,024.
/// </summary>
internal abstract class ScanRun
{
    /// <summary>Rows of the run.</summary>
    public abstract long RowCount { get; }

    /// <summary>Vectors of the run.</summary>
    public abstract int VectorCount { get; }

    /// <summary>Where which symbol lies; null where the rows are in order of arrival.</summary>
    public abstract SymbolRuns? Symbols { get; }

    /// <summary>True where the run's own order is that of (event time, <c>_seq</c>).</summary>
    public abstract bool IsInTimeOrder { get; }

    /// <summary>Smallest and largest <c>_seq</c> of the run.</summary>
    public abstract (long Min, long Max) SequenceBounds { get; }

    /// <summary>Smallest and largest event time of the run.</summary>
    public abstract (long Min, long Max) TimeBounds { get; }

    /// <summary>First row of a vector; the row count for the vector after the last.</summary>
    public abstract long VectorStart(int vector);

    /// <summary>The vector that holds a row.</summary>
    public abstract int VectorOf(long row);

    /// <summary>Smallest and largest <c>_seq</c> of a vector.</summary>
    public abstract (long Min, long Max) SequenceBoundsOf(int vector);

    /// <summary>Smallest and largest event time of a vector.</summary>
    public abstract (long Min, long Max) TimeBoundsOf(int vector);

    /// <summary>What the statistics say about a comparison in a vector.</summary>
    public abstract ZoneAnswer Test(CompiledPredicate predicate, int vector);

    /// <summary>Provides a column of a vector, decoded into the slot's own memory or shown where it lies.</summary>
    public abstract ColumnVector Load(int vector, int column, LoadedColumn slot, VectorScratch scratch);
}

/// <summary>Contiguous rows of a run, in its order.</summary>
internal readonly record struct RowPiece(ScanRun Run, long From, long To)
{
    public long RowCount => To - From;
}

/// <summary>Rows <paramref name="Start"/> to <paramref name="End"/> - 1 of one vector.</summary>
internal readonly record struct RowSlice(ScanRun Run, int Vector, int Start, int End)
{
    public int RowCount => End - Start;
}

/// <summary>What a zone map says of the rows of a vector.</summary>
internal enum ZoneAnswer : byte
{
    /// <summary>No row matches.</summary>
    None,

    /// <summary>Some rows may match.</summary>
    Some,

    /// <summary>Every row matches.</summary>
    All,
}

/// <summary>The column by whose values a window of rows is cut out, and which of them; both bounds are
/// included.</summary>
internal readonly record struct KeyRange(bool ByTime, bool BySequence, long From, long To)
{
    public static KeyRange Everything => default;

    public static KeyRange OfTime(long from, long to) => new(true, false, from, to);

    public static KeyRange OfSequence(long from, long to) => new(false, true, from, to);
}
