using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Micro.Data;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;
using TickStore.Storage.Devices;
using TickStore.Storage.Scans;
using TickStore.Storage.Segments;

namespace TickStore.Micro.Storage;

/// <summary>
/// One block of each column, 65,536 rows: sorted, encoded and written as a segment in memory, and read back, beside a
/// copy of the columns. Per row.
/// </summary>
[PerWidth, BytesPerValue(32 + 17)]
[Measures(
    "TickStore.Storage.Segments.SegmentWriter",
    "TickStore.Storage.Segments.SegmentReader",
    "TickStore.Storage.Scans.SnapshotTable"
)]
public class SegmentBenchmarks
{
    private const int Rows = MarketTable.TableRows;
    private const string Written = "/segments/again";
    private const string Kept = "/segments/kept";

    private readonly MemoryFileSystem files = new();
    private readonly RowChunk[] arrival = [new(MarketTable.Arrival.Rows, Rows)];
    private readonly RowChunk[] clustered = [new(MarketTable.Clustered.Rows, Rows)];
    private readonly CommitIndex commits;
    private readonly Batch copy = Batch.Allocate(MarketTable.Arrival.Rows.Schema, Rows, MarketTable.Pool);
    private readonly SnapshotTable table;
    private readonly ScanRequest allColumns = new()
    {
        Columns = [.. Enumerable.Range(0, MarketTable.Arrival.Schema.AllColumns.Count)],
    };

    /// <summary>Writes the segment that is read.</summary>
    public SegmentBenchmarks()
    {
        files.CreateDirectory("/segments");
        commits = CommitIndex.FromRows(MarketTable.Arrival.Schema, arrival);
        _ = Write(arrival, Kept);
        var reader = SegmentReader.Open(files, Kept, new BlockCache(new MemoryBudget(64 << 20, "block cache")));
        table = new SnapshotTable(MarketTable.Arrival.Schema, MarketTable.Arrival.Symbols, long.MaxValue, [reader], []);
    }

    /// <summary>The bound.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public void Copy()
    {
        copy.Clear();
        copy.AppendRange(MarketTable.Arrival.Rows, 0, Rows);
    }

    /// <summary>Rows as they arrived: sorted by symbol first.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public long WriteFromArrival() => Write(arrival, Written);

    /// <summary>Rows that lie in the segment's order already: gathering and encoding is what is left.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public long WriteFromClustered() => Write(clustered, Written);

    /// <summary>Every column decoded, blocks cached.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public long ScanAllColumns()
    {
        using var scan = table.OpenScan(allColumns, MarketTable.Pool, CancellationToken.None);
        var rows = 0L;
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                rows += batch.RowCount;
            }
        }

        return rows == Rows ? rows : throw new InvalidOperationException($"{rows} rows came back");
    }

    private long Write(RowChunk[] chunks, string path)
    {
        files.DeleteFile(path);
        return SegmentWriter
            .Write(MarketTable.Arrival.Schema, chunks, commits, files, path, MarketTable.Pool)!
            .FileBytes;
    }
}
