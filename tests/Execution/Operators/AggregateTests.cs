// Proves that both forms of aggregation send every row to its group exactly once: the aggregate used yields all its
// arguments as a sorted list, and the twin groups rows in a dictionary. Groups come in the order of their first rows,
// on any number of threads and any split into batches.
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class AggregateTests
{
    public static TheoryData<int[]> KeySets { get; } =
        new(
            new int[][]
            {
                [],
                [Sym],
                [Quantity],
                [Price],
                [Note],
                [Flag],
                [Real],
                [Span],
                [Int],
                [Sequence],
                [Sym, Time],
                [Sym, Quantity],
                [Flag, Small, Day],
                [Quantity, Amount],
                [Note, Sym, Price],
                [Time, Sequence],
                [Real, Price],
            }
        );

    [Theory]
    [MemberData(nameof(KeySets))]
    public void Hash_aggregation_groups_as_a_dictionary_does(int[] keys)
    {
        foreach (var rowCount in new[] { 0, 1, 400 })
        {
            var source = Make(rowCount + keys.Length, rowCount, 30);
            var scan = Scan(source);
            var node = new AggregateNode(
                scan,
                [.. keys.Select(k => Column(scan, k))],
                [FakeAggregates.Bag(Column(scan, Sequence), Column(scan, Price)), FakeAggregates.Bag()],
                [.. Enumerable.Range(0, keys.Length + 2).Select(i => $"c{i}")]
            );
            Assert.False(node.GroupsAreContiguous);
            TestQuery.Check(
                node,
                Expected(
                    RowsOf(scan),
                    keys,
                    r =>
                        [
                            [r[Sequence], r[Price]],
                        ],
                    _ =>
                        [
                            [],
                        ]
                ),
                source
            );
        }
    }

    [Fact]
    public void Distinct_and_filter_see_the_right_rows()
    {
        var source = Make(5, 400);
        var scan = Scan(source);
        var flag = Column(scan, Flag);
        foreach (var keys in new int[][] { [], [Sym], [Note, Day] })
        {
            var node = new AggregateNode(
                scan,
                [.. keys.Select(k => Column(scan, k))],
                [
                    FakeAggregates.Bag(Column(scan, Day)) with
                    {
                        Distinct = true,
                    },
                    FakeAggregates.Bag(Column(scan, Sequence)) with
                    {
                        Filter = flag,
                    },
                    FakeAggregates.Bag(Column(scan, Note), Column(scan, Small)) with
                    {
                        Distinct = true,
                        Filter = flag,
                    },
                ],
                [.. Enumerable.Range(0, keys.Length + 3).Select(i => $"c{i}")]
            );
            var expected = Groups(RowsOf(scan), keys)
                .Select(g =>
                    (object?[])
                        [
                            .. g.Keys,
                            FakeAggregates.BagOf(g.Rows.Select(r => new[] { r[Day] }).DistinctBy(TestRow.GroupKey)),
                            FakeAggregates.BagOf(g.Rows.Where(r => r[Flag] is true).Select(r => new[] { r[Sequence] })),
                            FakeAggregates.BagOf(
                                g.Rows.Where(r => r[Flag] is true)
                                    .Select(r => new[] { r[Note], r[Small] })
                                    .DistinctBy(TestRow.GroupKey)
                            ),
                        ]
                );
            TestQuery.Check(node, expected, source);
        }
    }

    [Fact]
    public void Distinct_rows_come_once_in_order_of_appearance()
    {
        var source = Make(6, 600);
        var scan = Scan(source, ScanOrder.None, Price, Note);
        var node = new AggregateNode(scan, [Column(scan, 0), Column(scan, 1)], [], ["px", "note"]);
        TestQuery.Check(node, RowsOf(scan).DistinctBy(TestRow.GroupKey), source);
    }

    [Theory]
    [InlineData(ScanOrder.Clustered, 60, new[] { Sym })]
    [InlineData(ScanOrder.Clustered, 60, new[] { Sym, Time })]
    [InlineData(ScanOrder.Clustered, 3, new[] { Time, Sym })]
    [InlineData(ScanOrder.Clustered, 1, new[] { Sym })]
    [InlineData(ScanOrder.EventTime, 9, new[] { Time })]
    public void Ordered_aggregation_groups_as_a_dictionary_does(ScanOrder order, int symbolCount, int[] keys)
    {
        foreach (var rowCount in new[] { 0, 1, 1500 })
        {
            var source = Make(rowCount + 2, rowCount, symbolCount);
            var scan = Scan(source, order);
            var node = new AggregateNode(
                scan,
                [.. keys.Select(k => Column(scan, k))],
                [
                    FakeAggregates.Bag(Column(scan, Sequence)),
                    FakeAggregates.Bag(Column(scan, Price)) with
                    {
                        Filter = Column(scan, Flag),
                    },
                    FakeAggregates.Bag(),
                ],
                [.. Enumerable.Range(0, keys.Length + 3).Select(i => $"c{i}")]
            );
            Assert.True(node.GroupsAreContiguous);
            var expected = Expected(
                RowsOf(scan),
                keys,
                r =>
                    [
                        [r[Sequence]],
                    ],
                r =>
                    r[Flag] is true
                        ?
                        [
                            [r[Price]],
                        ]
                        : [],
                _ =>
                    [
                        [],
                    ]
            );
            TestQuery.Check(node, expected, source);
        }
    }

    [Fact]
    public void More_groups_than_a_batch_are_handed_over_between_buffers()
    {
        var source = Make(11, 5000, 2);
        var scan = Scan(source, ScanOrder.Clustered, Sym, Time, Sequence);
        var node = new AggregateNode(
            scan,
            [Column(scan, 0), Column(scan, 1)],
            [FakeAggregates.Bag(Column(scan, 2))],
            ["s", "t", "b"]
        );
        var expected = Expected(
                RowsOf(scan),
                [0, 1],
                r =>
                    [
                        [r[2]],
                    ]
            )
            .ToList();
        Assert.True(expected.Count > 2000);
        TestQuery.Check(node, expected, source);
    }

    private static IEnumerable<object?[]> Expected(
        List<object?[]> rows,
        int[] keys,
        params Func<object?[], object?[][]>[] bags
    ) =>
        Groups(rows, keys)
            .Select(g => (object?[])[.. g.Keys, .. bags.Select(b => FakeAggregates.BagOf(g.Rows.SelectMany(b)))]);

    private static IEnumerable<(object?[] Keys, List<object?[]> Rows)> Groups(List<object?[]> rows, int[] keys)
    {
        if (keys.Length == 0)
        {
            return [([], rows)];
        }

        var groups = new Dictionary<string, (object?[] Keys, List<object?[]> Rows)>();
        var order = new List<string>();
        foreach (var row in rows)
        {
            object?[] values = [.. keys.Select(k => row[k])];
            var key = TestRow.GroupKey(values);
            if (groups.TryAdd(key, (values, [])))
            {
                order.Add(key);
            }

            groups[key].Rows.Add(row);
        }

        return order.Select(k => groups[k]);
    }
}
