// Proves that CSV, Parquet and Arrow IPC (file and stream) give back what was written, for every type with nulls and
// the extremes of its range, over several batches, with and without a table that says the types. Doubles are compared
// by their bits where the format keeps them.
using System.Text;
using Apache.Arrow.Ipc;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Tests.Formats;

public sealed class RoundTripTests : IDisposable
{
    private readonly BlockPool pool = new(new MemoryBudget(1 << 28, "test"));
    private readonly SymbolTable symbols = new();
    private readonly string folder = Directory.CreateTempSubdirectory("formats").FullName;

    private static readonly (ColumnSchema Column, string?[] Values)[] Columns =
    [
        (
            new("ts", DataType.Timestamp, false),
            ["2023-02-01T09:30:00.123456789Z", "1677-09-21T00:12:43.145224192Z", "2262-04-11T23:47:16.854775807Z"]
        ),
        (new("symbol", DataType.Symbol, false), ["600519", "贵州茅台", "a,\"b\"\nc"]),
        (new("flag", DataType.Boolean), ["true", null, "false"]),
        (new("small", DataType.SmallInt), ["-32768", null, "32767"]),
        (new("whole", DataType.Int), ["-2147483648", "2147483647", null]),
        (new("big", DataType.BigInt), ["-9223372036854775808", "9223372036854775807", null]),
        (new("single", DataType.Real), ["-3.4028235E+38", null, "NaN"]),
        (new("number", DataType.Double), ["-1.7976931348623157E+308", "-0", "5E-324"]),
        (new("special", DataType.Double), ["NaN", "Infinity", "-Infinity"]),
        (new("price", DataType.Decimal(18, 4)), ["99999999999999.9999", "-99999999999999.9999", null]),
        (new("tiny", DataType.Decimal(5, 5)), ["0.00001", null, "-0.99999"]),
        (new("day", DataType.Date), ["2023-02-01", "-5877641-06-23", null]),
        (new("span", DataType.Interval), ["1 year 2 months 3 days 04:05:06.000000007", null, "-00:00:01"]),
        (new("venue", DataType.Symbol), [null, "XSHG", null]),
        (new("note", DataType.Varchar), ["", null, "line\r\nbreak, \"quoted\" 茅"]),
        (new("bid", DataType.Double.ArrayOf(3)), ["{1,2.5,NaN}", null, "{-1,0,1E+300}"]),
        (new("ask", DataType.Decimal(18, 2).ArrayOf(2)), ["{1.00,2.50}", "{-0.01,0.00}", null]),
        (new("sizes", DataType.Int.ArrayOf(2)), ["{1,-2147483648}", null, "{0,7}"]),
        (new("flags", DataType.Boolean.ArrayOf(2)), ["{true,false}", null, "{false,true}"]),
    ];

