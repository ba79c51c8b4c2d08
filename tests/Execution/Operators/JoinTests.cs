// Proves that joins yield the pairs of two nested loops, in the order of the left rows and then of the right ones, for
// keys of every type, with NULLs, with and without a further predicate, and across the border of output batches.
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class JoinTests
{
    public static TheoryData<int[]> KeySets { get; } =
        new(
            new int[][]
            {
                [Sym],
                [Quantity],
                [Price],
                [Note],
                [Int],
                [Span],
                [Day, Sym],
                [Note, Flag],
                [Quantity, Real],
            }
        );

    [Theory]
    [MemberData(nameof(KeySets))]
    public void Equal_keys_join_as_nested_loops_do(int[] keys)
    {
        foreach (var (leftCount, rightCount) in new[] { (0, 5), (5, 0), (90, 80) })
        {
            var symbols = new SymbolTable();
            var left = Make(keys.Length + leftCount, leftCount, 5, symbols);
            var right = Make(keys.Length + 77, rightCount, 9, symbols);
            foreach (var kind in new[] { JoinKind.Inner, JoinKind.Left })
            {
                Check(left, right, kind, keys, residualColumn: -1);
                Check(left, right, kind, keys, residualColumn: Flag);
            }
        }
    }

    [Fact]
    public void No_keys_join_everything_with_everything()
    {
        var symbols = new SymbolTable();
        foreach (var (leftCount, rightCount) in new[] { (0, 3), (3, 0), (70, 50), (2, 2000) })
        {
            var left = Make(1, leftCount, 5, symbols);
            var right = Make(2, rightCount, 5, symbols);
            Check(left, right, JoinKind.Inner, [], -1);
            Check(left, right, JoinKind.Left, [], -1);
            Check(left, right, JoinKind.Left, [], Flag);
        }
    }

    [Fact]
    public void A_row_whose_partners_fill_several_batches_is_missing_none()
    {
        // The residual refuses all partners of some left rows, after more candidates than a batch of pairs holds.
        var symbols = new SymbolTable();
        var left = Make(3, 20, 1, symbols);
        var right = Make(4, 1500, 1, symbols);
        Check(left, right, JoinKind.Left, [Sym], Flag);
    }

    private static void Check(
        FakeTableSource left,
        FakeTableSource right,
        JoinKind kind,
        int[] keys,
        int residualColumn
    )
    {
        int[] columns = [Sym, Sequence, Flag, .. keys];
        int[] places = [.. Enumerable.Range(3, keys.Length)];
        var leftScan = Scan(left, ScanOrder.None, columns);
        var rightScan = Scan(right, ScanOrder.None, columns);
        var schema = JoinNode.Combine(leftScan.Schema, rightScan.Schema, kind);
        var residual =
            residualColumn < 0
                ? null
                : new LogicalExpression(
                    true,
                    [
                        new ColumnExpression(2, "lf", DataType.Boolean, true),
                        new ColumnExpression(columns.Length + 2, "rf", DataType.Boolean, true),
                    ],
                    true
                );
        var node = new JoinNode(
            leftScan,
            rightScan,
            kind,
            [.. places.Select(p => Column(leftScan, p))],
            [.. places.Select(p => Column(rightScan, p))],
            residual
        );
        Assert.Equal(schema.ColumnCount, node.Schema.ColumnCount);
        var rightRows = RowsOf(rightScan);
        var expected = new List<object?[]>();
        foreach (var l in RowsOf(leftScan))
        {
            var partners = rightRows
                .Where(r =>
                    places.All(p =>
                        l[p] is not null
                        && r[p] is not null
                        && TestRow.GroupValue(l[p]).Equals(TestRow.GroupValue(r[p]))
                    ) && (residual is null || (l[2] is true && r[2] is true))
                )
                .ToList();
            expected.AddRange(partners.Select(r => (object?[])[.. l, .. r]));
            if (partners.Count == 0 && kind == JoinKind.Left)
            {
                expected.Add([.. l, .. new object?[columns.Length]]);
            }
        }

        TestQuery.Check(node, expected, left, right);
    }
}
