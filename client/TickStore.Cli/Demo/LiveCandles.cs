using System.Diagnostics;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>Candles that a subscription keeps up, drawn over and over in place on a terminal, and once elsewhere.</summary>
internal sealed class LiveCandles(TextWriter output, bool isTerminal, TimeSpan zone)
{
    private const int CandlesMax = 120;

    private readonly SortedDictionary<long, Candle> candles = [];
    private long drawnAt;
    private int drawnLines;

    /// <summary>The candles, in order of time.</summary>
    public IReadOnlyCollection<Candle> Candles => candles.Values;

    /// <summary>Changes that were taken.</summary>
    public long ChangeCount { get; private set; }

    /// <summary>Takes what has changed: a bar's opening, its four prices, its volume.</summary>
    public void Take(Subscription subscription)
    {
        while (subscription.TryRead() is { } block)
        {
            ChangeCount += block.RowCount;
            for (var row = 0; row < block.RowCount; row++)
            {
                var candle = Candle.Read(block.Rows, row);
                candles[candle.TimeNanos] = candle;
            }
        }
    }

    /// <summary>Draws the newest candles, unless that was done a moment ago; zero draws in any case.</summary>
    public void Draw(TimeSpan interval)
    {
        var isLast = interval == TimeSpan.Zero;
        var isDue = isLast || (isTerminal && Stopwatch.GetElapsedTime(drawnAt) >= interval);
        if (!isDue || candles.Count == 0)
        {
            return;
        }

        drawnAt = Stopwatch.GetTimestamp();
        var count = Math.Clamp(Terminal.Width - CandleChart.AxisColumns, 30, CandlesMax);
        var frame = new StringWriter();
        new CandleChart([.. candles.Values.TakeLast(count)], Terminal.HasColors).Write(frame, priceDecimals: 2, zone);
        var lines = frame.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        if (isTerminal)
        {
            output.Write(drawnLines > 0 ? $"\e[{drawnLines}A\r" : string.Empty);
        }

        foreach (var line in lines)
        {
            output.WriteLine(isTerminal ? $"{line}\e[K" : line);
        }

        drawnLines = lines.Length;
        output.Flush();
    }
}
