// Proves that LEAN files come out row for row: counts, first and last rows, exact sums and the known oddities of the
// recordings, against numbers that Python's zipfile and decimal modules gave; and the clocks against hand-made answers.
using System.Globalization;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Tests.Formats;

public sealed class LeanTests
{
    [Fact]
    public void Oanda_ticks_are_utc_and_exact()
    {
        var rows = Single("lean/forex/oanda/tick/eurusd/20140505_quote.zip", "quotes");
        Assert.Equal(25177, rows.Count);
        Assert.Equal(["2014-05-05T00:00:23.668Z", "EURUSD", "1.38710000", "1.38726000"], rows[0]);
        Assert.Equal(["2014-05-05T23:59:59.513Z", "EURUSD", "1.38741000", "1.38755000"], rows[^1]);
        Assert.Equal(34935.37277m, Sum(rows, 2));
        Assert.Equal(34938.43064m, Sum(rows, 3));
        Assert.Equal(92, rows.Zip(rows.Skip(1)).Count(p => p.First[0] == p.Second[0]));
    }

    [Fact]
    public void Fxcm_ticks_are_five_hours_behind_and_keep_their_crossed_quotes()
    {
        var rows = Single("lean/forex/fxcm/tick/eurusd/20140504_quote.zip", "quotes");
        Assert.Equal(8025, rows.Count);
        Assert.Equal("2014-05-04T19:00:51.815Z", rows[0][0]);
        Assert.Equal("2014-05-05T04:59:58.346Z", rows[^1][0]);
        Assert.Equal(11133.37705m, Sum(rows, 2));
        Assert.Equal(174, rows.Count(r => Number(r[2]) > Number(r[3])));
        Assert.Equal(259, rows.Count(r => Number(r[2]) == Number(r[3])));
    }

    [Fact]
    public void Bars_of_both_sides_have_no_sizes_that_were_not_there()
    {
        var rows = Single("lean/forex/oanda/minute/eurusd/20140505_quote.zip", "minute_quote_bars");
        Assert.Equal(1350, rows.Count);
        Assert.Equal(
            [
                "2014-05-05T00:00:00Z",
                "EURUSD",
                "1.38710000",
                "1.38711000",
                "1.38709000",
                "1.38711000",
                "0",
                "1.38726000",
                "1.38727000",
                "1.38726000",
                "1.38726000",
                "0",
            ],
            rows[0]
        );
    }

    [Fact]
    public void Gold_keeps_every_contract_its_zero_sizes_and_its_doubled_last_lines()
    {
        var rows = Single("lean/future/comex/tick/gc/20131007_trade.zip", "trades");
        Assert.Equal(40192, rows.Count);
        Assert.Equal(
            ["2013-10-07T01:22:13.381Z", "GC201310", "GC", "201310", "1313.80000000", "1", "usa", null, "false"],
            rows[0]
        );
        Assert.Equal(
            ["2013-10-07T19:12:36.700Z", "GC201512", "GC", "201512", "1326.40000000", "10", "usa", null, "false"],
            rows[^1]
        );
        Assert.Equal(53063619.3m, Sum(rows, 4));
        Assert.Equal(53044m, Sum(rows, 5));
        Assert.Equal(147, rows.Count(r => r[5] == "0"));
        var contracts = rows.GroupBy(r => r[1]).Select(g => g.ToList()).ToList();
        Assert.Equal(10, contracts.Count);
        Assert.All(contracts, c => Assert.Equal(c[^2], c[^1]));
    }

    [Fact]
    public void Us_trades_are_new_york_time_and_prices_have_four_decimals()
    {
        var rows = Single("lean/equity/usa/tick/ibm/20131007_trade.zip", "trades");
        Assert.Equal(24293, rows.Count);
        Assert.Equal(["2013-10-07T08:00:30.270Z", "IBM", "181.5200", "283", "P", "20002020", "false"], rows[0]);
        Assert.Equal(["2013-10-07T23:26:07.550Z", "IBM", "181.9900", "200", "P", "20002020", "false"], rows[^1]);
        Assert.Equal(4434549.1900m, Sum(rows, 2));
        Assert.Equal(3960352m, Sum(rows, 3));
        Assert.Equal(158, rows.Count(r => string.CompareOrdinal(r[0], "2013-10-07T13:30") < 0));
    }

