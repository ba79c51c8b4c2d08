// Proves scan, filter, project, limit, union and values against LINQ over rows, on any number of threads and any split
// into batches, and that a limit stops its input.
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class StreamingOperatorTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void Rows_keep_their_order_through_streaming_operators(int rowCount)
    {
        foreach (var order in new[] { ScanOrder.None, ScanOrder.EventTime, ScanOrder.Sequence })
        {
            var source = Make(rowCount + 4, rowCount);
            var scan = Scan(source, order);
            var filter = new FilterNode(scan, Column(scan, Flag));
            var project = new ProjectNode(
                filter,
                [Column(filter, Note), Column(filter, Sequence), Column(filter, Note)],
                ["a", "b", "c"]
            );
            var expected = RowsOf(scan)
                .Where(r => r[Flag] is true)
                .Select(r => (object?[])[r[Note], r[Sequence], r[Note]])
                .ToList();
            TestQuery.Check(scan, RowsOf(scan), source);
            TestQuery.Check(project, expected, source);
            TestQuery.Check(new LimitNode(project, 60, 11), expected.Skip(11).Take(60), source);
            TestQuery.Check(new LimitNode(new LimitNode(scan, 100, 0), 0, 5), [], source);
            TestQuery.Check(
                new UnionAllNode(project, new LimitNode(project, 5, 0), project),
                [.. expected, .. expected.Take(5), .. expected],
                source
            );
        }
    }

    [Fact]
    public void A_filter_that_keeps_almost_all_or_almost_nothing_loses_no_row()
    {
        foreach (var share in new[] { 0, 1, 500, 999, 1000 })
        {
            var random = new Random(share);
            var rows = Enumerable
                .Range(0, 5000)
                .Select(i => (object?[])[(long)i, "S", random.Next(1000) < share])
                .ToList();
            var schema = new TableSchema(
                "t",
                [new("ts", DataType.Timestamp, false), new("s", DataType.Symbol, false), new("keep", DataType.Boolean)]
            )
            {
                EventTimeColumn = 0,
                ClusterColumn = 1,
            };
            var source = new FakeTableSource(schema, rows, new SymbolTable()) { MorselRows = 1700 };
            var scan = Scan(source, ScanOrder.None, 0, 2);
            var expected = rows.Where(r => r[2] is true)
                .Select(r => (object?[])[r[0], r[2]])
                .Select(TestRow.Text)
                .ToList();
            foreach (var threadCount in new[] { 1, 2 })
            {
                var found = TestQuery
                    .Run(new FilterNode(scan, Column(scan, 1)), source.Symbols, threadCount)
                    .Select(TestRow.Text)
                    .ToList();
                Assert.Equal(expected, found);
            }
        }
    }

    [Fact]
    public void Values_come_out_as_written_and_in_batches()
    {
        var source = Make(3, 2500);
        var scan = Scan(source);
        var rows = RowsOf(scan);
        var node = new ValuesNode(
            scan.Schema,
            [
                .. rows.Select(r =>
                    (IReadOnlyList<ConstantValue>)[.. r.Select((v, i) => TestRow.Constant(scan.Schema[i].Type, v))]
                ),
            ]
        );
        Assert.Equal(rows.Select(TestRow.Text), TestQuery.Run(node, source.Symbols, 2).Select(TestRow.Text));
        Assert.Empty(TestQuery.Run(new ValuesNode(scan.Schema, []), source.Symbols, 1));
    }

    [Fact]
    public void A_union_may_hold_NULL_where_any_input_may()
    {
        var never = new ValuesNode(
            new BatchSchema(new ColumnSchema("a", DataType.Int, false)),
            [
                [ConstantValue.Of(DataType.Int, 1L)],
            ]
        );
        var maybe = new ValuesNode(
            new BatchSchema(new ColumnSchema("b", DataType.Int)),
            [
                [ConstantValue.Null(DataType.Int)],
            ]
        );
        var union = new UnionAllNode(never, maybe);
        Assert.True(union.Schema[0].Nullable);
        var distinct = new AggregateNode(union, [Column(union, 0)], [], ["a"]);
        Assert.Equal(["1", "NULL"], TestQuery.Run(distinct, new SymbolTable(), 1).Select(TestRow.Text));
    }

    [Fact]
    public void A_limit_reads_no_more_than_it_needs()
    {
        var source = Make(1, 5000);
        source.BatchRows = 100;
        Assert.Equal(150, TestQuery.Run(new LimitNode(Scan(source), 150, 0), source.Symbols, 1).Count);
        Assert.Equal(2, source.BatchesRead);
    }
}
