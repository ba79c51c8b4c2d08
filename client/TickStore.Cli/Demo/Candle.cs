using TickStore.Core;

namespace TickStore.Cli;

/// <summary>One bar of a chart.</summary>
/// <param name="TimeNanos">When it opens, in nanoseconds since 1970.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Traded quantity; 0 where the data has none.</param>
internal readonly record struct Candle(
    long TimeNanos,
    double Open,
    double High,
    double Low,
    double Close,
    double Volume
)
{
    /// <summary>
    /// Reads candles out of a result whose first columns are a TIMESTAMP, the four prices as DOUBLE, and the volume
    /// as DOUBLE.
    /// </summary>
    public static List<Candle> Read(QueryResult result)
    {
        var candles = new List<Candle>();
        while (result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                candles.Add(Read(batch, row));
            }
        }

        return candles;
    }

    /// <summary>Reads one row of such columns.</summary>
    public static Candle Read(Batch batch, int row) =>
        new(
            batch[0].Values<long>()[row],
            batch[1].Values<double>()[row],
            batch[2].Values<double>()[row],
            batch[3].Values<double>()[row],
            batch[4].Values<double>()[row],
            batch[5].Values<double>()[row]
        );
}
