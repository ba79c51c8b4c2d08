// Proves that Sort and TopN yield exactly the rows of a stable sort by a row comparer, for every type, direction and
// place of NULL, one key and several, on any number of threads and any split into batches; and what happens out of memory.
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class SortTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(150)]
    public void Every_type_sorts_as_its_comparer_says(int rowCount)
    {
        var source = Make(rowCount + 1, rowCount);
        var scan = Scan(source);
        var rows = RowsOf(scan);
        for (var column = 0; column <= Sequence; column++)
        {
            foreach (
                var (descending, nullsFirst) in new[] { (false, false), (false, true), (true, false), (true, true) }
            )
            {
                SortKey[] keys = [Key(scan, column, descending, nullsFirst)];
                var expected = rows.Order(Comparer<object?[]>.Create((a, b) => TestRow.Compare(a, b, keys))).ToList();
                TestQuery.Check(new SortNode(scan, keys), expected, source);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Several_keys_sort_by_the_first_that_differs(int seed)
    {
        var random = new Random(seed);
        var source = Make(seed, 300);
        var scan = Scan(source);
        for (var round = 0; round < 4; round++)
        {
            var keys = Enumerable
                .Range(0, random.Next(2, 6))
                .Select(_ => Key(scan, random.Next(0, Sequence), random.Next(2) == 0, random.Next(2) == 0))
                .ToList();
            var expected = RowsOf(scan).Order(Comparer<object?[]>.Create((a, b) => TestRow.Compare(a, b, keys)));
            TestQuery.Check(new SortNode(scan, keys), expected, source);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(10, 5)]
    [InlineData(900, 0)]
    [InlineData(100, 5000)]
    [InlineData(long.MaxValue, 20)]
    public void TopN_is_sort_then_limit(long limit, long offset)
    {
        var source = Make(3, 700);
        var scan = Scan(source);
        foreach (var column in new[] { Quantity, Price, Note, Sym, Day, Span })
        {
            foreach (var descending in new[] { false, true })
            {
                SortKey[] keys = [Key(scan, column, descending), Key(scan, Flag)];
                var expected = RowsOf(scan)
                    .Order(Comparer<object?[]>.Create((a, b) => TestRow.Compare(a, b, keys)))
                    .Skip((int)offset)
                    .Take((int)Math.Min(limit, int.MaxValue));
                TestQuery.Check(new TopNNode(scan, keys, limit, offset), expected, source);
            }
        }
    }

    [Fact]
    public void TopN_of_many_rows_cuts_often_and_loses_none()
    {
        var source = Make(8, 30_000);
        var scan = Scan(source, ScanOrder.None, Int, Sequence, Sym);
        SortKey[] keys = [Key(scan, 0, descending: true)];
        var expected = RowsOf(scan)
            .Order(Comparer<object?[]>.Create((a, b) => TestRow.Compare(a, b, keys)))
            .Take(3)
            .Select(TestRow.Text)
            .ToList();
        foreach (var threadCount in new[] { 1, 2 })
        {
            Assert.Equal(
                expected,
                TestQuery.Run(new TopNNode(scan, keys, 3, 0), source.Symbols, threadCount).Select(r => TestRow.Text(r))
            );
        }
    }

    [Fact]
    public void A_sort_beyond_the_budget_says_so_and_returns_its_memory()
    {
        var source = Make(9, 20_000);
        var scan = Scan(source);
        foreach (var threadCount in new[] { 1, 2 })
        {
            var context = TestQuery.Context(source.Symbols, budgetBytes: 2 << 20);
            using (var reader = PlanExecutor.Open(new SortNode(scan, [Key(scan, Price)]), context, threadCount))
            {
                var error = Assert.Throws<TickStoreException>(() => reader.Next());
                Assert.Equal(ErrorCode.MemoryBudget, error.Code);
                Assert.Contains("does not spill", error.Message, StringComparison.Ordinal);
                Assert.Null(reader.Next());
            }

            Assert.Equal(0, context.Pool.LeaseCount);
        }
    }
}
