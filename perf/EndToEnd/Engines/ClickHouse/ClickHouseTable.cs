using TickStore.EndToEnd.Data;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>A column: its type, the codec that serves queries best, and the one that makes it smallest.</summary>
internal readonly record struct ClickHouseColumn(string Name, string Type, string FastCodec, string SmallCodec);

/// <summary>The tables as ClickHouse holds them.</summary>
internal static class ClickHouseTable
{
    private const string Time = "DateTime64(9, 'UTC')";
    private const string Symbol = "LowCardinality(String)";
    private const string Price = "Decimal(9, 2)";
    private const string PriceLevels =
        $"Tuple({Price}, {Price}, {Price}, {Price}, {Price}, {Price}, {Price}, {Price}, {Price}, {Price})";
    private const string SizeLevels = "Tuple(Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32)";

    private static readonly ClickHouseColumn[] Trades =
    [
        new("ts", Time, "Delta, LZ4", "Delta, T64, ZSTD(6)"),
        new("sym", Symbol, "LZ4", "ZSTD(6)"),
        new("px", Price, "Delta, LZ4", "T64('bit'), ZSTD(6)"),
        new("qty", "Int32", "LZ4", "ZSTD(6)"),
        new("side", "Bool", "LZ4", "ZSTD(6)"),
    ];

    private static readonly ClickHouseColumn[] Quotes =
    [
        new("ts", Time, "Delta, LZ4", "Delta, T64, ZSTD(6)"),
        new("sym", Symbol, "LZ4", "ZSTD(6)"),
        new("bid", Price, "Delta, LZ4", "T64('bit'), ZSTD(6)"),
        new("ask", Price, "Delta, LZ4", "T64('bit'), ZSTD(6)"),
        new("bid_size", "Int32", "LZ4", "ZSTD(6)"),
        new("ask_size", "Int32", "LZ4", "ZSTD(6)"),
    ];

    private static readonly ClickHouseColumn[] Snapshots =
    [
        new("ts", Time, "Delta, LZ4", "Delta, ZSTD(6)"),
        new("sym", Symbol, "LZ4", "ZSTD(6)"),
        new("last", Price, "Delta, LZ4", "Delta, ZSTD(6)"),
        new("volume", "Int64", "Delta, LZ4", "Delta, ZSTD(6)"),
        new("bid", PriceLevels, "Delta, LZ4", "Delta, ZSTD(6)"),
        new("ask", PriceLevels, "Delta, LZ4", "Delta, ZSTD(6)"),
        new("bid_size", SizeLevels, "LZ4", "ZSTD(6)"),
        new("ask_size", SizeLevels, "LZ4", "ZSTD(6)"),
    ];

    /// <summary>The columns, in the order of the rows.</summary>
    public static ClickHouseColumn[] Columns(Workload workload) =>
        workload switch
        {
            TradeWorkload => Trades,
            QuoteWorkload => Quotes,
            _ => Snapshots,
        };

    /// <summary>The rows' time stamps.</summary>
    public static long[] Times(Workload workload) =>
        workload switch
        {
            TradeWorkload trades => trades.Rows.Times,
            QuoteWorkload quotes => quotes.Rows.Times,
            _ => ((SnapshotWorkload)workload).Rows.Times,
        };

    /// <summary>The statement that makes a workload's table.</summary>
    /// <param name="workload">Says which.</param>
    /// <param name="name">The table's name.</param>
    /// <param name="isSmall">By the codecs that make it smallest.</param>
    public static string Create(Workload workload, string name, bool isSmall)
    {
        var columns = new List<string>();
        foreach (var column in Columns(workload))
        {
            columns.Add($"{column.Name} {column.Type} CODEC({(isSmall ? column.SmallCodec : column.FastCodec)})");
        }

        return $"CREATE TABLE {name} ({string.Join(", ", columns)}) ENGINE = MergeTree "
            + "PARTITION BY toYYYYMMDD(ts) ORDER BY (sym, ts) "
            + "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1";
    }

    /// <summary>Writes rows of a workload as one block.</summary>
    public static void WriteBlock(NativeBlockWriter writer, Workload workload, int startRow, int count)
    {
        switch (workload)
        {
            case TradeWorkload trades:
                Write(writer, trades.Rows, startRow, count);
                break;
            case QuoteWorkload quotes:
                Write(writer, quotes.Rows, startRow, count);
                break;
            default:
                Write(writer, ((SnapshotWorkload)workload).Rows, startRow, count);
                break;
        }
    }

    private static void Write(NativeBlockWriter writer, TradeBlock rows, int startRow, int count)
    {
        writer.Begin(Trades.Length, count);
        writer.Values("ts", Time, rows.Times.AsSpan(startRow, count));
        writer.Symbols("sym", rows.Symbols.AsSpan(startRow, count));
        writer.Values("px", Price, rows.PriceCents.AsSpan(startRow, count));
        writer.Values("qty", "Int32", rows.Sizes.AsSpan(startRow, count));
        writer.Values("side", "Bool", rows.IsBuy.AsSpan(startRow, count));
    }

    private static void Write(NativeBlockWriter writer, QuoteBlock rows, int startRow, int count)
    {
        writer.Begin(Quotes.Length, count);
        writer.Values("ts", Time, rows.Times.AsSpan(startRow, count));
        writer.Symbols("sym", rows.Symbols.AsSpan(startRow, count));
        writer.Values("bid", Price, rows.BidCents.AsSpan(startRow, count));
        writer.Values("ask", Price, rows.AskCents.AsSpan(startRow, count));
        writer.Values("bid_size", "Int32", rows.BidSizes.AsSpan(startRow, count));
        writer.Values("ask_size", "Int32", rows.AskSizes.AsSpan(startRow, count));
    }

    private static void Write(NativeBlockWriter writer, SnapshotBlock rows, int startRow, int count)
    {
        writer.Begin(Snapshots.Length, count);
        writer.Values("ts", Time, rows.Times.AsSpan(startRow, count));
        writer.Symbols("sym", rows.Symbols.AsSpan(startRow, count));
        writer.Values("last", Price, rows.LastCents.AsSpan(startRow, count));
        writer.Values("volume", "Int64", rows.Volumes.AsSpan(startRow, count));
        writer.Levels("bid", PriceLevels, rows.BidCents, rows.Capacity, startRow, count);
        writer.Levels("ask", PriceLevels, rows.AskCents, rows.Capacity, startRow, count);
        writer.Levels("bid_size", SizeLevels, rows.BidSizes, rows.Capacity, startRow, count);
        writer.Levels("ask_size", SizeLevels, rows.AskSizes, rows.Capacity, startRow, count);
    }
}
