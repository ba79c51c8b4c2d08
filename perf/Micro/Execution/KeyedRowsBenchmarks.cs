using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Micro.Data;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Execution;

/// <summary>
/// Upserts of rows that are there, in batches of 20: 1-minute bars of 2,000 symbols over 100 minutes, those of the last minute changing;
/// without old rows, with them, and while a snapshot is taken now and then. Beside a copy of the rows alone. Per row.
/// </summary>
[NativeWidth]
[Measures("TickStore.Execution.KeyedRows")]
public class KeyedRowsBenchmarks
{
    private const int SymbolCount = 2000;
    private const int MinuteCount = 100;
    private const int BatchRows = 20;
    private const int BatchCount = 500;

    private readonly BatchSchema schema = new([
        new("bar_open", DataType.Timestamp, Nullable: false),
        new("sym", DataType.Symbol, Nullable: false),
        new("open", DataType.Double),
        new("high", DataType.Double),
        new("low", DataType.Double),
        new("close", DataType.Double),
        new("volume", DataType.BigInt),
        new("trades", DataType.BigInt),
    ]);

    private readonly List<Batch> batches = [];
    private KeyedRows? rows;
    private Batch? old;

    /// <summary>1 for one key column of 64 bits, 2 for time and symbol.</summary>
    [Params(1, 2)]
    public int KeyColumns { get; set; }

    /// <summary>Fills the contents.</summary>
    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        rows = new KeyedRows("bars", schema, KeyColumns == 1 ? [6] : [0, 1], MarketTable.Pool);
        old = Batch.Allocate(schema, BatchRows, MarketTable.Pool);
        for (var minute = 0; minute < MinuteCount; minute++)
        {
            using var batch = Bars(minute, [.. Enumerable.Range(0, SymbolCount)]);
            rows.Apply(new DeltaBatch(batch));
        }

        for (var i = 0; i < BatchCount; i++)
        {
            batches.Add(
                Bars(MinuteCount - 1, [.. Enumerable.Range(0, BatchRows).Select(_ => random.Next(SymbolCount))])
            );
        }
    }

    /// <summary>Gives memory back.</summary>
    [GlobalCleanup]
    public void Free()
    {
        rows?.Dispose();
        old?.Dispose();
        batches.ForEach(b => b.Dispose());
        batches.Clear();
    }

    /// <summary>The yardstick: the rows copied to one place.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = BatchRows * BatchCount)]
    public int Copy()
    {
        foreach (var batch in batches)
        {
            old!.Clear();
            old.AppendRange(batch, 0, BatchRows);
        }

        return old!.RowCount;
    }

    /// <summary>Upserts.</summary>
    [Benchmark(OperationsPerInvoke = BatchRows * BatchCount)]
    public int Upsert()
    {
        var count = 0;
        foreach (var batch in batches)
        {
            count += rows!.Apply(new DeltaBatch(batch)).Length;
        }

        return count;
    }

    /// <summary>Upserts that tell what rows were.</summary>
    [Benchmark(OperationsPerInvoke = BatchRows * BatchCount)]
    public int UpsertWithOld()
    {
        var count = 0;
        foreach (var batch in batches)
        {
            count += rows!.Apply(new DeltaBatch(batch), old).Length;
        }

        return count;
    }

    /// <summary>Upserts with a snapshot taken, and let go, every 50 batches: pages that change are copied.</summary>
    [Benchmark(OperationsPerInvoke = BatchRows * BatchCount)]
    public int UpsertUnderSnapshots()
    {
        KeyedSnapshot? snapshot = null;
        for (var i = 0; i < batches.Count; i++)
        {
            if (i % 50 == 0)
            {
                snapshot?.Dispose();
                snapshot = rows!.OpenSnapshot();
            }

            rows!.Apply(new DeltaBatch(batches[i]));
        }

        snapshot?.Dispose();
        return batches.Count;
    }

    private Batch Bars(int minute, int[] symbols)
    {
        var batch = Batch.Allocate(schema, symbols.Length, MarketTable.Pool);
        for (var row = 0; row < symbols.Length; row++)
        {
            batch[0].Writable<long>()[row] = minute * 60_000_000_000L;
            batch[1].Writable<int>()[row] = symbols[row];
            for (var i = 2; i < 6; i++)
            {
                batch[i].Writable<double>()[row] = 10 + (symbols[row] * 0.01);
            }

            batch[6].Writable<long>()[row] = ((long)minute << 32) + symbols[row];
            batch[7].Writable<long>()[row] = minute;
        }

        for (var i = 0; i < schema.ColumnCount; i++)
        {
            batch[i].SetRowCount(symbols.Length);
        }

        batch.SetRowCount(symbols.Length);
        return batch;
    }
}
