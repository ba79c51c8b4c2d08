// Proves that the newest or first rows of each key are kept as such: the circuit holds so many rows a key and not all of them, its rows are
// told apart by the key, a row that comes first changes the one that was, and a step that changes no first row changes nothing.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;
using TickStore.Tests.Streaming.Law;

namespace TickStore.Tests.Streaming;

public sealed class LatestCircuitTest : IDisposable
{
    private readonly LawReference reference = new(seed: 3, rowCount: 200);

    [Theory]
    [InlineData("SELECT ts, sym, px FROM trades LATEST ON ts PARTITION BY sym", "1 row(s) for each key", "sym")]
    [InlineData("SELECT DISTINCT ON (sym) sym, px FROM trades ORDER BY sym, ts DESC", "1 row(s) for each key", "sym")]
    [InlineData(
        "SELECT sym, px FROM trades QUALIFY row_number() OVER (PARTITION BY sym ORDER BY px) <= 3",
        "3 row(s) for each key",
        "sym,row_number"
    )]
    [InlineData("SELECT sym, rank() OVER (PARTITION BY ts ORDER BY px) AS r FROM trades", "read back", "_seq")]
    [InlineData("SELECT sym, rank() OVER (PARTITION BY side ORDER BY px) AS r FROM trades", "all rows", "_seq")]
    public void The_state_is_bounded_by_what_is_asked_for(string sql, string bound, string keys)
    {
        var plan = Bind(sql);
        using var circuit = new Circuit(
            plan,
            new NoHistory(),
            reference.Database.CreateContext(),
            root => new Sink(root)
        );
        Assert.Contains(circuit.Describe(), line => line.Contains(bound, StringComparison.Ordinal));
        Assert.Equal(keys, string.Join(',', plan.KeyColumns.Select(k => plan.Plan.Schema[k].Name)));
    }

    [Fact]
    public void A_newer_row_changes_the_one_of_its_key()
    {
        var plan = Bind("SELECT ts, sym, qty FROM trades LATEST ON ts PARTITION BY sym");
        Sink? sink = null;
        using var circuit = new Circuit(
            plan,
            new NoHistory(),
            reference.Database.CreateContext(),
            root => sink = new Sink(root)
        );
        var schema = new BatchSchema([.. reference.Database.FindTable("trades")!.AllColumns]);
        using var rows = Batch.Allocate(schema, 8, reference.Database.Pool);
        void Step(params (long Time, int Symbol, long Quantity)[] ticks)
        {
            rows.Clear();
            foreach (var (time, symbol, quantity) in ticks)
            {
                sequence++;
                for (var i = 0; i < schema.ColumnCount; i++)
                {
                    var at = rows[i].RowCount;
                    rows[i].AppendNull();
                    rows[i].ClearValidity();
                    switch (schema[i].Name)
                    {
                        case "ts":
                            rows[i].Writable<long>()[at] = time;
                            break;
                        case "sym":
                            rows[i].Writable<int>()[at] = symbol;
                            break;
                        case "qty":
                            rows[i].Writable<long>()[at] = quantity;
                            break;
                        case "_seq":
                            rows[i].Writable<long>()[at] = sequence;
                            break;
                        default:
                            break;
                    }
                }

                rows.SetRowCount(rows.RowCount + 1);
            }

            sink!.Said.Clear();
            circuit.Push(0, new DeltaBatch(rows));
            circuit.Flush(new CircuitStep { Sequence = sequence });
        }

        Step((10, 1, 100), (10, 2, 200), (11, 1, 101));
        Assert.Equal(["New 1=101", "New 2=200"], sink!.Said.Order());
        Step((12, 1, 102));
        Assert.Equal(["Update 1=102 was 101"], sink.Said);
        Step((11, 1, 999), (9, 2, 999));
        Assert.Empty(sink.Said);

        // Of rows of one time the one that came last is the latest.
        Step((12, 1, 103));
        Assert.Equal(["Update 1=103 was 102"], sink.Said);
    }

    public void Dispose() => reference.Dispose();

    private long sequence;

    private KeyedPlan Bind(string sql) =>
        ViewLanguage.Get().Bind(reference.Database, $"CREATE MATERIALIZED VIEW v AS {sql}", createdSequence: 0).Plan;

    private sealed class NoHistory : ICircuitHistory
    {
        public IBatchReader Derive(PlanNode plan, long asOfSequence) =>
            throw new InvalidOperationException("Rows that are only appended never need the past.");
    }

    private sealed class Sink(IncrementalOperator root) : IncrementalOperator(root.Node, root.KeyColumns)
    {
        public List<string> Said { get; } = [];

        public override void Push(int input, in DeltaBatch delta)
        {
            for (var row = 0; row < delta.RowCount; row++)
            {
                var was =
                    !delta.HasOld.IsEmpty && delta.HasOld[row] != 0 ? $" was {delta.Old![2].Values<long>()[row]}" : "";
                Said.Add(
                    $"{delta.CauseOf(row)} {delta.Rows[1].Values<int>()[row]}={delta.Rows[2].Values<long>()[row]}{was}"
                );
            }
        }
    }
}