    [Fact]
    public void Us_quotes_carry_one_side_each_in_file_order()
    {
        if (RealData.Find("lean/equity/usa/tick/bac/20131007_quote.zip") is not { } path)
        {
            // The small set has bars of quotes only; there both sides are given.
            var bars = Single("lean/equity/usa/minute/ibm/20131007_quote.zip", "minute_quote_bars");
            Assert.Equal(554, bars.Count);
            Assert.Equal("180.0100", bars[0][2]);
            return;
        }

        var symbols = new SymbolTable();
        var request = new ImportRequest
        {
            Files = [path],
            TableName = "q",
            Symbols = symbols,
            Pool = new BlockPool(new MemoryBudget(1 << 28, "test")),
        };
        using var reader = ImportFormats.Open(null, request);
        long bidSum = 0,
            askSizeSum = 0,
            rows = 0,
            sameTime = 0,
            bothSides = 0,
            last = 0;
        while (reader.TryRead(out var batch))
        {
            var ts = batch.Rows[0].Values<long>();
            var bid = batch.Rows[2].Values<long>();
            var ask = batch.Rows[4].Values<long>();
            var askSize = batch.Rows[5].Values<long>();
            for (var row = 0; row < batch.Rows.RowCount; row++, rows++)
            {
                bidSum += bid[row];
                askSizeSum += askSize[row];
                bothSides += (bid[row] == 0) == (ask[row] == 0) ? 1 : 0;
                sameTime += ts[row] == last ? 1 : 0;
                Assert.True(ts[row] >= last);
                last = ts[row];
            }
        }

        Assert.Equal((476855, 358981, 0), (rows, sameTime, bothSides));
        Assert.Equal(33060233500, bidSum);
        Assert.Equal(14906013500, askSizeSum);
    }

    [Fact]
    public void Daily_bars_take_the_offset_of_their_season()
    {
        var rows = Single("lean/equity/usa/daily/ibm.zip", "daily_bars");
        Assert.Equal(5849, rows.Count);
        Assert.Equal(
            ["1998-01-02T05:00:00Z", "IBM", "104.5000", "105.7500", "104.0600", "105.7500", "2563200"],
            rows[0]
        );
        Assert.Equal("2021-03-31T04:00:00Z", rows[^1][0]);
        Assert.Equal(758583.4150m, Sum(rows, 5));
        Assert.Equal(33533064042m, Sum(rows, 6));
    }

    [Fact]
    public void Options_name_their_contract()
    {
        var rows = Single("lean/option/usa/minute/goog/20151224_trade_american.zip", "minute_bars");
        Assert.Equal(958, rows.Count);
        Assert.Equal(
            [
                "2015-12-24T15:57:00Z",
                "GOOG 20170120 C 400",
                "GOOG",
                "call",
                "400.0000",
                "2017-01-20",
                "355.5400",
                "355.5400",
                "355.5400",
                "355.5400",
                "1",
            ],
            rows[0]
        );
        Assert.Equal("GOOG 20151224 P 815", rows[^1][1]);
        Assert.Equal(241, rows.Select(r => r[1]).Distinct().Count());
        Assert.Equal(7471m, Sum(rows, 10));
    }

    [Fact]
    public void Crypto_volumes_are_decimals()
    {
        var rows = Single("lean/crypto/coinbase/minute/btcusd/20161007_trade.zip", "minute_bars");
        Assert.Equal(1419, rows.Count);
        Assert.Equal(
            [
                "2016-10-07T23:59:00Z",
                "BTCUSD",
                "618.17000000",
                "618.17000000",
                "617.98000000",
                "617.98000000",
                "0.24885568",
            ],
            rows[^1]
        );
        Assert.Equal(5119.98889954m, Sum(rows, 6));
    }

