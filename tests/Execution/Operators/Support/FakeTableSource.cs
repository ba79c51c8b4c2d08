using TickStore.Core;

namespace TickStore.Tests.Execution.Operators;

/// <summary>
/// A table in memory, as rows in the order of their sequence: every scan order, morsels and batches of any size. Its
/// estimates claim many rows, so that small tables use all threads as well. Can fail in a given batch.
/// </summary>
internal sealed class FakeTableSource(TableSchema schema, IReadOnlyList<object?[]> rows, ISymbolTable symbols)
    : ITableSource
{
    public TableSchema Schema => schema;

    public ISymbolTable Symbols => symbols;

    public long SnapshotSequence => rows.Count;

    public long RowCount => rows.Count;

    /// <summary>Declared columns, then _seq (from 0), _ingest_ts and _late.</summary>
    public IReadOnlyList<object?[]> Rows { get; } =
    [.. rows.Select((r, i) => (object?[])[.. r, (long)i, (long)i * 10, false])];

    /// <summary>The table as it was when it had that many rows.</summary>
    public FakeTableSource First(int rowCount)
    {
        var first = new FakeTableSource(schema, [.. rows.Take(rowCount)], symbols);
        for (var i = 0; i < rowCount; i++)
        {
            // Tests may have changed values since.
            Rows[i].CopyTo(first.Rows[i], 0);
        }

        return first;
    }

    public int BatchRows { get; set; } = Batch.VectorRows;

    public int MorselRows { get; set; } = 5000;

    /// <summary>Throws when that many batches have been read, over all morsels.</summary>
    public int FailAfterBatches { get; set; } = int.MaxValue;

    public int BatchesRead => Volatile.Read(ref batchesRead);

    public Action? OnBatch { get; set; }

    private int batchesRead;

    public ITableScan OpenScan(ScanRequest request, BlockPool pool, CancellationToken cancellationToken) =>
        new Scan(this, request, pool);

    /// <summary>The rows of a request in order, one list for each morsel.</summary>
    public List<List<object?[]>> MorselsOf(ScanRequest request)
    {
        var time = schema.TimeIndex;
        var sequence = schema.SequenceIndex;
        var wanted = Rows.Where(r =>
                (long)r[time]! >= request.TimeFrom
                && (long)r[time]! <= request.TimeTo
                && (request.Symbols is null || request.Symbols.Contains(IdOf(r)))
            )
            .ToList();
        object?[] Cut(object?[] row) => [.. request.Columns.Select(c => row[c])];
        switch (request.Order)
        {
            case ScanOrder.None:
                return [.. wanted.Select(Cut).Chunk(MorselRows).Select(c => c.ToList())];
            case ScanOrder.Sequence:
                return
                [
                    [.. wanted.Select(Cut)],
                ];
            case ScanOrder.EventTime:
                return
                [
                    [.. wanted.OrderBy(r => (long)r[time]!).ThenBy(r => (long)r[sequence]!).Select(Cut)],
                ];
            default:
                var morsels = new List<List<object?[]>>();
                foreach (var symbol in wanted.GroupBy(IdOf).OrderBy(g => g.Key))
                {
                    if (morsels.Count == 0 || morsels[^1].Count + symbol.Count() > MorselRows)
                    {
                        morsels.Add([]);
                    }

                    morsels[^1]
                        .AddRange(symbol.OrderBy(r => (long)r[time]!).ThenBy(r => (long)r[sequence]!).Select(Cut));
                }

                return morsels;
        }
    }

    private int IdOf(object?[] row) =>
        symbols.Find(System.Text.Encoding.UTF8.GetBytes((string)row[schema.ClusterColumn]!));

    private sealed class Scan(FakeTableSource source, ScanRequest request, BlockPool pool) : ITableScan
    {
        private readonly List<List<object?[]>> morsels = source.MorselsOf(request);

        public BatchSchema Schema { get; } = new([.. request.Columns.Select(c => source.Schema.AllColumns[c])]);

        public int MorselCount => morsels.Count;

        public long EstimateRows(int morsel) => 1_000_000;

        public IBatchReader OpenMorsel(int morsel) => new Reader(source, Schema, morsels[morsel], pool);

        public IReadOnlyList<string> Describe() => ["in memory"];

        public void Dispose() { }
    }

    private sealed class Reader(FakeTableSource source, BatchSchema schema, List<object?[]> rows, BlockPool pool)
        : IBatchReader
    {
        private readonly Batch batch = Batch.Allocate(schema, Batch.VectorRows, pool);
        private int done;

        public Batch? Next()
        {
            batch.Clear();
            var count = Math.Min(source.BatchRows, rows.Count - done);
            if (count <= 0)
            {
                return null;
            }

            if (Interlocked.Increment(ref source.batchesRead) > source.FailAfterBatches)
            {
                throw new TickStoreException(ErrorCode.Corruption, "a bad block");
            }

            source.OnBatch?.Invoke();
            for (var row = 0; row < count; row++)
            {
                for (var column = 0; column < schema.ColumnCount; column++)
                {
                    TestRow.Append(batch[column], rows[done + row][column], source.Symbols);
                }
            }

            batch.SetRowCount(count);
            done += count;
            return batch;
        }

        public void Dispose() => batch.Dispose();
    }
}