    public static TheoryData<string> FormatNames => [.. ExportFormats.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(FormatNames))]
    public void What_is_written_is_read_back(string formatName)
    {
        var format = ExportFormats.Find(formatName);
        var path = Path.Combine(folder, "t" + format.Extensions[0]);
        Assert.Same(format, ExportFormats.FindByExtension(path));
        Write(format, path, batchCount: 3, repeat: 700);
        var schema = Schema();

        var rows = Imported.Rows(null, Request(path, schema))["rows"];

        Assert.Equal(3 * 700 * 3, rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var i = 0; i < Columns.Length; i++)
            {
                if (rows[row][i] != Columns[i].Values[row % 3])
                {
                    Assert.Fail(
                        $"{formatName}, row {row}, {Columns[i].Column.Name}: {rows[row][i]}, not {Columns[i].Values[row % 3]}"
                    );
                }
            }
        }
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("arrow")]
    [InlineData("arrow-stream")]
    public void The_file_itself_tells_the_columns(string formatName)
    {
        var format = ExportFormats.Find(formatName);
        var path = Path.Combine(folder, "t" + format.Extensions[0]);
        Write(format, path, batchCount: 1, repeat: 1);

        using var reader = ImportFormats.Open(null, Request(path, null));

        var schema = Assert.Single(reader.Streams).Schema;
        Assert.Equal(Columns.Select(c => c.Column), schema.Columns);
        Assert.Equal((0, 1), (schema.EventTimeColumn, schema.ClusterColumn));
    }

    [Fact]
    public void Record_batches_carry_nanoseconds_decimals_and_dictionaries()
    {
        using var batch = MakeBatch(repeat: 2);
        using var arrow = ArrowExport.ToRecordBatch(batch, symbols, symbolsAsDictionary: true);

        var times = (Apache.Arrow.TimestampArray)arrow.Column("ts");
        Assert.Equal(1675243800123456789L, times.Values[0]);
        Assert.Equal("99999999999999.9999", ((Apache.Arrow.Decimal128Array)arrow.Column("price")).GetString(0));
        var dictionary = (Apache.Arrow.DictionaryArray)arrow.Column("symbol");
        Assert.Equal("贵州茅台", ((Apache.Arrow.StringArray)dictionary.Dictionary).GetString(1));
        Assert.Equal(2, arrow.Column("venue").NullCount / 2);

        var others = new SymbolTable();
        others.Intern("elsewhere"u8);
        using var back = ArrowImport.ToBatch(arrow, Schema(), others, pool);
        for (var row = 0; row < batch.RowCount; row++)
        {
            for (var i = 0; i < batch.ColumnCount; i++)
            {
                Assert.Equal(
                    VectorTextWriter.ToText(batch[i], row, symbols),
                    VectorTextWriter.ToText(back[i], row, others)
                );
            }
        }

        using var slice = ArrowImport.ToBatch(arrow.Slice(1, 4), Schema(), others, pool);
        for (var i = 0; i < batch.ColumnCount; i++)
        {
            Assert.Equal(VectorTextWriter.ToText(batch[i], 2, symbols), VectorTextWriter.ToText(slice[i], 1, others));
        }
    }

    [Fact]
    public void Arrow_columns_that_do_not_fit_the_table_are_refused()
    {
        using var batch = MakeBatch(repeat: 1);
        using var arrow = ArrowExport.ToRecordBatch(batch, symbols);
        Assert.Equal(ErrorCode.SchemaMismatch, Refusal(arrow, new("t", [new("ts", DataType.Timestamp)])));
        Assert.Equal(ErrorCode.SchemaMismatch, Refusal(arrow, Changed("big", DataType.Date)));
        Assert.Equal(ErrorCode.NumericOverflow, Refusal(arrow, Changed("big", DataType.Int)));
        Assert.Equal(ErrorCode.NullViolation, Refusal(arrow, Changed("big", DataType.BigInt, nullable: false)));
        Assert.Equal(ErrorCode.SchemaMismatch, Refusal(arrow, Changed("bid", DataType.Double.ArrayOf(4))));
    }

    [Fact]
    public void Leases_are_all_returned()
    {
        var path = Path.Combine(folder, "t.arrow");
        Write(ExportFormats.Find("arrow"), path, batchCount: 1, repeat: 1);
        Imported.Rows("arrow", Request(path, Schema()));
        Assert.Equal(0, pool.LeaseCount);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ErrorCode Refusal(Apache.Arrow.RecordBatch arrow, TableSchema schema) =>
        Assert.Throws<TickStoreException>(() => ArrowImport.ToBatch(arrow, schema, symbols, pool).Dispose()).Code;

    private static TableSchema Changed(string name, DataType type, bool nullable = true) =>
        new("t", [.. Columns.Select(c => c.Column.Name == name ? new ColumnSchema(name, type, nullable) : c.Column)]);

    private static TableSchema Schema() =>
        new("t", [.. Columns.Select(c => c.Column)]) { EventTimeColumn = 0, ClusterColumn = 1 };

    private ImportRequest Request(string path, TableSchema? schema) =>
        new()
        {
            Files = [path],
            TableName = "t",
            Symbols = symbols,
            Pool = pool,
            FindTable = _ => schema,
        };

    private Batch MakeBatch(int repeat)
    {
        var batch = Batch.Allocate(new BatchSchema([.. Columns.Select(c => c.Column)]), repeat * 3, pool);
        for (var i = 0; i < Columns.Length; i++)
        {
            for (var row = 0; row < repeat * 3; row++)
            {
                if (Columns[i].Values[row % 3] is { } text)
                {
                    Assert.Equal(
                        TextStatus.Ok,
                        VectorTextReader.TryAppend(Encoding.UTF8.GetBytes(text), batch[i], symbols)
                    );
                }
                else
                {
                    batch[i].AppendNull();
                }
            }
        }

        batch.SetRowCount(repeat * 3);
        return batch;
    }

    private void Write(IExportFormat format, string path, int batchCount, int repeat)
    {
        using var batch = MakeBatch(repeat);
        using var file = File.Create(path);
        using var writer = format.Create(batch.Schema, symbols, file);
        for (var i = 0; i < batchCount; i++)
        {
            writer.Write(batch);
        }

        writer.Finish();
    }
}
