using System.Text;
using TickStore.Core;

namespace TickStore.EndToEnd.Latency;

/// <summary>The table of ticks that the paths write to, and how a batch becomes its columns.</summary>
internal static class TickTable
{
    /// <summary>Index of the column with the event time, which is the time that the schedule intended.</summary>
    public const int TimeColumn = 0;

    /// <summary>Index of the price's column.</summary>
    public const int PriceColumn = 2;

    public static TableSchema Schema(string name) =>
        new(
            name,
            [
                new("ts", DataType.Timestamp, Nullable: false),
                new("sym", DataType.Symbol, Nullable: false),
                new("px", DataType.Decimal(18, 2), Nullable: false),
                new("qty", DataType.Int, Nullable: false),
            ]
        )
        {
            EventTimeColumn = TimeColumn,
            ClusterColumn = 1,
        };

    /// <summary>Ids of the symbols in a database, by index.</summary>
    public static int[] InternSymbols(TickDatabase database)
    {
        var ids = new int[TickTape.SymbolCount];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = database.Symbols.Intern(Encoding.UTF8.GetBytes($"{600_000 + i}"));
        }

        return ids;
    }

    /// <summary>Writes a batch behind the rows that the appender gathered.</summary>
    public static void Append(TableAppender appender, in TickBatch ticks, int[] symbolIds)
    {
        var rows = appender.Pending;
        var start = rows.RowCount;
        rows[0].Writable<long>().Slice(start, ticks.Count).Fill(ticks.IntendedNanos);
        var symbols = rows[1].Writable<int>().Slice(start, ticks.Count);
        for (var i = 0; i < symbols.Length; i++)
        {
            symbols[i] = symbolIds[ticks.Symbols[i]];
        }

        ticks.PriceCents.CopyTo(rows[2].Writable<long>()[start..]);
        ticks.Sizes.CopyTo(rows[3].Writable<int>()[start..]);
        for (var i = 0; i < rows.ColumnCount; i++)
        {
            rows[i].SetRowCount(start + ticks.Count);
        }

        rows.SetRowCount(start + ticks.Count);
    }
}
