// Proves that every window function and every kind of frame equals a twin that looks at each row's frame from scratch:
// growing, shrinking, short and long sliding frames, empty frames, peers; sorted by the operator or read in order.
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class WindowTests
{
    private static readonly RowsFrame[] Frames =
    [
        new(null, 0),
        new(null, null),
        new(null, -3),
        new(null, 2),
        new(0, null),
        new(-4, null),
        new(3, null),
        new(0, 0),
        new(-5, 0),
        new(-5, -2),
        new(2, 6),
        new(-40, 0),
        new(-40, 40),
        new(-60, -30),
        new(30, 60),
        new(5, -5),
        new(long.MinValue, long.MaxValue),
        new(-24, 0),
        new(-23, 0),
    ];

    [Theory]
    [InlineData(ScanOrder.None, new[] { Sym }, new[] { Time, Sequence })]
    [InlineData(ScanOrder.None, new[] { Sym }, new[] { Day })]
    [InlineData(ScanOrder.None, new[] { Note, Flag }, new[] { Price, Quantity })]
    [InlineData(ScanOrder.None, new int[0], new[] { Time })]
    [InlineData(ScanOrder.None, new int[0], new int[0])]
    [InlineData(ScanOrder.EventTime, new int[0], new[] { Time })]
    [InlineData(ScanOrder.Clustered, new[] { Sym }, new[] { Time, Sequence })]
    [InlineData(ScanOrder.Clustered, new[] { Sym }, new[] { Time })]
    [InlineData(ScanOrder.Clustered, new[] { Sym, Time }, new int[0])]
    public void Every_frame_holds_the_rows_that_it_says(ScanOrder order, int[] partitionBy, int[] orderBy)
    {
        foreach (var rowCount in new[] { 0, 1, 90 })
        {
            var source = Make(rowCount + 9, rowCount, 3);
            var scan = Scan(source, order);
            WindowCall Call(
                string name,
                RowsFrame frame,
                bool peers,
                DataType type,
                params BoundExpression[] arguments
            ) =>
                new(
                    name,
                    arguments,
                    frame,
                    peers,
                    type,
                    name == "bag" ? FakeAggregates.Overload("bag", arguments) : null
                );
            var sequence = Column(scan, Sequence);
            List<WindowCall> calls = [.. Frames.Select(f => Call("bag", f, false, DataType.Varchar, sequence))];
            calls.Add(Call("bag", RowsFrame.ToCurrentRow, true, DataType.Varchar, sequence));
            calls.AddRange(
                Frames.SelectMany(f =>
                    new[]
                    {
                        Call("first_value", f, false, DataType.Double, Column(scan, Price)),
                        Call("last_value", f, false, DataType.Varchar, Column(scan, Note)),
                        Call(
                            "nth_value",
                            f,
                            false,
                            DataType.BigInt,
                            sequence,
                            new ConstantExpression(ConstantValue.Of(DataType.BigInt, 3L))
                        ),
                    }
                )
            );
            calls.Add(Call("last_value", RowsFrame.ToCurrentRow, true, DataType.BigInt, sequence));
            foreach (var name in new[] { "row_number", "rank", "dense_rank" })
            {
                calls.Add(Call(name, RowsFrame.ToCurrentRow, false, DataType.BigInt));
            }

            calls.Add(Call("percent_rank", RowsFrame.ToCurrentRow, false, DataType.Double));
            calls.Add(Call("cume_dist", RowsFrame.ToCurrentRow, false, DataType.Double));
            calls.Add(
                Call(
                    "ntile",
                    RowsFrame.ToCurrentRow,
                    false,
                    DataType.BigInt,
                    new ConstantExpression(ConstantValue.Of(DataType.BigInt, 4L))
                )
            );
            calls.Add(Call("lag", RowsFrame.ToCurrentRow, false, DataType.Double, Column(scan, Price)));
            calls.Add(
                Call("lead", RowsFrame.ToCurrentRow, false, DataType.Varchar, Column(scan, Note), Column(scan, Small))
            );
            calls.Add(
                Call(
                    "lag",
                    RowsFrame.ToCurrentRow,
                    false,
                    DataType.BigInt,
                    sequence,
                    Column(scan, Small),
                    Column(scan, Quantity)
                )
            );
            var node = new WindowNode(
                scan,
                [.. partitionBy.Select(c => Column(scan, c))],
                [.. orderBy.Select(c => Key(scan, c))],
                calls,
                [.. calls.Select((c, i) => $"{c.Function}{i}")]
            );
            source.MorselRows = 100_000;
            TestQuery.Check(node, Expected(node, RowsOf(scan), partitionBy, orderBy, order), source);
        }
    }

    private static IEnumerable<object?[]> Expected(
        WindowNode node,
        List<object?[]> rows,
        int[] partitionBy,
        int[] orderBy,
        ScanOrder order
    )
    {
        SortKey[] keys = [.. partitionBy.Select(c => Key(node.Inputs[0], c)), .. node.OrderBy];
        var sorted =
            order == ScanOrder.Clustered
                ? rows
                : [.. rows.Order(Comparer<object?[]>.Create((a, b) => TestRow.Compare(a, b, keys)))];
        string PartitionOf(object?[] row) => TestRow.GroupKey(partitionBy.Select(c => row[c]));
        string PeerOf(object?[] row) => TestRow.GroupKey(orderBy.Select(c => row[c]));
        foreach (var partition in sorted.GroupBy(PartitionOf).Select(g => g.ToList()))
        {
            for (var i = 0; i < partition.Count; i++)
            {
                yield return [.. partition[i], .. node.Calls.Select(c => Value(c, partition, i, PeerOf))];
            }
        }
    }

    private static object? Value(WindowCall call, List<object?[]> rows, int at, Func<object?[], string> peerOf)
    {
        var peers = Enumerable.Range(0, rows.Count).Where(i => peerOf(rows[i]) == peerOf(rows[at])).ToList();
        var frame = Enumerable
            .Range(0, rows.Count)
            .Where(i =>
                call.IncludePeers
                    ? i <= peers[^1]
                    : (call.Frame.Start is null || i >= (Int128)at + call.Frame.Start)
                        && (call.Frame.End is null || i <= (Int128)at + call.Frame.End)
            )
            .ToList();
        object? Argument(int index, int row) =>
            call.Arguments[index] is ColumnExpression c
                ? rows[row][c.Index]
                : ((ConstantExpression)call.Arguments[index]).Value.Integer;
        long distinctBefore = Enumerable.Range(0, peers[0]).Select(i => peerOf(rows[i])).Distinct().Count();
        switch (call.Function)
        {
            case "bag":
                return FakeAggregates.BagOf(frame.Select(i => new[] { Argument(0, i) }));
            case "first_value":
                return frame.Count == 0 ? null : Argument(0, frame[0]);
            case "last_value":
                return frame.Count == 0 ? null : Argument(0, frame[^1]);
            case "nth_value":
                return frame.Count < 3 ? null : Argument(0, frame[2]);
            case "row_number":
                return at + 1L;
            case "rank":
                return peers[0] + 1L;
            case "dense_rank":
                return distinctBefore + 1;
            case "percent_rank":
                return rows.Count == 1 ? 0.0 : peers[0] / (double)(rows.Count - 1);
            case "cume_dist":
                return (peers[^1] + 1) / (double)rows.Count;
            case "ntile":
                // Deal rows out one by one: each of the four tiles gets its share, the first ones the remainder.
                var sizes = Enumerable
                    .Range(0, 4)
                    .Select(t => (rows.Count / 4) + (t < rows.Count % 4 ? 1 : 0))
                    .ToList();
                var tile = 0;
                for (var left = at; left >= sizes[tile]; tile++)
                {
                    left -= sizes[tile];
                }

                return tile + 1L;
            default:
                var offset =
                    call.Arguments.Count < 2 ? 1L
                    : Argument(1, at) is { } o ? Convert.ToInt64(o)
                    : (long?)null;
                if (offset is null)
                {
                    return null;
                }

                var place = call.Function == "lag" ? at - offset.Value : at + offset.Value;
                return place >= 0 && place < rows.Count ? Argument(0, (int)place)
                    : call.Arguments.Count > 2 ? Argument(2, at)
                    : null;
        }
    }
}
