using TickStore.Core;

namespace TickStore.Micro.Data;

/// <summary>
/// Trades in memory as a table: a chunk of 65,536 rows, system columns included, and a scan that only lends views of
/// it. What an operator costs is then its own.
/// </summary>
internal sealed class MarketTable : ITableSource
{
    /// <summary>Rows: what a chunk holds at most.</summary>
    internal const int TableRows = 1 << 16;

    internal const int TimeColumn = 0,
        SymbolColumn = 1,
        PriceColumn = 2,
        SizeColumn = 3,
        PriceDoubleColumn = 4;

    /// <summary>The type of prices: cents.</summary>
    internal static readonly DataType PriceType = DataType.Decimal(12, 2);

    private const int MorselVectors = 16;

    private static readonly SymbolTable Dictionary = MarketRows.MakeDictionary();

    private MarketTable(bool isClustered)
    {
        Schema = new TableSchema(
            "trades",
            [
                new ColumnSchema("ts", DataType.Timestamp, Nullable: false),
                new ColumnSchema("sym", DataType.Symbol, Nullable: false),
                new ColumnSchema("px", PriceType, Nullable: false),
                new ColumnSchema("qty", DataType.Int, Nullable: false),
                new ColumnSchema("pxd", DataType.Double, Nullable: false),
            ]
        )
        {
            EventTimeColumn = TimeColumn,
            ClusterColumn = SymbolColumn,
        };
        var rows = MarketRows.Shared;
        var order = new int[TableRows];
        var keys = new long[TableRows];
        for (var row = 0; row < order.Length; row++)
        {
            order[row] = row;
            keys[row] = isClustered ? ((long)rows.ArrivalSymbols[row] << 32) | (uint)row : row;
        }

        Array.Sort(keys, order);
        Rows = Batch.Allocate(new BatchSchema([.. Schema.AllColumns]), TableRows, Pool);
        for (var i = 0; i < order.Length; i++)
        {
            var row = order[i];
            Rows[TimeColumn].Writable<long>()[i] = rows.ArrivalTimes[row];
            Rows[SymbolColumn].Writable<int>()[i] = rows.ArrivalSymbols[row];
            Rows[PriceColumn].Writable<long>()[i] = rows.ArrivalPrices[row];
            Rows[SizeColumn].Writable<int>()[i] = rows.ArrivalSizes[row];
            Rows[PriceDoubleColumn].Writable<double>()[i] = rows.ArrivalPrices[row] / 100.0;
            Rows[Schema.SequenceIndex].Writable<long>()[i] = row + 1;
            Rows[Schema.IngestTimeIndex].Writable<long>()[i] = rows.ArrivalTimes[row];
            Rows[Schema.LateIndex].Writable<byte>()[i] = 0;
        }

        for (var column = 0; column < Rows.ColumnCount; column++)
        {
            Rows[column].SetRowCount(TableRows);
        }

        Rows.SetRowCount(TableRows);
    }

    /// <summary>Memory of all benchmarks; stands before the tables, which take theirs from it.</summary>
    internal static BlockPool Pool { get; } = new(new MemoryBudget(8L << 30, "micro benchmarks"));

    /// <summary>In the order of arrival, which is that of time.</summary>
    internal static MarketTable Arrival { get; } = new(isClustered: false);

    /// <summary>By symbol, then time, as a segment lies.</summary>
    internal static MarketTable Clustered { get; } = new(isClustered: true);

    /// <summary>All rows and columns.</summary>
    internal Batch Rows { get; }

    public TableSchema Schema { get; }

    public ISymbolTable Symbols => Dictionary;

    public long SnapshotSequence => TableRows;

    public long RowCount => TableRows;

    /// <summary>The declared columns of one vector, without a copy.</summary>
    internal Batch View(int startRow)
    {
        var view = Batch.CreateView(Schema.ToBatchSchema());
        for (var column = 0; column < view.ColumnCount; column++)
        {
            view[column].Borrow(Rows[column], startRow, Batch.VectorRows);
        }

        view.SetRowCount(Batch.VectorRows);
        return view;
    }

    public ITableScan OpenScan(ScanRequest request, BlockPool pool, CancellationToken cancellationToken) =>
        new Scan(this, request);

    private sealed class Scan(MarketTable table, ScanRequest request) : ITableScan
    {
        // Orders other than none promise one morsel, or symbols that do not span morsels: one is always right.
        private readonly bool isWhole = request.Order != ScanOrder.None;

        public BatchSchema Schema { get; } = new([.. request.Columns.Select(c => table.Schema.AllColumns[c])]);

        public int MorselCount => isWhole ? 1 : TableRows / (MorselVectors * Batch.VectorRows);

        public long EstimateRows(int morsel) => TableRows / MorselCount;

        public IBatchReader OpenMorsel(int morsel)
        {
            var rows = TableRows / MorselCount;
            return new Reader(table, request, Schema, morsel * rows, (morsel + 1) * rows);
        }

        public IReadOnlyList<string> Describe() => ["in memory"];

        public void Dispose() { }
    }

    private sealed class Reader(MarketTable table, ScanRequest request, BatchSchema schema, int next, int end)
        : IBatchReader
    {
        private readonly Batch view = Batch.CreateView(schema);
        private int next = next;

        public Batch? Next()
        {
            if (next == end)
            {
                return null;
            }

            for (var i = 0; i < view.ColumnCount; i++)
            {
                view[i].Borrow(table.Rows[request.Columns[i]], next, Batch.VectorRows);
            }

            view.SetRowCount(Batch.VectorRows);
            next += Batch.VectorRows;
            return view;
        }

        public void Dispose() => view.Dispose();
    }
}
