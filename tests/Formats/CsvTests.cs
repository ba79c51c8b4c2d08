// Proves how CSV is read: quotes, line ends, NULL and the empty string, inference, mappings, bad lines (stop or
// reject), and that the block reader agrees with a naive parser that looks at one character after the other.
using System.Text;
using CsCheck;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Tests.Formats;

public sealed class CsvTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("csv").FullName;

    [Fact]
    public void Types_are_inferred_by_the_documented_rules()
    {
        var path = Write(
            "a.csv",
            "ts,sym,i,d,b,day,zero,note,none\n2023-02-01T09:30:00Z,A,1,1.5,true,2023-02-01,000001,\"x\",\n"
                + "2023-02-01T09:30:01Z,B,-2,2,false,2023-02-02,000002,,\n"
        );
        using var reader = ImportFormats.Open("csv", Imported.Request(path));
        var schema = reader.Streams[0].Schema;
        Assert.Equal(
            ["TIMESTAMP", "SYMBOL", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "SYMBOL", "SYMBOL", "VARCHAR"],
            schema.Columns.Select(c => c.Type.ToString())
        );
        Assert.Equal((0, 1), (schema.EventTimeColumn, schema.ClusterColumn));
        Assert.Equal("t", schema.Name);
    }

    [Fact]
    public void Null_and_empty_string_differ_and_line_ends_do_not_matter()
    {
        var path = Write("a.csv", "\uFEFFa,b\r\n1,\"\"\r\n\r\n2,\r\n3,\"x,\"\"y\"\"\r\nz\"");
        var rows = Rows(Imported.Request(path));
        Assert.Equal(["1|", "2|<null>", "3|x,\"y\"\r\nz"], rows);
    }

    [Fact]
    public void A_file_without_header_numbers_its_columns()
    {
        var path = Write("a.csv", "1,2\n3,4\n");
        var request = new ImportRequest
        {
            Files = [path],
            TableName = "t",
            Symbols = new SymbolTable(),
            CsvHasHeader = false,
            Pool = new BlockPool(new MemoryBudget(1 << 26, "test")),
        };
        Assert.Equal(["1|2", "3|4"], Rows(request));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "line 3", "1 fields; 2 are expected")]
    [InlineData("a,b\n1,2\n3,4,5\n", "line 3", "3 fields; 2 are expected")]
    [InlineData("a,b\n1,2\n\"3\n,4\n", "line 3", "never closed")]
    [InlineData("a,b\n1,2\n\"3\"x,4\n", "line 3", "behind a closing quote")]
    public void A_malformed_line_stops_with_its_place(string text, string line, string reason)
    {
        var error = Assert.Throws<TickStoreException>(() => Rows(Imported.Request(Write("a.csv", text))));
        Assert.Equal(ErrorCode.MalformedData, error.Code);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_value_behind_the_sample_stops_naming_file_line_column_and_value()
    {
        var text = new StringBuilder("a,b\n");
        for (var i = 0; i < CsvInference.SampleRows; i++)
        {
            text.Append(i).Append(",1\n");
        }

        var path = Write("a.csv", text.Append("7,oops\n").ToString());
        var error = Assert.Throws<TickStoreException>(() => Rows(Imported.Request(path)));
        Assert.Contains($"{path}, line 10,002", error.Message, StringComparison.Ordinal);
        Assert.Contains("column b: 'oops' is not a BIGINT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejected_lines_go_to_the_sink_and_the_others_stay_in_order()
    {
        var path = Write("a.csv", "a,b\n1,10\nx,11\n2,12\n3\n4,13\n5,99999999999999999999\n6,\"1\n");
        var table = new TableSchema("t", [new("a", DataType.BigInt), new("b", DataType.BigInt)]);
        var rejectPath = Path.Combine(folder, "bad.csv");
        long rejected;
        using (var sink = new RejectFile(rejectPath))
        {
            var request = new ImportRequest
            {
                Files = [path],
                TableName = "t",
                Symbols = new SymbolTable(),
                Rejects = sink,
                FindTable = _ => table,
                Pool = new BlockPool(new MemoryBudget(1 << 26, "test")),
            };
            Assert.Equal(["1|10", "2|12", "4|13"], Rows(request));
            rejected = sink.Count;
        }

        Assert.Equal(4, rejected);
        var lines = File.ReadAllLines(rejectPath);
        Assert.Equal("file,line,reason,raw", lines[0]);
        Assert.Contains(",3,\"column a: 'x' is not a BIGINT", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("\"x,11\"", lines[1], StringComparison.Ordinal);
        Assert.Contains(",5,", lines[2], StringComparison.Ordinal);
        Assert.Contains("does not fit BIGINT", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Nul_bytes_and_bytes_that_are_not_utf8_are_refused()
    {
        foreach (
            var bad in (byte[][])
                [
                    [0x41, 0x00],
                    [0xC3, 0x28],
                ]
        )
        {
            foreach (var type in (DataType[])[DataType.Varchar, DataType.Symbol, DataType.BigInt, DataType.Timestamp])
            {
                var path = Path.Combine(folder, "bad.csv");
                File.WriteAllBytes(path, [.. "a,b\n1,"u8, .. bad, .. "\n"u8]);
                var table = new TableSchema("t", [new("a", DataType.BigInt), new("b", type)]);
                var request = new ImportRequest
                {
                    Files = [path],
                    TableName = "t",
                    Symbols = new SymbolTable(),
                    FindTable = _ => table,
                    Pool = new BlockPool(new MemoryBudget(1 << 26, "test")),
                };
                var error = Assert.Throws<TickStoreException>(() => Rows(request));
                Assert.Contains("line 2: column b", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_line_of_ten_megabytes_is_refused()
    {
        var path = Write("a.csv", "a,b\n1,2\n" + new string('x', 10 << 20) + ",1\n");
        var error = Assert.Throws<TickStoreException>(() => Rows(Imported.Request(path)));
        Assert.Contains("line 3: the line is longer than", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_says_types_units_ticks_filters_and_paths()
    {
        var path = Write(
            "20230201_abc.csv",
            "time,day,px,scaled,side,b1,b2\n"
                + "09:30:00.001,2023.02.01,1854.980000000000018,123456,B,1,2\n"
                + "09:30:00.002,2023.02.01,1.004,1,S,3,\n"
                + "09:30:00.003,2023.02.01,1.006,,B,,\n"
        );
        var map = Write(
            "map.json",
            """
            { // comments are allowed
              "timezone": "+08:00", "dateFromPath": "(\\d{8})_", "eventTime": "ts", "clusterBy": "symbol",
              "columns": [
                { "name": "ts", "type": "TIMESTAMP", "source": "time", "timeOfDay": true },
                { "name": "ts2", "type": "TIMESTAMP", "source": "time", "dateSource": "day", "timezone": "UTC" },
                { "name": "symbol", "type": "SYMBOL", "fromPath": "_([a-z]+)\\.csv" },
                { "name": "px", "type": "DECIMAL(18,4)", "source": "3", "tick": "0.01" },
                { "name": "units", "type": "DECIMAL(18,4)", "source": "scaled", "divideBy": 10000 },
                { "name": "venue", "type": "SYMBOL", "constant": "SSE" },
                { "name": "bid", "type": "INT[2]", "sources": ["b1", "b2"] },
              ],
              "skip": [ { "source": "side", "equalTo": "S" } ]
            }
            """
        );
        var rows = Rows(With(path, map));
        Assert.Equal(
            [
                "2023-02-01T01:30:00.001Z|2023-02-01T09:30:00.001Z|abc|1854.9800|12.3456|SSE|{1,2}",
                "2023-02-01T01:30:00.003Z|2023-02-01T09:30:00.003Z|abc|1.0100|<null>|SSE|<null>",
            ],
            rows
        );
    }

    [Fact]
    public void The_china_bars_import_by_mapping()
    {
        var map = Write(
            "map.json",
            """
            { "eventTime": "ts", "clusterBy": "symbol", "columns": [
              { "name": "symbol", "type": "SYMBOL", "source": "symbol" },
              { "name": "ts", "type": "TIMESTAMP", "source": "unixTime", "unit": "ms" },
              { "name": "local", "type": "TIMESTAMP", "source": "time", "dateSource": "date", "timezone": "+08:00" },
              { "name": "close", "type": "DECIMAL(18,2)", "source": "close" },
              { "name": "volume", "type": "BIGINT", "source": "volume" } ] }
            """
        );
        var rows = Rows(With(RealData.Sample("china-bars/candle_201801.csv.gz"), map));
        Assert.Equal(5040, rows.Count);
        Assert.Equal("000001|2018-01-02T01:31:00Z|2018-01-02T01:31:00Z|13.38|2003635", rows[0]);
        Assert.Equal("000001|2018-01-30T07:00:00Z|2018-01-30T07:00:00Z|13.65|1457896", rows[^1]);
        Assert.Equal(4418387233, rows.Sum(r => long.Parse(r.Split('|')[4])));
    }

    [Theory]
    [InlineData("{ \"columns\": [] }", "at least one column")]
    [InlineData("{ \"colums\": [] }", "is not a mapping")]
    [InlineData("{ \"columns\": [ { \"name\": \"a\", \"type\": \"NUMBER\", \"source\": \"a\" } ] }", "is not a type")]
    [InlineData("{ \"columns\": [ { \"name\": \"a\", \"type\": \"INT\", \"source\": \"q\" } ] }", "has no column 'q'")]
    [InlineData("{ \"columns\": [ { \"name\": \"a\", \"type\": \"INT\" } ] }", "exactly one of")]
    [InlineData(
        "{ \"timezone\": \"Mars\", \"columns\": [ { \"name\": \"a\", \"type\": \"TIMESTAMP\", \"source\": \"a\" } ] }",
        "'Mars'"
    )]
    public void A_bad_mapping_is_refused(string json, string reason)
    {
        var error = Assert.Throws<TickStoreException>(() =>
            Rows(With(Write("a.csv", "a,b\n1,2\n"), Write("m.json", json)))
        );
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_equal_those_of_a_naive_parser() =>
        Gen.Char["ab,,\"\"\n\n\r"]
            .Array[0, 60]
            .Select(Gen.Int[1, 40], Gen.Int[1, 5])
            .Sample(
                (characters, chunk, fieldCount) =>
                {
                    var text = new string(characters);
                    var reader = new TextBlockReader(
                        new Dribble(Encoding.UTF8.GetBytes(text), chunk),
                        "x",
                        bufferBytes: 4
                    );
                    var block = new TextBlock();
                    block.SetFieldCount(fieldCount);
                    var actual = new List<string>();
                    while (reader.Read(block))
                    {
                        for (var row = 0; row < block.RowCount; row++)
                        {
                            var isBad = block.ReasonOf(row) is not null;
                            actual.Add(
                                $"{block.LineOf(row)}:"
                                    + (
                                        isBad
                                            ? "bad"
                                            : string.Join(
                                                '|',
                                                Enumerable
                                                    .Range(0, fieldCount)
                                                    .Select(f =>
                                                        block.TryGet(row, f, out var value)
                                                            ? $"<{Encoding.UTF8.GetString(value)}>"
                                                            : "null"
                                                    )
                                            )
                                    )
                            );
                        }
                    }

                    return actual.SequenceEqual(NaiveCsv.Parse(text, fieldCount));
                },
                iter: 20_000
            );

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static ImportRequest With(string path, string map) =>
        new()
        {
            Files = [path],
            TableName = "t",
            Symbols = new SymbolTable(),
            MapFile = map,
            Pool = new BlockPool(new MemoryBudget(1 << 26, "test")),
        };

    private static List<string> Rows(ImportRequest request) =>
        [.. Imported.Rows("csv", request)["rows"].Select(r => string.Join('|', r.Select(v => v ?? "<null>")))];

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Hands out a few bytes at a time.</summary>
    private sealed class Dribble(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, chunk));
    }
}
