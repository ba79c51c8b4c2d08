namespace TickStore.Core;

/// <summary>
/// A table at one snapshot: the rows whose <c>_seq</c> is at most <see cref="SnapshotSequence"/>, whatever is
/// committed meanwhile. Where Storage and Execution meet. Thread-safe; lives as long as its snapshot.
/// </summary>
public interface ITableSource
{
    /// <summary>The table's columns and their roles.</summary>
    TableSchema Schema { get; }

    /// <summary>The dictionary that SYMBOL ids of the batches refer to.</summary>
    ISymbolTable Symbols { get; }

    /// <summary>The last sequence that is visible.</summary>
    long SnapshotSequence { get; }

    /// <summary>Rows of the table, before any predicate.</summary>
    long RowCount { get; }

    /// <summary>
    /// An event time that some visible row has, in nanoseconds, known without reading rows, so that whoever wants the newest needs to read
    /// only rows above it. The least value where nothing is known.
    /// </summary>
    long NewestTimeAtLeast => long.MinValue;

    /// <summary>
    /// Starts a scan, whose memory is taken from <paramref name="pool"/>. Plans only: reads no data yet. A scan that is
    /// cancelled throws <see cref="OperationCanceledException"/>, from here or from its readers; the edge of a query
    /// makes <see cref="ErrorCode.Cancelled"/> of it.
    /// </summary>
    ITableScan OpenScan(ScanRequest request, BlockPool pool, CancellationToken cancellationToken);
}

/// <summary>A scan that was planned: morsels that threads may read independently, each of them once.</summary>
public interface ITableScan : IDisposable
{
    /// <summary>Names and types of the columns of the batches.</summary>
    BatchSchema Schema { get; }

    /// <summary>How many morsels there are; possibly 0.</summary>
    int MorselCount { get; }

    /// <summary>Rows of a morsel before predicates, at most; for splitting the work evenly.</summary>
    long EstimateRows(int morsel);

    /// <summary>Opens one morsel for one thread.</summary>
    IBatchReader OpenMorsel(int morsel);

    /// <summary>What the scan will read, a line each, for EXPLAIN: segments, vectors and rows, and how many were pruned.</summary>
    IReadOnlyList<string> Describe();
}

/// <summary>Batches one after the other, for one thread.</summary>
public interface IBatchReader : IDisposable
{
    /// <summary>
    /// The next batch of 1 to <see cref="Batch.VectorRows"/> rows, or null at the end. It is on loan until the next
    /// call.
    /// </summary>
    Batch? Next();
}
