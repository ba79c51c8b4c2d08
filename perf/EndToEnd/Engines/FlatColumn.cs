using TickStore.EndToEnd.Data;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Engines;

/// <summary>What a column of a peer's table holds.</summary>
internal enum FlatKind
{
    /// <summary>Nanoseconds since 1970, as long.</summary>
    Time,

    /// <summary>Indexes of symbols, as int.</summary>
    Symbol,

    /// <summary>Prices in cents, as int.</summary>
    Price,

    /// <summary>Whole numbers, as int.</summary>
    Count,

    /// <summary>Large whole numbers, as long.</summary>
    LargeCount,

    /// <summary>0 or 1, as byte.</summary>
    Flag,
}

/// <summary>
/// A workload as a table of plain columns: a level of a book is a column of its own ("bid1" to "bid10"), because that is how
/// engines without arrays of a fixed length store and read it best.
/// </summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Values">The generated values, an array of the kind's type; not to be changed.</param>
/// <param name="Offset">Where the first row's value lies in them; the others follow without gaps.</param>
internal sealed record FlatColumn(string Name, FlatKind Kind, Array Values, int Offset)
{
    /// <summary>The columns of a workload, in the order of its table.</summary>
    public static FlatColumn[] Of(Workload workload) =>
        workload switch
        {
            TradeWorkload { Rows: var rows } =>
            [
                new("ts", FlatKind.Time, rows.Times, 0),
                new("sym", FlatKind.Symbol, rows.Symbols, 0),
                new("px", FlatKind.Price, rows.PriceCents, 0),
                new("qty", FlatKind.Count, rows.Sizes, 0),
                new("side", FlatKind.Flag, rows.IsBuy, 0),
            ],
            QuoteWorkload { Rows: var rows } =>
            [
                new("ts", FlatKind.Time, rows.Times, 0),
                new("sym", FlatKind.Symbol, rows.Symbols, 0),
                new("bid", FlatKind.Price, rows.BidCents, 0),
                new("ask", FlatKind.Price, rows.AskCents, 0),
                new("bid_size", FlatKind.Count, rows.BidSizes, 0),
                new("ask_size", FlatKind.Count, rows.AskSizes, 0),
            ],
            SnapshotWorkload { Rows: var rows } =>
            [
                new("ts", FlatKind.Time, rows.Times, 0),
                new("sym", FlatKind.Symbol, rows.Symbols, 0),
                new("last", FlatKind.Price, rows.LastCents, 0),
                new("volume", FlatKind.LargeCount, rows.Volumes, 0),
                .. Levels("bid", FlatKind.Price, rows.BidCents, rows.Capacity),
                .. Levels("ask", FlatKind.Price, rows.AskCents, rows.Capacity),
                .. Levels("bid_size", FlatKind.Count, rows.BidSizes, rows.Capacity),
                .. Levels("ask_size", FlatKind.Count, rows.AskSizes, rows.Capacity),
            ],
            _ => throw new ArgumentException($"{workload.Name} has no plain columns", nameof(workload)),
        };

    private static IEnumerable<FlatColumn> Levels(string name, FlatKind kind, int[] values, int capacity)
    {
        for (var level = 0; level < SnapshotBlock.Depth; level++)
        {
            yield return new($"{name}{level + 1}", kind, values, level * capacity);
        }
    }
}
