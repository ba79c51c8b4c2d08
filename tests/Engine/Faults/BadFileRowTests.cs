// Proves what a file with a bad line does: the error names file, line, column and value, and nothing of the file is
// there, wherever the line stands; with a reject sink the good lines are there, and the bad ones are counted in
// ts_catalog.tables, listed in ts_catalog.rejected and handed to the sink. Each kind of bad value is met: overflow of
// each type, NaN in a DECIMAL, times out of range, NULL where there may be none.
using System.Text;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Tests.Engine.Faults;

public sealed class BadFileRowTests : IDisposable
{
    private const string Columns = "ts,sym,s,i,b,d,x,t";
    private const string Good = "2023-02-01T09:30:00Z,A,1,2,3,4.50,5.5,six";

    private readonly TestFolder folder = new();
    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public BadFileRowTests() => database.Execute(ValueTable.Create);

    public void Dispose()
    {
        database.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_bad_last_line_of_many_leaves_no_trace_and_is_named()
    {
        const int lineCount = 200_000;
        var text = new StringBuilder("n,price\n");
        for (var n = 1; n < lineCount; n++)
        {
            text.Append(n).Append(",1.5\n");
        }

        var file = folder.Write("many.csv", text.Append("last,1.5\n").ToString());
        database.Execute("CREATE TABLE many (n BIGINT, price DOUBLE); INSERT INTO many VALUES (-1, 0.5)");
        var before = database.CommittedSequence;
        var error = Numbers.AssertError(
            ErrorCode.MalformedData,
            () => Import(file, "many"),
            file,
            $"line {lineCount + 1:N0}",
            "column n",
            "last",
            "BIGINT"
        );
        Assert.Contains("many.csv", error.Location, StringComparison.Ordinal);
        Assert.Equal(before, database.CommittedSequence);
        Assert.Equal(["-1", "0.5"], Assert.Single(Query("SELECT * FROM many")));

        // A table that the import would have made is not there either.
        var mapped = folder.Write(
            "map.json",
            """{ "columns": [ { "name": "n", "type": "BIGINT", "source": "n" } ] }"""
        );
        Numbers.AssertError(
            ErrorCode.MalformedData,
            () =>
                database.Import(
                    new ImportOptions
                    {
                        Files = [file],
                        Table = "fresh",
                        MapFile = mapped,
                    }
                ),
            "last"
        );
        Assert.Null(database.FindTable("fresh"));
        Assert.Null(database.FindTable("ts_catalog.rejected"));
    }

    [Fact]
    public void With_a_sink_good_lines_are_kept_and_bad_ones_counted_and_listed()
    {
        var (bad, other) = (Good.Replace("A,1,", "B,40000,"), Good.Replace("A,", "C,"));
        var file = folder.Write("mixed.csv", $"{Columns}\n{Good}\n{bad}\n{other}\nshort\n");
        var rejects = Path.Combine(folder.Path, "bad.csv");
        using (var sink = new RejectFile(rejects))
        {
            var report = database.Import(
                new ImportOptions
                {
                    Files = [file],
                    Table = ValueTable.Name,
                    Rejects = sink,
                }
            );
            Assert.Equal((2, 2), (report.RowCount, report.RejectedRows));
        }

        Assert.Equal(["A", "C"], Query("SELECT sym FROM v ORDER BY sym").Select(r => r[0]));
        Assert.Equal(
            ["2", "2"],
            Assert.Single(Query("SELECT rows, rejected_rows FROM ts_catalog.tables WHERE name = 'v'"))
        );
        var listed = Query("SELECT table_name, source, line, reason FROM ts_catalog.rejected ORDER BY line");
        Assert.Equal(["3", "5"], listed.Select(r => r[2]));
        Assert.All(listed, r => Assert.Equal(("v", file), (r[0], r[1])));
        Assert.Contains("40000", listed[0][3], StringComparison.Ordinal);
        var lines = File.ReadAllLines(rejects);
        Assert.Equal(3, lines.Length);
        Assert.Contains("B,40000,", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"short\"", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s", "32768", "SMALLINT")]
    [InlineData("s", "-32769", "SMALLINT")]
    [InlineData("i", "2147483648", "INT")]
    [InlineData("b", "9223372036854775808", "BIGINT")]
    [InlineData("b", "-9223372036854775809", "BIGINT")]
    [InlineData("d", "10000000.00", "DECIMAL(9,2)")]
    [InlineData("d", "-99999999999999999999999999", "DECIMAL(9,2)")]
    [InlineData("d", "NaN", "DECIMAL(9,2)")]
    [InlineData("d", "Infinity", "DECIMAL(9,2)")]
    [InlineData("x", "abc", "DOUBLE")]
    [InlineData("ts", "2262-04-11T23:47:16.854775808Z", "1677-09-21")]
    [InlineData("ts", "2262-04-12T00:00:00Z", "2262-04-11T23:47:16.854775807Z")]
    [InlineData("ts", "3000-01-01T00:00:00Z", "1677-09-21")]
    [InlineData("ts", "1677-09-21T00:12:43.145224191Z", "1677-09-21T00:12:43.145224192Z")]
    [InlineData("ts", "1600-01-01T00:00:00Z", "2262-04-11")]
    [InlineData("ts", "2023-02-30T00:00:00Z", "TIMESTAMP")]
    [InlineData("ts", "", "NOT NULL")]
    [InlineData("sym", "", "NOT NULL")]
    public void A_value_that_does_not_fit_its_column_is_named_and_not_taken(string column, string value, string named)
    {
        var fields = Good.Split(',');
        fields[Array.IndexOf(Columns.Split(','), column)] = value;
        var file = folder.Write("bad.csv", $"{Columns}\n{Good}\n{string.Join(',', fields)}\n{Good}\n");
        var error = Assert.Throws<TickStoreException>(() => Import(file, ValueTable.Name));
        Assert.True(error.Code is ErrorCode.MalformedData or ErrorCode.NumericOverflow, error.ToString());
        foreach (var part in new[] { file, "line 3", $"column {column}", value, named })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("0", Assert.Single(Query("SELECT count(*) FROM v"))[0]);
        Assert.Equal(0, database.CommittedSequence);
    }

    [Fact]
    public void A_symbol_that_is_too_long_is_a_bad_line_and_a_long_text_is_not()
    {
        var symbol = new string('S', SymbolTable.SymbolBytesMax + 1);
        var file = folder.Write("long.csv", $"{Columns}\n{Good.Replace("A,", symbol + ",")}\n");
        Numbers.AssertError(
            ErrorCode.MalformedData,
            () => Import(file, ValueTable.Name),
            file,
            "line 2",
            "sym",
            "4,096"
        );
        var text = new string('x', 300_000);
        var kept = folder.Write("text.csv", $"{Columns}\n{Good.Replace("six", text)}\n");
        Import(kept, ValueTable.Name);
        Assert.Equal(text, Assert.Single(Query("SELECT t FROM v"))[0]);
    }

    [Fact]
    public void The_extreme_values_that_fit_are_taken_as_they_are()
    {
        var file = folder.Write(
            "extreme.csv",
            $"{Columns}\n1677-09-21T00:12:43.145224192Z,A,-32768,-2147483648,-9223372036854775808,-9999999.99,-Infinity,\n"
                + "2262-04-11T23:47:16.854775807Z,B,32767,2147483647,9223372036854775807,9999999.99,NaN,\n"
        );
        Import(file, ValueTable.Name);
        for (var pass = 0; pass < 2; pass++)
        {
            var rows = Query("SELECT ts, s, i, b, d, x FROM v ORDER BY ts");
            Assert.Equal(
                [
                    "1677-09-21T00:12:43.145224192Z",
                    "-32768",
                    "-2147483648",
                    "-9223372036854775808",
                    "-9999999.99",
                    "-Infinity",
                ],
                rows[0]
            );
            Assert.Equal(
                ["2262-04-11T23:47:16.854775807Z", "32767", "2147483647", "9223372036854775807", "9999999.99", "NaN"],
                rows[1]
            );
            database.Seal();
        }
    }

    [Fact]
    public void A_file_that_is_not_there_or_is_no_gzip_is_named_and_leaves_nothing()
    {
        var missing = Path.Combine(folder.Path, "none.csv");
        Numbers.AssertError(ErrorCode.InvalidArgument, () => Import(missing, "fresh"), missing);
        var damaged = folder.Write("bad.csv.gz", "this is no gzip");
        Assert.Contains(
            damaged,
            Assert.Throws<TickStoreException>(() => Import(damaged, "fresh")).Message,
            StringComparison.Ordinal
        );
        Assert.Null(database.FindTable("fresh"));
    }

    private ImportReport Import(string file, string table) =>
        database.Import(
            new ImportOptions
            {
                Files = [file],
                Table = table,
                Format = "csv",
            }
        );

    private IReadOnlyList<string?[]> Query(string sql)
    {
        using var result = database.Query(sql);
        return result.ToTextRows();
    }
}