    [Fact]
    public void Several_files_are_streams_of_one_import()
    {
        var rows = Imported.Rows(
            "lean",
            Imported.Request(
                RealData.Sample("lean/equity/usa/tick/ibm/20131007_trade.zip"),
                RealData.Sample("lean/equity/usa/minute/ibm/20131007_trade.zip"),
                RealData.Sample("lean/equity/usa/minute/ibm/20131007_quote.zip")
            )
        );
        Assert.Equal(["trades", "minute_bars", "minute_quote_bars"], rows.Keys);
        Assert.Equal([24293, 453, 554], rows.Values.Select(r => r.Count));
        using var reader = ImportFormats.Open(
            "lean",
            Imported.Request(
                RealData.Sample("lean/equity/usa/tick/ibm/20131007_trade.zip"),
                RealData.Sample("lean/equity/usa/minute/ibm/20131007_trade.zip")
            )
        );
        Assert.Equal(["t_trades", "t_minute_bars"], reader.Streams.Select(s => s.Schema.Name));
        Assert.Throws<TickStoreException>(() =>
            ImportFormats.Open(
                "lean",
                Imported.Request(
                    RealData.Sample("lean/equity/usa/tick/ibm/20131007_trade.zip"),
                    RealData.Sample("lean/future/comex/tick/gc/20131007_trade.zip")
                )
            )
        );
    }

    [Theory]
    [InlineData("2013-03-10T01:59:59", "2013-03-10T06:59:59Z")]
    [InlineData("2013-03-10T03:00:00", "2013-03-10T07:00:00Z")]
    [InlineData("2013-11-03T00:59:59", "2013-11-03T04:59:59Z")]
    [InlineData("2013-11-03T01:30:00", "2013-11-03T05:30:00Z")]
    [InlineData("2013-11-03T02:00:00", "2013-11-03T07:00:00Z")]
    [InlineData("2013-01-02T09:30:00", "2013-01-02T14:30:00Z")]
    [InlineData("2013-07-02T09:30:00", "2013-07-02T13:30:00Z")]
    [InlineData("2006-03-15T09:30:00", "2006-03-15T14:30:00Z")]
    [InlineData("2006-04-03T09:30:00", "2006-04-03T13:30:00Z")]
    [InlineData("2006-10-30T09:30:00", "2006-10-30T14:30:00Z")]
    [InlineData("1985-04-26T09:30:00", "1985-04-26T14:30:00Z")]
    [InlineData("1985-04-29T09:30:00", "1985-04-29T13:30:00Z")]
    public void New_york_follows_the_law_of_its_year(string local, string utc)
    {
        Assert.Equal(
            TextStatus.Ok,
            TimestampText.TryParse(System.Text.Encoding.UTF8.GetBytes(local), out var localNanos)
        );
        Assert.Equal(TextStatus.Ok, LocalClock.NewYork.ToUtc(localNanos, out var utcNanos));
        Span<byte> text = stackalloc byte[TimestampText.LengthMax];
        Assert.Equal(utc, System.Text.Encoding.UTF8.GetString(text[..TimestampText.Format(utcNanos, text)]));
    }

    [Fact]
    public void A_path_that_is_not_leans_is_refused_naming_what_is_expected()
    {
        var error = Assert.Throws<TickStoreException>(() => ImportFormats.Open("lean", Imported.Request("/x/y.zip")));
        Assert.Contains("equity/usa/tick/spy/20131007_trade.zip", error.Message, StringComparison.Ordinal);
    }

    private static List<string?[]> Single(string path, string stream)
    {
        var rows = Imported.Rows(null, Imported.Request(RealData.Sample(path)));
        Assert.Equal([stream], rows.Keys);
        return rows[stream];
    }

    private static decimal Number(string? text) => decimal.Parse(text!, CultureInfo.InvariantCulture);

    private static decimal Sum(List<string?[]> rows, int column) => rows.Sum(r => Number(r[column]));
}
