// Proves that the Chinese and crypto feeds come out row for row, against numbers that Python's csv, json, decimal and
// struct modules (and the zstd command) gave for the same recordings. The large files are read where they are.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Tests.Formats;

public sealed class FeedTests : IDisposable
{
    // Unchanged lines of the recordings: a perpetual trade and quote, a spot quote and depth difference.
    private const string BinanceLines = """
        1723161255088169167 {"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256313}}
        1723161255088176367 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161256322,"T":1723161256322,"s":"BTCUSDT","t":5266583935,"p":"61800.30","q":"0.006","X":"MARKET","m":false}}
        1723161254087891268 {"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}
        1723161254036059768 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT","U":50093239203,"u":50093239207,"b":[["55653.87000000","0.00000000"]],"a":[["61838.04000000","0.32332000"],["61844.30000000","0.40163000"],["61862.50000000","0.05019000"],["61862.51000000","0.00000000"]]}}

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("feeds").FullName;

    [Fact]
    public void Moutai_orders_trades_and_snapshots_are_three_streams()
    {
        var path = RealData.Sample("china-l2/600519_20230201/20230201.zip");
        var streams = Imported.Rows(null, Imported.Request(path));
        Assert.Equal(["orders", "snapshots", "trades"], streams.Keys);

        var orders = streams["orders"];
        Assert.Equal(54735, orders.Count);
        Assert.Equal(
            [
                "2023-02-01T01:15:00.020Z",
                "2023-02-01T01:25:26.145Z",
                "600519",
                "6",
                "76838",
                "68337",
                "90",
                "A",
                "S",
                "1745.000",
                "50",
                "0",
                "560195",
            ],
            orders[0]
        );
        Assert.Equal(100657007.270m, Sum(orders, 9));
        Assert.Equal(9744139m, Sum(orders, 10));
        Assert.Equal(39067, orders.Count(r => r[7] == "A"));
        Assert.Equal(496454354637m, Sum(orders, 4));

        var trades = streams["trades"];
        Assert.Equal(27135, trades.Count);
        Assert.Equal(
            [
                "2023-02-01T01:25:00.940Z",
                "2023-02-01T01:25:08.075Z",
                "600519",
                "6",
                "78259",
                "8502",
                "113304",
                "38420",
                "N",
                "1854.980",
                "100",
                "185498.000",
                "0",
                "90265",
            ],
            trades[0]
        );
        Assert.Equal(49877533.230m, Sum(trades, 9));
        Assert.Equal(3397389m, Sum(trades, 10));
        Assert.Equal(6244678924.610m, Sum(trades, 11));
        Assert.Equal(563, trades.Count(r => r[8] == "N"));

        var snapshots = streams["snapshots"];
        Assert.Equal(5109, snapshots.Count);
        Assert.Equal("2023-02-01T07:40:03Z", snapshots[^1][0]);
        Assert.Equal(
            [("CCALL", 64), ("CLOSE", 6), ("ENDTR", 36), ("OCALL", 127), ("START", 29), ("TRADE", 4847)],
            snapshots.GroupBy(r => r[3]!).Select(g => (g.Key, g.Count())).Order()
        );
        Assert.Equal(156, snapshots.Count(r => r[9] == "0.000"));
        Assert.Equal(9032693243m, Sum(snapshots, 12));
        Assert.Equal(29, snapshots.Count(r => r[18] is null));
        Assert.Equal(
            "{1824.220,1824.210,1824.100,1824.020,1824.010,1824.000,1823.710,1823.600,1823.500,1823.400}",
            snapshots[2000][18]
        );
        Assert.Equal("{900,4000,100,200,100,100,200,100,100,100}", snapshots[2000][22]);
    }

    [Fact]
    public void The_order_queue_has_arrays_of_fifty()
    {
        var rows = Imported.Rows(
            null,
            Imported.Request(RealData.Sample("china-l2/600519_20230201/20230201_OrderQueue.csv.gz"))
        )["queue"];
        Assert.Equal(10220, rows.Count);
        Assert.Equal(440, rows.Count(r => r[11] is null));
        Assert.Equal(
            5590797,
            rows.Where(r => r[11] is not null)
                .Sum(r => r[11]!.Trim('{', '}').Split(',').Sum(v => long.Parse(v, CultureInfo.InvariantCulture)))
        );
        Assert.Equal("2023-02-01T07:41:03Z", rows[^1][0]);
    }

    [Fact]
    public void Huatai_files_are_told_by_their_headers()
    {
        var orderPath =
            RealData.Find("china-l2/sh5_20230711/SHorders.zip")
            ?? Gzip(
                "orders.csv",
                "MDDate,MDTime,SecurityType,SecuritySubType,SecurityIDSource,Symbol,ReceiveDateTime,OrderIndex,OrderType,OrderPrice,OrderQty,OrderBSFlag,ChannelNo,ApplSeqNum,OrderNO,SecurityID\n"
                    + "2023.07.11,09:15:00.280,2,02001,101,恒盛能源,2023.07.11T09:25:21.401,169409,2,15.929999999999999,300,2,1,186445,1329,605580.SH\n"
            );
        var rows = Imported.Rows("sse-l2", Imported.Request(orderPath))["orders"];
        Assert.Equal(
            [
                "2023-07-11T01:15:00.280Z",
                "2023-07-11T01:25:21.401Z",
                "605580.SH",
                "1",
                "186445",
                "169409",
                "1329",
                "A",
                "S",
                "15.930",
                "300",
                "恒盛能源",
            ],
            rows[0]
        );
        if (rows.Count > 1)
        {
            Assert.Equal(149359, rows.Count);
            Assert.Equal(3939146.000m, Sum(rows, 9));
            Assert.Equal(39588, rows.Count(r => r[7] == "D"));
            Assert.Equal(76936, rows.Count(r => r[8] == "B"));
        }
    }

    [Fact]
    public void Thirty_stocks_have_two_sides_of_ten_levels_and_queues_of_fifty()
    {
        if (RealData.Find("china-l2/sh30_20211201/20211201snapshot_30stocks.zip") is not { } path)
        {
            path = RealData.Sample("china-l2/600519_20230201/20230201.zip");
            using var small = ImportFormats.Open(null, Imported.Request(path));
            Assert.Contains(
                small.Streams[1].Schema.Columns,
                c => c.Name == "bid" && c.Type == DataType.Decimal(18, 3).ArrayOf(10)
            );
            return;
        }

        var request = Imported.Request(path);
        using var reader = ImportFormats.Open(null, request);
        var schema = Assert.Single(reader.Streams).Schema;
        Assert.Equal(DataType.Int.ArrayOf(50), schema.Columns[schema.IndexOf("ask_queue")].Type);
        long rows = 0,
            bidUnits = 0,
            lastZero = 0,
            repeated = 0;
        var seen = new HashSet<(int, long)>();
        while (reader.TryRead(out var batch))
        {
            var last = batch.Rows[schema.IndexOf("last")].Values<long>();
            var bid = batch.Rows[schema.IndexOf("bid")].Level<long>(0);
            for (var row = 0; row < batch.Rows.RowCount; row++, rows++)
            {
                bidUnits += bid[row];
                lastZero += last[row] == 0 ? 1 : 0;
                repeated += seen.Add((batch.Rows[1].Values<int>()[row], batch.Rows[0].Values<long>()[row])) ? 0 : 1;
            }
        }

        Assert.Equal((32972, 1109651350, 1200, 95), (rows, bidUnits, lastZero, repeated));
    }

    [Fact]
    public void Futures_ticks_have_every_field_of_their_record()
    {
        Assert.Equal(DsbTick.SizeInBytes, Unsafe.SizeOf<DsbTick>());
        var rows = Imported.Rows(null, Imported.Request(RealData.Sample("cffex-if/CFFEX.IF.HOT_tick_20210105.dsb")))[
            "ticks"
        ];
        Assert.Equal(28254, rows.Count);
        Assert.Equal(
            [
                "2021-01-05T01:29:00.200Z",
                "IF2101",
                "CFFEX",
                "5250",
                "5250",
                "5250",
                "5250",
                "0",
                "5806.400000000001",
                "4750.8",
                "160",
                "160",
                "252000000",
                "252000000",
                "84408",
                "-123",
                "2021-01-05",
                "5260",
                "5278.6",
                "84531",
                "{5250,0,0,0,0,0,0,0,0,0}",
                "{5251,0,0,0,0,0,0,0,0,0}",
                "{3,0,0,0,0,0,0,0,0,0}",
                "{1,0,0,0,0,0,0,0,0,0}",
            ],
            rows[0]
        );
        Assert.Equal("2021-01-05T07:36:15.700Z", rows[^1][0]);
        Assert.Equal(150084762.2m, Sum(rows, 3));
        Assert.Equal(88203m, Sum(rows, 11));
        Assert.Equal(1437m, Sum(rows, 15));
    }

    [Fact]
    public void Raw_streams_become_trades_quotes_and_depth()
    {
        var rows = Imported.Rows(null, Imported.Request(Gzip("btcusdt", BinanceLines)));
        Assert.Equal(
            [
                [
                    "2024-08-08T23:54:16.322Z",
                    "2024-08-08T23:54:15.088176367Z",
                    "BTCUSDT",
                    "2024-08-08T23:54:16.322Z",
                    "5266583935",
                    "61800.30000000",
                    "0.00600000",
                    "false",
                    "MARKET",
                ],
            ],
            rows["trades"]
        );
        Assert.Equal(
            [
                [
                    "2024-08-08T23:54:16.313Z",
                    "2024-08-08T23:54:15.088169167Z",
                    "BTCUSDT",
                    "2024-08-08T23:54:16.313Z",
                    "5123107839020",
                    "61800.20000000",
                    "2.50700000",
                    "61800.30000000",
                    "2.51000000",
                ],
                [
                    "2024-08-08T23:54:14.087891268Z",
                    "2024-08-08T23:54:14.087891268Z",
                    "BTCUSDT",
                    null,
                    "50093239212",
                    "61837.63000000",
                    "3.78826000",
                    "61837.64000000",
                    "1.54698000",
                ],
            ],
            rows["quotes"]
        );
        Assert.Equal(5, rows["depth"].Count);
        Assert.Equal(
            [
                "2024-08-08T23:54:15.308Z",
                "2024-08-08T23:54:14.036059768Z",
                "BTCUSDT",
                "2024-08-08T23:54:15.308Z",
                "50093239203",
                "50093239207",
                "update",
                "bid",
                "55653.87000000",
                "0.00000000",
            ],
            rows["depth"][0]
        );
        Assert.Equal("ask", rows["depth"][4][7]);
    }

    [Fact]
    public void A_whole_recording_has_the_exchanges_numbers()
    {
        var path = RealData.Find("binance-ws/usdm/btcusdt_20240808.gz");
        var request = Imported.Request(path ?? Gzip("btcusdt", BinanceLines));
        using var reader = ImportFormats.Open("binance-ws", request);
        var counts = new long[3];
        long priceUnits = 0,
            quantityUnits = 0,
            makers = 0,
            behind = 0;
        while (reader.TryRead(out var batch))
        {
            counts[batch.StreamIndex] += batch.Rows.RowCount;
            for (var row = 0; batch.StreamIndex == 0 && row < batch.Rows.RowCount; row++)
            {
                behind += batch.Rows[1].Values<long>()[row] < batch.Rows[0].Values<long>()[row] ? 1 : 0;
                priceUnits += batch.Rows[5].Values<long>()[row];
                quantityUnits += batch.Rows[6].Values<long>()[row];
                makers += batch.Rows[7].Values<byte>()[row];
            }
        }

        long[] expected = path is null ? [1, 2, 5] : [21313, 66089, 445521];
        Assert.Equal(expected, counts);
        Assert.Equal(expected[0], behind);
        Assert.Equal(path is null ? 6180030000000 : 131487592260000000, priceUnits);
        Assert.Equal(path is null ? 600000 : 242936600000, quantityUnits);
        Assert.Equal(path is null ? 0 : 11697, makers);
    }

    [Theory]
    [InlineData("x {}", "does not begin with a time")]
    [InlineData("1723161255088176367 {\"stream\":", "")]
    [InlineData(
        "1723161255088176367 {\"stream\":\"btcusdt@kline\",\"data\":{\"e\":\"kline\"}}",
        "no trade, bookTicker"
    )]
    [InlineData(
        "1723161255088176367 {\"stream\":\"a@trade\",\"data\":{\"e\":\"trade\",\"T\":1,\"s\":\"A\",\"t\":1,\"p\":\"NaN\",\"q\":\"1\",\"m\":true}}",
        "p (price)"
    )]
    [InlineData(
        "1723161255088176367 {\"stream\":\"a@trade\",\"data\":{\"e\":\"trade\",\"T\":1,\"s\":\"A\",\"p\":\"1\",\"q\":\"1\",\"m\":true}}",
        "trade id"
    )]
    [InlineData(
        "1723161255088176367 {\"data\":{\"e\":\"depthUpdate\",\"E\":1,\"s\":\"A\",\"u\":1,\"b\":[[\"1\",\"1\"]],\"a\":[[\"1\"]]}}",
        "two texts"
    )]
    public void A_bad_message_is_rejected_whole(string line, string reason)
    {
        var path = Gzip("btcusdt", BinanceLines + line + "\n" + BinanceLines);
        var error = Assert.Throws<TickStoreException>(() => Imported.Rows("binance-ws", Imported.Request(path)));
        Assert.Contains("line 5", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        using var sink = new RejectFile(Path.Combine(folder, "bad.csv"));
        var rows = Imported.Rows(
            "binance-ws",
            new ImportRequest
            {
                Files = [path],
                TableName = "t",
                Symbols = new SymbolTable(),
                Rejects = sink,
                Pool = new BlockPool(new MemoryBudget(1 << 26, "test")),
            }
        );
        Assert.Equal([2, 4, 10], rows.Values.Select(r => r.Count));
        Assert.Equal(1, sink.Count);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static decimal Sum(List<string?[]> rows, int column) =>
        rows.Sum(r => decimal.Parse(r[column]!, NumberStyles.Float, CultureInfo.InvariantCulture));

    private string Gzip(string name, string text)
    {
        var path = Path.Combine(folder, name + ".gz");
        using var file = File.Create(path);
        using var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
