// Proves what rows that do not fit do when they come from a program: by appender, by Arrow batch and by INSERT, each is
// refused with the column and the limit named, nothing of its batch becomes visible, and the appender or database goes
// on. And what is odd but allowed is kept as it is: late and repeated rows (counted, and replayed in order), NaN, the
// extreme times, long texts, 1,000 columns, no rows.
using Apache.Arrow;
using Apache.Arrow.Types;
using TickStore.Core;
using TickStore.Storage;

namespace TickStore.Tests.Engine.Faults;

public sealed class BadRowTests : IDisposable
{
    private const long Start = 1_675_215_000_000_000_000;

    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public BadRowTests() => database.Execute(ValueTable.Create);

    public void Dispose() => database.Dispose();

    [Theory]
    [InlineData("32768", "s", "SMALLINT")]
    [InlineData("2147483648", "i", "INT")]
    [InlineData("9223372036854775807 + 1", "b", "BIGINT")]
    [InlineData("10000000.00", "d", "DECIMAL(9,2)")]
    [InlineData("CAST('NaN' AS DOUBLE)", "d", "DECIMAL(9,2)")]
    [InlineData("CAST('Infinity' AS DOUBLE)", "d", "DECIMAL(9,2)")]
    [InlineData("TIMESTAMP '2262-04-12T00:00:00Z'", "ts", "1677-09-21")]
    [InlineData("TIMESTAMP '1677-09-20T00:00:00Z'", "ts", "2262-04-11")]
    [InlineData("NULL", "ts", "NOT NULL")]
    [InlineData("NULL", "sym", "NOT NULL")]
    public void An_insert_of_a_value_that_does_not_fit_is_refused_as_a_whole(string value, string column, string named)
    {
        var columns = new List<string> { "ts", "sym", "s", "i", "b", "d", "x", "t" };
        var good = new[] { "TIMESTAMP '2023-02-01T09:30:00Z'", "'A'", "1", "2", "3", "4.50", "5.5", "'six'" };
        var bad = (string[])good.Clone();
        bad[columns.IndexOf(column)] = value;
        var error = Assert.Throws<TickStoreException>(() =>
            database.Execute($"INSERT INTO v VALUES ({string.Join(", ", good)}), ({string.Join(", ", bad)})")
        );
        Assert.True(
            error.Code
                is ErrorCode.NumericOverflow
                    or ErrorCode.NullViolation
                    or ErrorCode.InvalidText
                    or ErrorCode.TypeMismatch,
            error.ToString()
        );
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, database.CommittedSequence);
        database.Execute($"INSERT INTO v VALUES ({string.Join(", ", good)})");
        Assert.Equal(1, database.CommittedSequence);
    }

    [Fact]
    public void An_appender_refuses_what_does_not_fit_and_goes_on_after_it_was_told_to_forget()
    {
        using var appender = database.CreateAppender<ValueRow>(ValueTable.Name);
        var good = ValueRow.Of(Start);
        appender.Append(good);
        appender.Commit();
        (ValueRow Row, ErrorCode Code, string Named)[] bad =
        [
            (good with { D = 10_000_000m }, ErrorCode.NumericOverflow, "DECIMAL(9,2)"),
            (good with { D = 0.001m }, ErrorCode.NumericOverflow, "2 fraction digits"),
            (good with { D = decimal.MaxValue }, ErrorCode.NumericOverflow, "DECIMAL(9,2)"),
            (good with { Sym = null }, ErrorCode.NullViolation, "v.sym"),
            (good with { Sym = new string('S', 5000) }, ErrorCode.MalformedData, "4,096"),
        ];
        foreach (var (row, code, named) in bad)
        {
            appender.Append(good);
            Numbers.AssertError(
                code,
                () =>
                {
                    appender.Append(row);
                    appender.Commit();
                },
                named
            );
            Assert.Equal(1, database.CommittedSequence);
            Assert.Equal(2, appender.PendingRows);
            appender.Discard();
        }

        appender.Append(good);
        Assert.Equal(2, appender.Commit().LastSequence);
    }

    [Fact]
    public void An_appender_that_was_disposed_of_takes_nothing()
    {
        var rows = database.CreateAppender<ValueRow>(ValueTable.Name);
        rows.Append(ValueRow.Of(Start));
        rows.Dispose();
        rows.Dispose();
        Assert.Equal(1, database.CommittedSequence);
        Assert.Throws<ObjectDisposedException>(() => rows.Append(ValueRow.Of(Start)));
        Assert.Throws<ObjectDisposedException>(() => rows.Commit());

        var columns = database.CreateAppender(ValueTable.Name);
        columns.Dispose();
        using var batch = Batch.Allocate(columns.Schema.ToBatchSchema(), 1, database.Pool);
        Assert.Throws<ObjectDisposedException>(() => columns.Append(batch));
        Assert.Throws<ObjectDisposedException>(() => columns.Commit());
        Assert.Throws<ObjectDisposedException>(columns.Discard);
        Assert.Throws<ObjectDisposedException>(() => columns.Pending);
        Assert.Equal(1, database.CommittedSequence);
    }

    [Fact]
    public void A_batch_of_another_schema_is_refused_and_an_empty_one_does_nothing()
    {
        using var appender = database.CreateAppender(ValueTable.Name);
        using var wrong = Numbers.Make(database, 0);
        Numbers.AssertError(ErrorCode.SchemaMismatch, () => appender.Append(wrong), "Table v declares", "as column 3");
        Numbers.AssertError(ErrorCode.SchemaMismatch, () => database.Commit(ValueTable.Name, wrong), "8 columns", "4");
        using var empty = Batch.Allocate(appender.Schema.ToBatchSchema(), 1, database.Pool);
        appender.Append(empty);
        appender.Commit();
        database.Commit(ValueTable.Name, empty);
        Assert.Equal(0, database.CommittedSequence);
        Numbers.AssertError(ErrorCode.UnknownName, () => database.CreateAppender("w"), "no table w", "there are v");
        var type = Assert.Throws<TickStoreException>(() => database.CreateAppender<WrongRow>(ValueTable.Name));
        Assert.Equal(ErrorCode.SchemaMismatch, type.Code);
        Assert.Contains("DateTime", type.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_Arrow_batch_of_wrong_types_or_values_is_refused_with_the_column()
    {
        using var appender = database.CreateAppender(ValueTable.Name);
        var times = new TimestampArray.Builder(new TimestampType(TimeUnit.Nanosecond, "UTC"))
            .Append(DateTimeOffset.UnixEpoch)
            .Build();
        var symbols = new StringArray.Builder().Append("A").Build();
        (string Column, IArrowArray Values, ErrorCode Code)[] bad =
        [
            ("s", new Int64Array.Builder().Append(40_000).Build(), ErrorCode.NumericOverflow),
            ("b", new StringArray.Builder().Append("three").Build(), ErrorCode.SchemaMismatch),
            ("sym", new Int32Array.Builder().Append(1).Build(), ErrorCode.SchemaMismatch),
            (
                "ts",
                new TimestampArray.Builder(new TimestampType(TimeUnit.Second, "UTC"))
                    .Append(new DateTimeOffset(2262, 4, 12, 0, 0, 0, TimeSpan.Zero))
                    .Build(),
                ErrorCode.NumericOverflow
            ),
            (
                "ts",
                new TimestampArray.Builder(new TimestampType(TimeUnit.Nanosecond, "UTC")).AppendNull().Build(),
                ErrorCode.NullViolation
            ),
            ("nothing", new Int32Array.Builder().Append(1).Build(), ErrorCode.SchemaMismatch),
        ];
        foreach (var (column, values, code) in bad)
        {
            var fields = new Dictionary<string, IArrowArray>
            {
                ["ts"] = times,
                ["sym"] = symbols,
                [column] = values,
            };
            var batch = RecordBatchOf(fields);
            Numbers.AssertError(code, () => appender.Append(batch), column);
            Assert.Equal(0, appender.PendingRows);
        }

        using var good = RecordBatchOf(new() { ["ts"] = times, ["sym"] = symbols });
        appender.Append(good);
        Assert.Equal(1, appender.Commit().LastSequence);
    }

    [Fact]
    public void Late_and_repeated_rows_are_kept_counted_and_read_in_order_of_event_time()
    {
        using (var source = database.OpenSource("feed"))
        using (
            var appender = database.CreateAppender<ValueRow>(ValueTable.Name, new AppenderOptions { Source = source })
        )
        {
            foreach (var (second, b) in new[] { (1, 1), (3, 2), (2, 3), (3, 4), (5, 5), (5, 5), (4, 6), (5, 7) })
            {
                appender.Append(ValueRow.Of(Start + (second * 1_000_000_000L), b: b));
            }
        }

        for (var pass = 0; pass < 2; pass++)
        {
            // 2 after 3 and 4 after 5 are late; the second of the two rows (5, 5) is a repeat; equal times keep the
            // order of arrival.
            Assert.Equal(
                ["8", "2", "1"],
                Assert.Single(Query("SELECT rows, late_rows, duplicate_rows FROM ts_catalog.tables WHERE name = 'v'"))
            );
            string[] inOrder = ["1", "3", "2", "4", "6", "5", "5", "7"];
            Assert.Equal(inOrder, Query("SELECT b FROM v ORDER BY ts, _seq").Select(r => r[0]));
            Assert.Equal(["3", "6"], Query("SELECT b FROM v WHERE _late ORDER BY ts").Select(r => r[0]));
            var played = new List<string>();
            using (var replay = database.Replay([ValueTable.Name]))
            {
                replay.Run(step =>
                {
                    foreach (var run in step.Runs)
                    {
                        foreach (
                            var b in step.TableBatch(run.Table)[4].Values<long>().Slice(run.StartRow, run.RowCount)
                        )
                        {
                            played.Add(b.ToString());
                        }
                    }
                });
            }

            Assert.Equal(inOrder, played);
            database.Seal();
        }
    }

    [Fact]
    public void A_row_a_year_ahead_on_a_live_source_is_kept_and_makes_nothing_late()
    {
        const long year = 365L * 86_400_000_000_000;
        var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
        using var feed = database.OpenSource("feed", isLive: true);
        using var appender = database.CreateAppender<ValueRow>(ValueTable.Name, new AppenderOptions { Source = feed });
        foreach (var time in new[] { now, now + year, now + 1 })
        {
            appender.Append(ValueRow.Of(time));
        }

        appender.Commit();
        Assert.Equal(
            ["3", "0", "1"],
            Assert.Single(Query("SELECT rows, late_rows, quarantined_rows FROM ts_catalog.tables WHERE name = 'v'"))
        );
    }

    [Fact]
    public void The_first_and_last_times_round_trip_and_fall_into_buckets()
    {
        using (var appender = database.CreateAppender<ValueRow>(ValueTable.Name))
        {
            foreach (var time in new[] { long.MinValue, long.MinValue + 1, -1, 0, long.MaxValue - 1, long.MaxValue })
            {
                appender.Append(ValueRow.Of(time, b: time));
            }
        }

        for (var pass = 0; pass < 2; pass++)
        {
            Assert.Equal(
                [
                    "1677-09-21T00:12:43.145224192Z",
                    "1677-09-21T00:12:43.145224193Z",
                    "1969-12-31T23:59:59.999999999Z",
                    "1970-01-01T00:00:00Z",
                    "2262-04-11T23:47:16.854775806Z",
                    "2262-04-11T23:47:16.854775807Z",
                ],
                Query("SELECT ts FROM v ORDER BY ts, _seq").Select(r => r[0])
            );
            var buckets = Query(
                "SELECT time_bucket(INTERVAL '1 minute', ts) AS m, count(*) FROM v WHERE ts > TIMESTAMP '1700-01-01' "
                    + "GROUP BY m ORDER BY m"
            );
            Assert.Equal(
                ["1969-12-31T23:59:00Z", "1970-01-01T00:00:00Z", "2262-04-11T23:47:00Z"],
                buckets.Select(r => r[0])
            );
            Assert.Equal(["1", "1", "2"], buckets.Select(r => r[1]));

            // The minute of the first time begins before any time there is: an error, not a time at the other end of
            // history.
            Numbers.AssertError(
                ErrorCode.NumericOverflow,
                () => Query("SELECT time_bucket(INTERVAL '1 minute', ts) AS m, count(*) FROM v GROUP BY m"),
                "1677"
            );
            database.Seal();
        }
    }

    [Fact]
    public void A_table_of_a_thousand_columns_works_and_one_more_is_refused()
    {
        var numbers = Enumerable.Range(0, TableSchema.ColumnsMax);
        ColumnSchema[] columns = [.. numbers.Select(i => new ColumnSchema($"c{i}", DataType.BigInt))];
        database.CreateTable(new TableSchema("wide", columns));
        using (var rows = Batch.Allocate(new BatchSchema(columns), 3, database.Pool))
        {
            for (var column = 0; column < columns.Length; column++)
            {
                rows[column].Writable<long>()[..3].Fill(column);
                rows[column].SetRowCount(3);
            }

            rows.SetRowCount(3);
            database.Commit("wide", rows);
        }

        database.Seal();
        Assert.Equal(["0", "2997"], Assert.Single(Query("SELECT sum(c0), sum(c999) FROM wide")));
        Numbers.AssertError(
            ErrorCode.InvalidArgument,
            () => _ = new TableSchema("wider", [.. columns, new ColumnSchema("more", DataType.Int)]),
            "1001",
            "1000"
        );
    }

    [Fact]
    public void Huge_texts_are_kept_and_one_beyond_a_commit_is_refused_with_the_limit()
    {
        var text = new string('x', 4 << 20);
        using (var appender = database.CreateAppender<ValueRow>(ValueTable.Name))
        {
            appender.Append(ValueRow.Of(Start) with { T = text });
            appender.Append(ValueRow.Of(Start) with { T = string.Empty });
            appender.Append(ValueRow.Of(Start) with { T = null });
        }

        for (var pass = 0; pass < 2; pass++)
        {
            Assert.Equal([text, string.Empty, null], Query("SELECT t FROM v ORDER BY _seq").Select(r => r[0]));
            database.Seal();
        }
    }

    private static RecordBatch RecordBatchOf(Dictionary<string, IArrowArray> columns)
    {
        var schema = new Apache.Arrow.Schema(
            columns.Select(c => new Field(c.Key, c.Value.Data.DataType, nullable: true)),
            null
        );
        return new RecordBatch(schema, columns.Values, 1);
    }

    private IReadOnlyList<string?[]> Query(string sql)
    {
        using var result = database.Query(sql);
        return result.ToTextRows();
    }

    private sealed record WrongRow(DateTime Ts, string Sym);
}
