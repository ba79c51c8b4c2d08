using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Operators;

/// <summary>
/// Rows that change: inserts, updates (keys of groups among them) and deletes at random, as deltas with what rows were before, pushed into
/// an aggregation; and the same rows as a table for its batch form.
/// </summary>
internal sealed class ChangingTable : IncrementalOperator, ICircuitHistory
{
    private readonly SortedDictionary<long, object?[]> rows = [];
    private readonly FakeTableSource supply;
    private readonly Random random;
    private readonly AggregateNode plan;
    private readonly EvaluationContext evaluation;
    private readonly CircuitContext context;
    private readonly CircuitStep step = new();
    private readonly SortedDictionary<string, string> contents = new(StringComparer.Ordinal);
    private long nextId;

    public ChangingTable(FakeTableSource supply, int[] keys, int seed)
        : this(supply, TestTables.Scan(supply), keys, seed) { }

    private ChangingTable(FakeTableSource supply, ScanNode scan, int[] keys, int seed)
        : base(scan, [TestTables.Sequence])
    {
        this.supply = supply;
        random = new Random(seed);
        plan = IncrementalAggregateTests.Plan(scan, keys);
        CarriesOld = true;
        evaluation = TestQuery.Context(supply.Symbols);
        context = new CircuitContext
        {
            Evaluation = evaluation,
            History = this,
            InputNames = [supply.Schema.Name],
        };
        Aggregate = MakeAggregate();
    }

    public IncrementalAggregate Aggregate { get; private set; }

    public override void Push(int input, in DeltaBatch delta) { }

    /// <summary>Makes some changes in one batch, and ends the step.</summary>
    public void Step(int changeCount)
    {
        using var now = Batch.Allocate(Schema, 8, evaluation.Pool);
        using var before = Batch.Allocate(Schema, 8, evaluation.Pool);
        var (ops, hasOld) = (new List<DeltaOp>(), new List<byte>());
        for (var i = 0; i < changeCount; i++)
        {
            var fresh = (object?[])supply.Rows[random.Next(supply.Rows.Count)].Clone();
            var kind = rows.Count == 0 ? 0 : random.Next(5);
            var id = kind < 2 ? nextId++ : rows.Keys.ElementAt(random.Next(rows.Count));
            var old = rows.GetValueOrDefault(id);
            if (kind == 3)
            {
                // Close to what it was, as the running bar of a finer view is.
                fresh = (object?[])old!.Clone();
                fresh[TestTables.Price] = fresh[TestTables.Price] is double px ? px + 1 : 7.0;
            }

            fresh[TestTables.Sequence] = id;
            ops.Add(kind == 4 ? DeltaOp.Delete : DeltaOp.Upsert);
            hasOld.Add(old is null ? (byte)0 : (byte)1);
            Append(before, old);
            if (kind == 4)
            {
                rows.Remove(id);
                Append(now, [.. fresh.Select((v, c) => c == TestTables.Sequence ? v : null)]);
            }
            else
            {
                rows[id] = fresh;
                Append(now, fresh);
            }
        }

        var hasAny = hasOld.Contains(1);
        Aggregate.Push(
            0,
            new DeltaBatch(now)
            {
                Ops = ops.ToArray(),
                Old = hasAny ? before : null,
                HasOld = hasAny ? hasOld.ToArray() : default,
            }
        );
        Aggregate.Flush(step);
    }

    /// <summary>Fails where the rows that came out differ from those of the batch form.</summary>
    public void Check()
    {
        var expected = TestQuery.Run(AsOf(plan), supply.Symbols, 1).Select(r => TestRow.Text(r));
        Assert.Equal(expected.Order(StringComparer.Ordinal), contents.Values.Order(StringComparer.Ordinal));
    }

    /// <summary>Goes on with an operator that has read what the one before wrote.</summary>
    public void SaveAndLoad()
    {
        var stream = new MemoryStream();
        Aggregate.Save(new StateWriter(stream));
        Aggregate.Dispose();
        stream.Position = 0;
        Aggregate = MakeAggregate();
        Aggregate.Load(new StateReader(stream));
        Assert.Equal(stream.Length, stream.Position);
    }

    public IBatchReader Derive(PlanNode derived, long asOfSequence) => PlanExecutor.Open(AsOf(derived), evaluation, 1);

    public override void Dispose()
    {
        Aggregate.Dispose();
        Assert.Equal(0, evaluation.Pool.LeaseCount);
        base.Dispose();
    }

    private IncrementalAggregate MakeAggregate()
    {
        var made = new IncrementalAggregate(plan, this, context);
        made.ConnectTo(new Collector(made, this), 0);
        return made;
    }

    private void Append(Batch target, object?[]? row)
    {
        for (var column = 0; column < target.ColumnCount; column++)
        {
            if (row?[column] is { } value)
            {
                TestRow.Append(target[column], value, supply.Symbols);
            }
            else
            {
                target[column].AppendNull();
            }
        }

        target.SetRowCount(target.RowCount + 1);
    }

    private PlanNode AsOf(PlanNode node)
    {
        if (node is not ScanNode scan)
        {
            return node.WithInputs([.. node.Inputs.Select(AsOf)]);
        }

        var table = new FakeTableSource(
            supply.Schema,
            [.. rows.Values.Select(r => r[..TestTables.Sequence])],
            supply.Symbols
        );
        foreach (var (row, id) in table.Rows.Zip(rows.Keys))
        {
            row[TestTables.Sequence] = id;
        }

        return new ScanNode(table, scan.Request);
    }

    private sealed class Collector(IncrementalOperator root, ChangingTable table)
        : IncrementalOperator(root.Node, root.KeyColumns)
    {
        public override void Push(int input, in DeltaBatch delta)
        {
            for (var row = 0; row < delta.RowCount; row++)
            {
                var values = new List<object?>();
                for (var column = 0; column < delta.Rows.ColumnCount; column++)
                {
                    values.Add(TestRow.Read(delta.Rows[column], row, table.supply.Symbols));
                }

                var key = TestRow.GroupKey(KeyColumns.Select(k => values[k]));
                if (delta.IsDelete(row))
                {
                    Assert.True(table.contents.Remove(key));
                }
                else
                {
                    table.contents[key] = TestRow.Text(values);
                }
            }
        }
    }
}
