using TickStore.Core;
using TickStore.Workloads;

namespace TickStore.Micro.Data;

/// <summary>
/// The rows that every benchmark reads: generated trades, sorted by (symbol, time) as a segment holds them. The only
/// file that knows the generator. Made once a process; read-only afterwards.
/// </summary>
internal sealed class MarketRows
{
    /// <summary>Rows of the table: enough that the busiest symbol fills several vectors.</summary>
    internal const int RowCount = 1 << 18;

    private static readonly Lazy<MarketRows> Made = new(() => new MarketRows());

    private MarketRows()
    {
        var block = new TradeBlock(RowCount);
        new TradeGenerator(new MarketProfile(), RowCount, quoteCount: RowCount).Fill(block);
        ArrivalTimes = block.Times;
        ArrivalSymbols = block.Symbols;
        ArrivalPrices = Array.ConvertAll(block.PriceCents, cents => (long)cents);
        ArrivalSizes = block.Sizes;

        // Stable, because equal keys keep the order of their row numbers.
        var keys = new (int Symbol, int Row)[RowCount];
        for (var row = 0; row < RowCount; row++)
        {
            keys[row] = (block.Symbols[row], row);
        }

        Array.Sort(keys);
        for (var i = 0; i < RowCount; i++)
        {
            var row = keys[i].Row;
            Times[i] = block.Times[row];
            Symbols[i] = block.Symbols[row];
            Prices[i] = block.PriceCents[row];
            Sizes[i] = block.Sizes[row];
            Sides[i] = block.IsBuy[row];
            PriceDoubles[i] = block.PriceCents[row] / 100.0;
        }

        FillAverages();
    }

    /// <summary>The one table of this process.</summary>
    internal static MarketRows Shared => Made.Value;

    /// <summary>Event times in the order of arrival, in nanoseconds since 1970, ascending.</summary>
    internal long[] ArrivalTimes { get; }

    /// <summary>Symbol indexes in the order of arrival.</summary>
    internal int[] ArrivalSymbols { get; }

    /// <summary>Prices in cents in the order of arrival.</summary>
    internal long[] ArrivalPrices { get; }

    /// <summary>Shares in the order of arrival.</summary>
    internal int[] ArrivalSizes { get; }

    /// <summary>Event times in nanoseconds since 1970, ascending within a symbol.</summary>
    internal long[] Times { get; } = new long[RowCount];

    /// <summary>Symbol indexes, ascending.</summary>
    internal int[] Symbols { get; } = new int[RowCount];

    /// <summary>Prices in cents: the units of a DECIMAL(12, 2).</summary>
    internal long[] Prices { get; } = new long[RowCount];

    /// <summary>The same prices as DOUBLE.</summary>
    internal double[] PriceDoubles { get; } = new double[RowCount];

    /// <summary>Shares.</summary>
    internal int[] Sizes { get; } = new int[RowCount];

    /// <summary>1 where the buyer was the aggressor, else 0.</summary>
    internal byte[] Sides { get; } = new byte[RowCount];

    /// <summary>The running average price of the symbol, weighted by shares: doubles that lie on no grid.</summary>
    internal double[] Averages { get; } = new double[RowCount];

    /// <summary>The name of a symbol.</summary>
    internal static string NameOf(int symbol) => MarketProfile.SymbolName(symbol);

    /// <summary>A dictionary whose ids are the symbol indexes.</summary>
    internal static SymbolTable MakeDictionary()
    {
        var dictionary = new SymbolTable();
        for (var symbol = 0; symbol < new MarketProfile().SymbolCount; symbol++)
        {
            dictionary.Intern(System.Text.Encoding.UTF8.GetBytes(NameOf(symbol)));
        }

        return dictionary;
    }

    private void FillAverages()
    {
        double notional = 0,
            shares = 0;
        for (var i = 0; i < RowCount; i++)
        {
            if (i > 0 && Symbols[i] != Symbols[i - 1])
            {
                notional = shares = 0;
            }

            notional += PriceDoubles[i] * Sizes[i];
            shares += Sizes[i];
            Averages[i] = notional / shares;
        }
    }
}
