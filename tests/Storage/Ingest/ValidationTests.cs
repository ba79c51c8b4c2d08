// Proves that what a table does not allow is refused before anything is logged: the error names table, column and row,
// nothing becomes visible, and the next sequence is not used up.
using TickStore.Core;
using TickStore.Storage;

namespace TickStore.Tests.Storage.Ingest;

public sealed class ValidationTests : IDisposable
{
    private readonly StorageEngine engine = StorageEngine.OpenInMemory(
        new StorageOptions { BackgroundWork = false, Time = new StillClock() }
    );
    private readonly RowMaker maker = new(5);

    public void Dispose()
    {
        engine.Dispose();
        maker.Dispose();
    }

    [Theory]
    [InlineData("px", ErrorCode.NumericOverflow)]
    [InlineData("sym", ErrorCode.MalformedData)]
    [InlineData("ts", ErrorCode.NullViolation)]
    public void A_bad_value_in_any_row_is_refused_and_named(string column, ErrorCode code)
    {
        var table = engine.CreateTable(RowMaker.Trades());
        foreach (var row in new[] { 0, 6, 7, 8, 63, 98, 99 })
        {
            var batch = maker.Make(engine, table, 100);
            var vector = batch.Rows[table.Schema.IndexOf(column)];
            switch (column)
            {
                case "px":
                    vector.Writable<long>()[row] = row % 2 == 0 ? long.MinValue : 1_000_000_000_000;
                    break;
                case "sym":
                    vector.Writable<int>()[row] = row % 2 == 0 ? -1 : engine.Symbols.Count;
                    break;
                default:
                    vector.WritableValidity()[row] = 0;
                    break;
            }

            var error = Assert.Throws<TickStoreException>(() => engine.Commit(batch));
            Assert.Equal(code, error.Code);
            Assert.Contains($"trades.{column}", error.Message, StringComparison.Ordinal);
            Assert.Contains($"row {row} ", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, engine.CommittedSequence);

            Assert.Equal(0, engine.GetStatistics(table).RowCount);
        }
    }

    [Fact]
    public void The_largest_decimal_fits_and_what_a_null_slot_holds_does_not_matter()
    {
        var table = engine.CreateTable(new TableSchema("d", [new ColumnSchema("v", DataType.Decimal(4, 2))]));
        var batch = maker.Make(engine, table, 40);
        var values = batch.Rows[0].Writable<long>();
        values[..40].Fill(9999);
        values[3] = -9999;
        values[17] = long.MaxValue;
        batch.Rows[0].WritableValidity()[17] = 0;
        Assert.Equal(40, engine.Commit(batch).RowCount);
        values[18] = 10_000;
        batch.Rows[0].WritableValidity()[18] = 1;
        Assert.Equal(ErrorCode.NumericOverflow, Assert.Throws<TickStoreException>(() => engine.Commit(batch)).Code);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused_also_where_two_values_make_one_character()
    {
        var table = engine.CreateTable(RowMaker.Plain());
        var batch = maker.Make(engine, table, 1);
        foreach (
            var parts in new byte[][][]
            {
                [
                    [0xFF],
                ],
                [
                    [0x61],
                    [0xC3],
                    [0xBC],
                ],
                [
                    [0xC3],
                ],
            }
        )
        {
            using var rows = Batch.Allocate(table.Schema.ToBatchSchema(), 4, engine.Pool);
            foreach (var part in parts)
            {
                rows[0].AppendUtf8(part);
                rows[1].AppendNull();
                rows[2].AppendNull();
            }

            rows.SetRowCount(parts.Length);
            Assert.Equal(
                ErrorCode.MalformedData,
                Assert.Throws<TickStoreException>(() => engine.Commit(new TableBatch(table, rows))).Code
            );
        }

        engine.Commit(batch);
    }

    [Fact]
    public void A_batch_of_another_shape_or_a_table_named_twice_is_refused_as_a_whole()
    {
        var trades = engine.CreateTable(RowMaker.Trades());
        var plain = engine.CreateTable(RowMaker.Plain());
        var good = maker.Make(engine, plain, 3);
        var wrong = new TableBatch(trades, good.Rows);
        Assert.Equal(
            ErrorCode.SchemaMismatch,
            Assert.Throws<TickStoreException>(() => engine.Commit([good, wrong])).Code
        );
        Assert.Equal(
            ErrorCode.InvalidArgument,
            Assert.Throws<TickStoreException>(() => engine.Commit([good, good])).Code
        );
        Assert.Equal(0, engine.CommittedSequence);
        Assert.Equal(3, engine.Commit(good).LastSequence);
    }

    [Fact]
    public void A_table_of_another_database_is_refused()
    {
        using var other = StorageEngine.OpenInMemory();
        var foreign = other.CreateTable(RowMaker.Plain());
        engine.CreateTable(RowMaker.Plain());
        Assert.Equal(
            ErrorCode.UnknownName,
            Assert.Throws<TickStoreException>(() => engine.Commit(maker.Make(engine, foreign, 1))).Code
        );
    }

    [Fact]
    public void Rows_of_a_live_source_far_in_the_future_are_kept_and_counted_and_make_nothing_late()
    {
        var table = engine.CreateTable(RowMaker.Trades());
        var batch = maker.Make(engine, table, 3);
        var times = batch.Rows[0].Writable<long>();
        (times[0], times[1], times[2]) = (
            StillClock.Nanos,
            StillClock.Nanos + (400L * 86_400_000_000_000),
            StillClock.Nanos + 5
        );
        using var feed = engine.OpenSource("feed", isLive: true);
        Assert.Equal(0, engine.Commit(batch, feed).LateRows);
        var statistics = engine.GetStatistics(table);
        Assert.Equal(1, statistics.QuarantinedRows);
        Assert.Equal(3, statistics.RowCount);
        using var import = engine.OpenSource("import");
        engine.Commit(batch, import);
        Assert.Equal(1, engine.GetStatistics(table).QuarantinedRows);
    }

    [Fact]
    public async Task An_asynchronous_commit_is_visible_at_once_and_durable_when_its_task_ends()
    {
        var table = engine.CreateTable(RowMaker.Plain());
        var task = engine.CommitAsync([maker.Make(engine, table, 10)]);
        Assert.Equal(10, engine.CommittedSequence);
        Assert.Equal(10, (await task).LastSequence);
        Assert.Equal(10, engine.DurableSequence);
    }
}
