// Proves that the ASOF join takes, for each left row, the row that a search through all right rows finds by the words
// of the definition: all directions, exact or not, tolerances, keys, ties, sequences, times of every type.
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class AsofJoinTests
{
    [Theory]
    [InlineData(Time, 0)]
    [InlineData(Time, 1)]
    [InlineData(Time, 2)]
    [InlineData(Quantity, 1)]
    [InlineData(Price, 1)]
    [InlineData(Real, 0)]
    [InlineData(Day, 1)]
    [InlineData(Small, 1)]
    [InlineData(Amount, 1)]
    [InlineData(Int, 0)]
    public void Partners_are_those_of_a_search_through_all_rows(int time, int keyCount)
    {
        var symbols = new SymbolTable();
        foreach (var (leftCount, rightCount) in new[] { (0, 10), (10, 0), (60, 70) })
        {
            var left = Make(time, leftCount, 6, symbols);
            var right = Make(time + 50, rightCount, 4, symbols);
            foreach (var order in new[] { ScanOrder.None, ScanOrder.Clustered, ScanOrder.EventTime })
            {
                foreach (var direction in Enum.GetValues<AsofDirection>())
                {
                    foreach (
                        var (exact, tolerance, kind, sequence) in new[]
                        {
                            (true, -1, JoinKind.Left, true),
                            (false, -1, JoinKind.Inner, true),
                            (true, 2, JoinKind.Inner, false),
                            (false, 1, JoinKind.Left, true),
                        }
                    )
                    {
                        Check(
                            left,
                            right,
                            order,
                            time,
                            new[] { Sym, Note }[..keyCount],
                            direction,
                            exact,
                            tolerance,
                            kind,
                            sequence
                        );
                    }
                }
            }
        }
    }

    [Fact]
    public void A_tolerance_without_a_fixed_length_is_refused()
    {
        var source = Make(1, 5);
        var scan = Scan(source);
        foreach (var interval in new[] { new Interval(1, 0, 0), new Interval(0, 0, -1) })
        {
            var node = new AsofJoinNode(
                scan,
                scan,
                JoinKind.Left,
                [],
                [],
                Column(scan, Time),
                Column(scan, Time),
                AsofDirection.Backward,
                true,
                ConstantValue.Of(interval)
            );
            Assert.Equal(
                ErrorCode.InvalidArgument,
                Assert.Throws<TickStoreException>(() => TestQuery.Run(node, source.Symbols, 1)).Code
            );
        }
    }

    private static void Check(
        FakeTableSource left,
        FakeTableSource right,
        ScanOrder order,
        int time,
        int[] keys,
        AsofDirection direction,
        bool exact,
        int tolerance,
        JoinKind kind,
        bool useSequence
    )
    {
        int[] columns = [Sequence, time, .. keys];
        var leftScan = Scan(left, order, columns);
        var rightScan = Scan(right, order, columns);
        int[] places = [.. Enumerable.Range(2, keys.Length)];
        var type = leftScan.Schema[1].Type;
        var node = new AsofJoinNode(
            leftScan,
            rightScan,
            kind,
            [.. places.Select(p => Column(leftScan, p))],
            [.. places.Select(p => Column(rightScan, p))],
            Column(leftScan, 1),
            Column(rightScan, 1),
            direction,
            exact,
            tolerance < 0
                ? null
                : type.Kind switch
                {
                    TypeKind.Timestamp => ConstantValue.Of(Interval.OfNanos(tolerance)),
                    TypeKind.Date => ConstantValue.Of(new Interval(0, tolerance, 0)),
                    TypeKind.Real or TypeKind.Double => ConstantValue.Of(type, (double)tolerance),
                    _ => ConstantValue.Of(type, (long)tolerance),
                },
            useSequence ? Column(rightScan, 0) : null
        );
        foreach (var source in new[] { left, right })
        {
            // The twin's right order is the scan's, which must not change with the size of morsels.
            source.MorselRows = 100_000;
        }

        var rightRows = RowsOf(rightScan);
        var expected = new List<object?[]>();
        foreach (var l in RowsOf(leftScan))
        {
            var partner = Find(l, rightRows, places, direction, exact, tolerance, useSequence);
            if (partner is not null || kind == JoinKind.Left)
            {
                expected.Add([.. l, .. partner ?? new object?[columns.Length]]);
            }
        }

        TestQuery.Check(node, expected, left, right);
    }

    private static object?[]? Find(
        object?[] left,
        List<object?[]> rightRows,
        int[] places,
        AsofDirection direction,
        bool exact,
        int tolerance,
        bool useSequence
    )
    {
        if (left[1] is null or double.NaN or float.NaN)
        {
            return null;
        }

        var candidates = rightRows
            .Select((Row, Place) => (Row, Place))
            .Where(c =>
                c.Row[1] is not (null or double.NaN or float.NaN)
                && places.All(p => left[p] is not null && left[p]!.Equals(c.Row[p]))
                && (exact || TestRow.Compare(left[1]!, c.Row[1]!) != 0)
                && (tolerance < 0 || IsWithin(Distance(left[1]!, c.Row[1]!), tolerance))
            )
            .OrderBy(c => useSequence ? (long)c.Row[0]! : 0)
            .ThenBy(c => c.Place)
            .Select(c => c.Row)
            .ToList();
        var before = candidates.Where(r => TestRow.Compare(r[1]!, left[1]!) <= 0).ToList();
        var after = candidates.Where(r => TestRow.Compare(r[1]!, left[1]!) >= 0).ToList();
        var last = before.Count == 0 ? null : before.FindLast(r => before.All(o => TestRow.Compare(o[1]!, r[1]!) <= 0));
        var first = after.Count == 0 ? null : after.Find(r => after.All(o => TestRow.Compare(o[1]!, r[1]!) >= 0));
        var firstLast = first is null ? null : after.FindLast(r => TestRow.Compare(r[1]!, first[1]!) == 0);
        return direction switch
        {
            AsofDirection.Backward => last,
            AsofDirection.Forward => first,
            _ => last is null ? firstLast
            : firstLast is null || Distance(left[1]!, firstLast[1]!).CompareTo(Distance(left[1]!, last[1]!)) >= 0 ? last
            : firstLast,
        };
    }

    private static bool IsWithin((double Real, Int128 Whole) distance, int tolerance) =>
        distance.Real <= tolerance && distance.Whole <= tolerance;

    private static (double Real, Int128 Whole) Distance(object a, object b) =>
        a is double or float
            ? (Math.Abs(Convert.ToDouble(a) - Convert.ToDouble(b)) is var d && double.IsNaN(d) ? 0 : d, 0)
            : (0, Int128.Abs((Int128)Convert.ToInt64(a) - Convert.ToInt64(b)));
}
