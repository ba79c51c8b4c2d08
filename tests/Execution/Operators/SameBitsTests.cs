// Proves law 2 for the engine's own aggregates: every overload that takes a column of the test table gives the same bits
// by the hash table and by runs, on 1, 2 and 3 threads, for any size of morsels and batches, with DISTINCT and FILTER;
// and the same bits over a sliding frame as from scratch.
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class SameBitsTests
{
    [Fact]
    public void Aggregates_give_the_same_bits_by_hash_and_by_runs_on_any_number_of_threads()
    {
        var source = MakeModest();
        var clustered = Scan(source, ScanOrder.Clustered);
        var calls = Calls(clustered);
        Assert.True(calls.Count > 20, $"{calls.Count}");
        var names = Enumerable.Range(0, calls.Count + 1).Select(i => $"c{i}").ToList();
        source.MorselRows = 100_000;
        var ordered = new AggregateNode(clustered, [Column(clustered, Sym)], calls, names);
        Assert.True(ordered.GroupsAreContiguous);
        var wanted = TestQuery.Run(ordered, source.Symbols, 1);
        Assert.Equal(5, wanted.Count);
        TestQuery.Check(ordered, wanted, source);

        // The hash table meets groups in another order: sorted by symbol they are the same.
        var scan = Scan(source);
        var hashed = new AggregateNode(scan, [Column(scan, Sym)], Calls(scan), names);
        Assert.False(hashed.GroupsAreContiguous);
        var sorted = new SortNode(hashed, [Key(hashed, 0)]);
        TestQuery.Check(sorted, wanted.OrderBy(r => (string)r[0]!, StringComparer.Ordinal), source);
    }

    [Fact]
    public void A_sliding_frame_gives_the_bits_of_a_fresh_start()
    {
        var source = MakeModest();
        var scan = Scan(source, ScanOrder.Sequence);
        var rows = RowsOf(scan);
        var calls = Calls(scan)
            .Where(c => !c.Distinct && c.Filter is null)
            .Select(c => new WindowCall(
                c.Function.Function.Name,
                c.Arguments,
                new RowsFrame(-60, -3),
                false,
                c.Type,
                c.Function
            ))
            .ToList();
        var window = new WindowNode(scan, [], [Key(scan, Sequence)], calls, [.. calls.Select((_, i) => $"w{i}")]);
        var found = TestQuery.Run(window, source.Symbols, 1);
        for (var at = 0; at < rows.Count; at += 37)
        {
            var frame = rows.Skip(Math.Max(0, at - 60)).Take(Math.Max(0, at - 3 - Math.Max(0, at - 60) + 1)).ToList();
            var values = new ValuesNode(
                scan.Schema,
                [
                    .. frame.Select(r =>
                        (IReadOnlyList<ConstantValue>)[.. r.Select((v, i) => TestRow.Constant(scan.Schema[i].Type, v))]
                    ),
                ]
            );
            var fresh = new AggregateNode(
                values,
                [],
                [.. calls.Select(c => new AggregateCall(c.Aggregate!, c.Arguments))],
                [.. calls.Select((_, i) => $"w{i}")]
            );
            Assert.Equal(
                TestRow.Text(TestQuery.Run(fresh, source.Symbols, 1).Single()),
                TestRow.Text(found[at].Skip(scan.Schema.ColumnCount))
            );
        }
    }

    /// <summary>Without the values at the ends of BIGINT, whose sums overflow, but with doubles whose naive sums depend on order.</summary>
    private static FakeTableSource MakeModest()
    {
        var random = new Random(12);
        var source = Make(12, 600, 5);
        foreach (var row in source.Rows)
        {
            row[Quantity] = row[Quantity] is null ? null : (long)random.Next(-1000, 1000);
            row[Price] = row[Price] is null ? null : Math.ScaleB(random.NextDouble() - 0.5, random.Next(-40, 60));
            row[Real] = row[Real] is null ? null : (float)(random.NextDouble() * 100);
        }

        return source;
    }

    private static List<AggregateCall> Calls(PlanNode scan)
    {
        var calls = new List<AggregateCall>();
        foreach (var function in FunctionRegistry.Aggregates.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            int[][] argumentLists =
            [
                [],
                .. Enumerable.Range(0, Sequence).Select(c => new[] { c }),
                [Price, Quantity],
                [Quantity, Price],
                [Price, Real],
            ];
            foreach (var columns in argumentLists)
            {
                var arguments = columns.Select(c => Column(scan, c)).ToList<BoundExpression>();
                if (function.Name is "quantile_cont" or "approx_quantile")
                {
                    // Any column is taken at one fraction; as a fraction none of them would do.
                    arguments = [.. arguments.Take(1), new ConstantExpression(ConstantValue.Of(DataType.Double, 0.3))];
                }

                if (
                    function.Resolve([.. arguments.Select(a => (DataType?)a.Type)]) is not { } overload
                    || !overload.ArgumentTypes.SequenceEqual(arguments.Select(a => a.Type))
                )
                {
                    continue;
                }

                BoundExpression[] order = function.IsOrderSensitive ? [Column(scan, Time), Column(scan, Sequence)] : [];
                calls.Add(new AggregateCall(overload, [.. arguments, .. order]));
                calls.Add(new AggregateCall(overload, [.. arguments, .. order], Filter: Column(scan, Flag)));
            }
        }

        return calls;
    }
}
