using TickStore.Core;
using TickStore.Storage.Records;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>
/// A table at one snapshot, made of segments and of chunks of the head, in which each row is exactly once. Rows of the
/// segments with a larger <c>_seq</c> than the snapshot's are left out; chunks must be cut already. The parts belong to
/// the caller, who keeps them until all scans are disposed of.
/// </summary>
public sealed class SnapshotTable : ITableSource
{
    private readonly IReadOnlyList<SegmentReader> segments;
    private readonly IReadOnlyList<RowChunk> head;
    private long rowCount = -1;

    /// <summary>Makes a snapshot; throws <see cref="ErrorCode.SchemaMismatch"/> where a segment has other
    /// columns.</summary>
    /// <param name="schema">The table's columns and roles.</param>
    /// <param name="symbols">The dictionary that SYMBOL ids refer to.</param>
    /// <param name="snapshotSequence">The last visible <c>_seq</c>.</param>
    /// <param name="segments">Sealed rows, in any order.</param>
    /// <param name="head">Rows in memory, in order of arrival.</param>
    public SnapshotTable(
        TableSchema schema,
        ISymbolTable symbols,
        long snapshotSequence,
        IReadOnlyList<SegmentReader> segments,
        IReadOnlyList<RowChunk> head
    )
    {
        Schema = schema;
        Symbols = symbols;
        SnapshotSequence = snapshotSequence;
        this.segments = segments;
        this.head = head;
        var fingerprint = segments.Count == 0 ? 0 : SchemaCodec.Fingerprint(schema);
        foreach (var segment in segments)
        {
            if (segment.Info.SchemaFingerprint != fingerprint)
            {
                Throw.Error(
                    ErrorCode.SchemaMismatch,
                    $"{segment.Info.Path} was written with other columns than table {schema.Name} has"
                );
            }
        }
    }

    /// <inheritdoc/>
    public TableSchema Schema { get; }

    /// <inheritdoc/>
    public ISymbolTable Symbols { get; }

    /// <inheritdoc/>
    public long SnapshotSequence { get; }

    /// <inheritdoc/>
    /// <remarks>O(segments), but for segments that reach beyond the snapshot: of those, sequences are read
    /// once.</remarks>
    public long RowCount
    {
        get
        {
            var known = Volatile.Read(ref rowCount);
            if (known < 0)
            {
                known = CountRows();
                Volatile.Write(ref rowCount, known);
            }

            return known;
        }
    }

    /// <inheritdoc/>
    public long NewestTimeAtLeast
    {
        get
        {
            var newest = long.MinValue;
            foreach (var segment in segments)
            {
                // Of a segment that reaches beyond the snapshot the newest row may not be visible.
                newest = segment.Info.MaxSequence <= SnapshotSequence ? Math.Max(newest, segment.Info.MaxTime) : newest;
            }

            return newest;
        }
    }

    /// <inheritdoc/>
    public ITableScan OpenScan(ScanRequest request, BlockPool pool, CancellationToken cancellationToken) =>
        new TableScan(new ScanPlan(Schema, SnapshotSequence, request, pool, cancellationToken), segments, head);

    private long CountRows()
    {
        var rows = 0L;
        foreach (var chunk in head)
        {
            rows += chunk.RowCount;
        }

        foreach (var segment in segments)
        {
            rows +=
                segment.Info.MaxSequence <= SnapshotSequence ? segment.Info.RowCount
                : segment.Info.MinSequence > SnapshotSequence ? 0
                : CountVisible(segment);
        }

        return rows;
    }

    private long CountVisible(SegmentReader segment)
    {
        var pool = new BlockPool(new MemoryBudget(1 << 20, "counting rows of a snapshot"), 0);
        var plan = new ScanPlan(
            Schema,
            SnapshotSequence,
            new ScanRequest { Columns = [] },
            pool,
            CancellationToken.None
        );
        using var reader = new PieceReader(plan, [new RowPiece(new SegmentRun(segment), 0, segment.Info.RowCount)]);
        var rows = 0L;
        while (reader.Next() is { } batch)
        {
            rows += batch.RowCount;
        }

        return rows;
    }
}
