using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Micro.Data;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;
using TickStore.Storage.Head;

namespace TickStore.Micro.Storage;

/// <summary>
/// Rows into the head of a table, 65,536 of them in commits of 1,024 or 64 rows, beside a copy of their columns. Per row
/// of five columns (28 bytes) and three system columns.
/// </summary>
[NativeWidth, SameAnswers, BytesPerValue(32 + 17)]
[Measures("TickStore.Storage.Head.TableHead", "TickStore.Storage.Head.HeadChunk")]
public class HeadBenchmarks
{
    private const int Rows = MarketTable.TableRows;

    private readonly Batch source = MarketTable.Arrival.Rows;
    private readonly Batch declared = Batch.CreateView(MarketTable.Arrival.Schema.ToBatchSchema());
    private readonly Batch copy = Batch.Allocate(MarketTable.Arrival.Rows.Schema, Rows, MarketTable.Pool);
    private readonly List<HeadChunk> added = [];
    private readonly List<HeadChunk> chunks = [];

    /// <summary>Shows the declared columns alone: a commit has no others.</summary>
    public HeadBenchmarks()
    {
        for (var column = 0; column < declared.ColumnCount; column++)
        {
            declared[column].Borrow(source[column], 0, Rows);
        }

        declared.SetRowCount(Rows);
    }

    /// <summary>The bound: every column copied whole.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public long Copy()
    {
        copy.Clear();
        copy.AppendRange(source, 0, Rows);
        return copy.RowCount;
    }

    /// <summary>Commits of 1,024 rows.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public long Append1024() => Append(1024);

    /// <summary>Commits of 64 rows.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public long Append64() => Append(64);

    private long Append(int rowsPerCommit)
    {
        var head = new TableHead(MarketTable.Arrival.Schema, MarketTable.Pool);
        for (var row = 0; row < Rows; row += rowsPerCommit)
        {
            head.Prepare(declared, row, rowsPerCommit);
            _ = head.Append(declared, new AppendedRows(row + 1, ingestNanos: row, late: [], logPosition: row), added);
            chunks.AddRange(added);
        }

        var total = 0L;
        foreach (var chunk in chunks)
        {
            total += chunk.RowCount;
            chunk.Release();
        }

        chunks.Clear();
        return total;
    }
}
