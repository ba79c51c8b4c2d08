// Proves the parts of the command line that no child process shows: the glyphs of candles against prices placed by
// hand, where a statement ends at the prompt, the history across two prompts, the width of characters.
using TickStore.Cli;

namespace TickStore.Tests.Cli;

public sealed class PartsTests
{
    [Fact]
    public void A_candle_has_its_body_and_wicks_where_its_prices_are()
    {
        // 32 steps of price from 0 to 31: one a step, two a line.
        var frame = new Candle(0, 0, 31, 0, 31, 1);
        var rising = new Candle(0, 4, 9, 1, 7, 1);
        var chart = new CandleChart([frame, rising], hasColors: true);
        Assert.Equal("╵│┃┃│ ", string.Concat(Enumerable.Range(0, 6).Select(line => chart.PriceGlyph(rising, line))));
        Assert.Equal('┃', chart.PriceGlyph(frame, 15));
    }

    [Fact]
    public void Falling_bodies_are_solid_without_colours()
    {
        var frame = new Candle(0, 0, 31, 0, 31, 1);
        var falling = new Candle(0, 7, 9, 1, 4, 1);
        Assert.Equal('█', new CandleChart([frame, falling], hasColors: false).PriceGlyph(falling, 2));
        Assert.Equal('┃', new CandleChart([frame, falling], hasColors: true).PriceGlyph(falling, 2));
    }

    [Fact]
    public void A_chart_of_one_price_is_drawn()
    {
        var output = new StringWriter();
        new CandleChart([new Candle(0, 5, 5, 5, 5, 0)], hasColors: false).Write(output, 2, TimeSpan.Zero);
        Assert.Contains("00:00", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("┃", output.ToString().Replace('╻', '┃').Replace('╹', '┃'), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT 1;", true)]
    [InlineData("SELECT 1; -- done", true)]
    [InlineData("SELECT 1; /* done */ ", true)]
    [InlineData("SELECT 1", false)]
    [InlineData("SELECT 1; SELECT 2", false)]
    [InlineData("SELECT ';'", false)]
    [InlineData("SELECT 'it''s;'", false)]
    [InlineData("SELECT E'\\';'", false)]
    [InlineData("SELECT E'\\'';", true)]
    [InlineData("SELECT \"a;b\"", false)]
    [InlineData("SELECT 1 -- ;", false)]
    [InlineData("SELECT /* /* ; */ ; */ 1", false)]
    [InlineData("SELECT 'open;", false)]
    [InlineData("", false)]
    public void A_statement_ends_at_a_semicolon_that_is_one(string script, bool isComplete) =>
        Assert.Equal(isComplete, SqlScript.IsComplete(script));

    [Fact]
    public void History_outlives_the_prompt_with_statements_of_several_lines()
    {
        using var folder = new TempFolder();
        var path = folder["state/history"];
        string[] entries = ["SELECT 1;", "SELECT 'a\\nb',\n  2;", "\\d trades"];
        var first = new PromptHistory(path);
        Array.ForEach(entries, first.Add);
        first.Add(entries[^1]);
        var second = new PromptHistory(path);
        Assert.Equal(entries, Enumerable.Range(0, second.Count).Select(i => second[i]));
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("中文", 4)]
    [InlineData("e\u0301", 1)]
    public void Widths_are_those_of_a_terminal(string text, int cells) => Assert.Equal(cells, CellWidth.Of(text));

    [Fact]
    public void A_text_is_cut_at_whole_characters() => Assert.Equal("中…", CellWidth.Fit("中文字", 4));
}
