namespace TickStore.EndToEnd.Data;

/// <summary>Recorded files that are imported together, as one table or as one for each stream in them.</summary>
/// <param name="Name">Name of the table; of several, what their names begin with.</param>
/// <param name="Patterns">Paths below a folder of data; a star stands for any part of a file's or folder's name.</param>
internal sealed record RealFileSet(string Name, params string[] Patterns)
{
    /// <summary>All sets: what they are is said in the README of the data.</summary>
    public static IReadOnlyList<RealFileSet> All { get; } =
    [
        new("us_trades", "lean/equity/usa/tick/*/*_trade.zip"),
        new("us_quotes", "lean/equity/usa/tick/*/*_quote.zip"),
        new("us_second_bars", "lean/equity/usa/second/*/*_trade.zip"),
        new("fx_oanda", "lean/forex/oanda/tick/*/*_quote.zip"),
        new("fx_fxcm", "lean/forex/fxcm/tick/*/*_quote.zip"),
        new("gold", "lean/future/comex/tick/gc/*_trade.zip"),
        new("goog_options", "lean/option/usa/minute/goog/*_quote_american.zip"),
        new("sse_600519", "china-l2/600519_20230201/20230201.zip"),
        new("sse_600519_queue", "china-l2/600519_20230201/20230201_OrderQueue.csv.gz"),
        new("sse_5_stocks", "china-l2/sh5_20230711/SHorders.zip", "china-l2/sh5_20230711/SHtrans.zip"),
        new("sse_30_snapshots", "china-l2/sh30_20211201/*.zip"),
        new("sse_600000", "china-l2/600000_20200102/*_trade.csv.gz"),
        new("cffex", "cffex-if/*_tick_*.dsb"),
        new("btc_spot", "binance-ws/spot/*.gz"),
        new("btc_perpetual", "binance-ws/usdm/*.gz"),
    ];

    /// <summary>
    /// The set's files in one folder, those of one day together and the days in order; of a name that begins with no day, by name.
    /// None where the folder has none.
    /// </summary>
    public string[] FindIn(string folder)
    {
        var found = new List<string>();
        foreach (var pattern in Patterns)
        {
            Find(new DirectoryInfo(folder), pattern.Split('/'), found);
        }

        return [.. found.OrderBy(Path.GetFileName, StringComparer.Ordinal).ThenBy(f => f, StringComparer.Ordinal)];
    }

    private static void Find(DirectoryInfo folder, ReadOnlySpan<string> parts, List<string> found)
    {
        if (!folder.Exists)
        {
            return;
        }

        if (parts.Length == 1)
        {
            found.AddRange(folder.EnumerateFiles(parts[0]).Select(f => f.FullName));
            return;
        }

        foreach (var inner in folder.GetDirectories(parts[0]))
        {
            Find(inner, parts[1..], found);
        }
    }
}
