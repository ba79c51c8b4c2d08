using System.Text;
using TickStore.Core;

namespace TickStore.Cli;

/// <summary>
/// Draws candles with box-drawing characters: a column a candle, two steps of price a line, for those characters have
/// halves of their own. Volume stands below as bars of eighths; prices are on the right, times at the bottom. With
/// colours rising candles are green and falling ones red; without them falling bodies are solid blocks.
/// </summary>
internal sealed class CandleChart
{
    private const int PriceLines = 16;
    private const int VolumeLines = 4;
    private const int LinesBetweenLabels = 3;
    private const int ColumnsBetweenTimes = 15;
    private const string Green = "\e[32m";
    private const string Red = "\e[31m";
    private const string Plain = "\e[0m";

    // By what the upper and the lower half of a cell hold: nothing, wick, body.
    private const string Rising = " ╷╻╵│╽╹╿┃";
    private const string FallingWithoutColor = " ╷▄╵│▄▀▀█";
    private const string Eighths = " ▁▂▃▄▅▆▇█";

    private readonly IReadOnlyList<Candle> candles;
    private readonly bool hasColors;
    private readonly double lowest;
    private readonly double step;

    /// <summary>Makes a chart of at least one candle.</summary>
    public CandleChart(IReadOnlyList<Candle> candles, bool hasColors)
    {
        this.candles = candles;
        this.hasColors = hasColors;
        lowest = candles.Min(c => c.Low);
        var range = candles.Max(c => c.High) - lowest;
        step = (range > 0 ? range : Math.Max(Math.Abs(lowest), 1) * 1e-6) / ((2 * PriceLines) - 1);
    }

    /// <summary>Columns that the axis on the right takes.</summary>
    public const int AxisColumns = 12;

    /// <summary>Writes the chart.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="priceDecimals">Digits of prices after the point.</param>
    /// <param name="zone">How far the clock of the labels is ahead of UTC.</param>
    public void Write(TextWriter output, int priceDecimals, TimeSpan zone)
    {
        for (var line = PriceLines - 1; line >= 0; line--)
        {
            var text = new StringBuilder();
            foreach (var candle in candles)
            {
                Append(text, candle, PriceGlyph(candle, line));
            }

            var price = lowest + (((2 * line) + 0.5) * step);
            var hasLabel = (PriceLines - 1 - line) % LinesBetweenLabels == 0;
            output.WriteLine($"{text} {(hasLabel ? $"┤ {price.ToString($"F{priceDecimals}")}" : "│")}");
        }

        var volumeMax = candles.Max(c => c.Volume);
        for (var line = VolumeLines - 1; line >= 0 && volumeMax > 0; line--)
        {
            var text = new StringBuilder();
            foreach (var candle in candles)
            {
                var eighths = (int)Math.Ceiling(candle.Volume / volumeMax * VolumeLines * 8) - (line * 8);
                Append(text, candle, Eighths[Math.Clamp(eighths, 0, 8)]);
            }

            output.WriteLine($"{text} {(line == VolumeLines - 1 ? $"┤ {volumeMax:N0}" : "│")}");
        }

        WriteTimes(output, zone);
    }

    /// <summary>The character of one candle in one line of prices, 0 being the lowest.</summary>
    internal char PriceGlyph(Candle candle, int line)
    {
        var upper = Part(candle, (2 * line) + 1);
        var lower = Part(candle, 2 * line);
        var glyphs = !hasColors && candle.Close < candle.Open ? FallingWithoutColor : Rising;
        return glyphs[(3 * upper) + lower];
    }

    // 0 nothing, 1 wick, 2 body, at a step of price counted from the lowest.
    private int Part(Candle candle, int at)
    {
        var bodyLow = StepOf(Math.Min(candle.Open, candle.Close));
        var bodyHigh = StepOf(Math.Max(candle.Open, candle.Close));
        return at >= bodyLow && at <= bodyHigh ? 2
            : at >= StepOf(candle.Low) && at <= StepOf(candle.High) ? 1
            : 0;
    }

    private int StepOf(double price) => (int)Math.Round((price - lowest) / step);

    private void Append(StringBuilder text, Candle candle, char glyph)
    {
        if (!hasColors || glyph == ' ')
        {
            text.Append(glyph);
            return;
        }

        text.Append(candle.Close < candle.Open ? Red : Green).Append(glyph).Append(Plain);
    }

    private void WriteTimes(TextWriter output, TimeSpan zone)
    {
        var ticks = new StringBuilder();
        var labels = new StringBuilder();
        for (var i = 0; i < candles.Count; i++)
        {
            var isLabelled = i % ColumnsBetweenTimes == 0;
            ticks.Append(isLabelled ? '┴' : '─');
            if (isLabelled)
            {
                var local = new TickTime(candles[i].TimeNanos + (zone.Ticks * 100)).ToString();
                labels.Append(' ', Math.Max(0, i - labels.Length)).Append(local.AsSpan(local.IndexOf('T') + 1, 5));
            }
        }

        output.WriteLine($"{ticks}─┘");
        output.WriteLine(labels);
    }
}
