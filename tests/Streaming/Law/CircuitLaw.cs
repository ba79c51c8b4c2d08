using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming.Law;

/// <summary>
/// Law 2 for the operators alone: a circuit of a query is pushed the rows of a market, grouped in any way, and after some of the steps the
/// rows that its deltas add up to must equal the query AS OF that sequence. The database holds each row in a commit of its own,
/// so that every grouping can be tried over it.
/// </summary>
internal sealed class CircuitLaw : IDisposable
{
    private readonly LawReference reference;
    private readonly List<(Batch Rows, long[] Sequences)> tables = [];

    public CircuitLaw(LawReference reference)
    {
        this.reference = reference;
        ReadTables();
    }

    /// <summary>How many rows an operator keeps before it lets go of the oldest; few, so that rows are read back.</summary>
    public int RowsKeptMax { get; set; } = 1 << 20;

    private long[] Ends => reference.Ends;

    /// <summary>
    /// Throws, with all that is needed to see it again, where the circuit and the query do not agree. Returns how often they were compared.
    /// </summary>
    /// <param name="view">The definition.</param>
    /// <param name="groupingSeed">Chooses how rows are grouped into steps.</param>
    /// <param name="rowsMax">The most rows of a step.</param>
    /// <param name="compareCount">After how many of the steps, roughly, contents are compared; the last one is among them.</param>
    /// <param name="restarts">True to save the state and go on in another circuit now and then.</param>
    public int Prove(LawView view, int groupingSeed, int rowsMax, int compareCount, bool restarts = false)
    {
        var plan = ViewLanguage.Get().Bind(reference.Database, view.Create, createdSequence: 0).Plan;
        var map = new DeltaMap(plan, reference.Database.Symbols);
        var circuit = Open(plan, map);
        try
        {
            var random = new Random(groupingSeed);
            var compared = 0;
            for (int done = 0, step = 1; done < Ends.Length; step++)
            {
                var next = Math.Min(Ends.Length, done + 1 + random.Next(rowsMax));
                var what =
                    $"{view.Name}, grouping {groupingSeed} of at most {rowsMax} rows, step {step}, AS OF SEQ {Ends[next - 1]}";
                try
                {
                    Step(circuit, done == 0 ? 0 : Ends[done - 1], Ends[next - 1]);
                    map.EndStep();
                }
                catch (Exception e) when (e is not LawException)
                {
                    throw new LawException($"{what}: {e.Message}\n{view.Select}\n{e}", e);
                }

                if (next == Ends.Length || random.Next(Ends.Length) < compareCount * (next - done))
                {
                    compared++;
                    var differences = RowDifferences.Find(
                        map.Contents(),
                        reference.Answer(view, next),
                        new BatchSchema([.. plan.Plan.Schema.Columns.Take(plan.VisibleCount)])
                    );
                    if (differences is not null)
                    {
                        throw new LawException($"{what}:\n{view.Select}\n{differences}");
                    }
                }

                done = next;
                if (restarts && random.Next(Ends.Length) < 3 * (next - done + 1))
                {
                    circuit = Reopen(circuit, plan, map);
                }
            }

            return compared;
        }
        finally
        {
            circuit.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var (rows, _) in tables)
        {
            rows.Dispose();
        }
    }

    private Circuit Open(KeyedPlan plan, DeltaMap map) =>
        new(plan, new History(this), ContextAt(0), root => new DeltaMapOperator(root, map), RowsKeptMax);

    private Circuit Reopen(Circuit circuit, KeyedPlan plan, DeltaMap map)
    {
        using var state = new MemoryStream();
        circuit.Save(new StateWriter(state));
        circuit.Dispose();
        state.Position = 0;
        var opened = Open(plan, map);
        opened.Load(new StateReader(state));
        return opened;
    }

    private void Step(Circuit circuit, long after, long until)
    {
        var step = new CircuitStep { Sequence = until };
        for (var i = 0; i < circuit.Inputs.Count; i++)
        {
            var table = Array.FindIndex(LawMarket.Names, n => n == circuit.Inputs[i].Name);
            step.SetWatermark(i, WatermarkAt(table, until));
            if (circuit.Inputs[i].Kind != CircuitInputKind.Table)
            {
                continue;
            }

            var (rows, sequences) = tables[table];
            var from = UpperBound(sequences, after);
            var to = UpperBound(sequences, until);
            for (; from < to; from += Batch.VectorRows)
            {
                using var view = Batch.CreateView(rows.Schema);
                view.Borrow(rows, from, Math.Min(Batch.VectorRows, to - from));
                circuit.Push(i, new DeltaBatch(view));
            }
        }

        circuit.Flush(step);
    }

    private void ReadTables()
    {
        using var snapshot = reference.Database.OpenSnapshot();
        foreach (var name in LawMarket.Names)
        {
            var source = snapshot.GetTable(name);
            var schema = source.Schema;
            var request = new ScanRequest
            {
                Columns = [.. Enumerable.Range(0, schema.AllColumns.Count)],
                Order = ScanOrder.Sequence,
            };
            var all = Batch.Allocate(new BatchSchema([.. schema.AllColumns]), 1024, reference.Database.Pool);
            using var scan = source.OpenScan(request, reference.Database.Pool, CancellationToken.None);
            for (var morsel = 0; morsel < scan.MorselCount; morsel++)
            {
                using var reader = scan.OpenMorsel(morsel);
                while (reader.Next() is { } batch)
                {
                    all.AppendRange(batch, 0, batch.RowCount);
                }
            }

            tables.Add((all, all[schema.SequenceIndex].Values<long>().ToArray()));
        }
    }

    private long WatermarkAt(int table, long sequence)
    {
        var (rows, sequences) = tables[table];
        var schema = reference.Database.FindTable(LawMarket.Names[table])!;
        var times = rows[schema.TimeIndex].Values<long>()[..UpperBound(sequences, sequence)];
        var newest = long.MinValue;
        foreach (var time in times)
        {
            newest = Math.Max(newest, time);
        }

        return newest == long.MinValue ? newest : newest - schema.LatenessNanos;
    }

    private bool HasRowBeyond(int table, long nanos, long before)
    {
        var (rows, sequences) = tables[table];
        var schema = reference.Database.FindTable(LawMarket.Names[table])!;
        var times = rows[schema.TimeIndex].Values<long>()[..UpperBound(sequences, before - 1)];
        return times.ContainsAnyExceptInRange(long.MinValue, nanos);
    }

    private EvaluationContext ContextAt(long sequence)
    {
        var context = reference.Database.CreateContext();
        return new EvaluationContext
        {
            Symbols = context.Symbols,
            Pool = context.Pool,
            NowNanos = context.NowNanos,
            Watermarks = name => WatermarkAt(Array.IndexOf(LawMarket.Names, name), sequence),
            HasRowBeyond = (table, nanos, before) => HasRowBeyond(Array.IndexOf(LawMarket.Names, table), nanos, before),
        };
    }

    private static int UpperBound(long[] sequences, long sequence)
    {
        var at = Array.BinarySearch(sequences, sequence);
        return at < 0 ? ~at : at + 1;
    }

    private sealed class History(CircuitLaw owner) : ICircuitHistory
    {
        public IBatchReader Derive(PlanNode plan, long asOfSequence)
        {
            var snapshot = owner.reference.Database.OpenSnapshot(asOfSequence);
            return new Reader(
                PlanExecutor.Open(At(plan, snapshot), owner.ContextAt(asOfSequence), threadCount: 1),
                snapshot
            );
        }

        private static PlanNode At(PlanNode node, DatabaseSnapshot snapshot) =>
            node is ScanNode scan
                ? new ScanNode(snapshot.GetTable(scan.Source.Schema.Name), scan.Request)
                : node.WithInputs([.. node.Inputs.Select(i => At(i, snapshot))]);

        private sealed class Reader(IBatchReader inner, DatabaseSnapshot snapshot) : IBatchReader
        {
            public Batch? Next() => inner.Next();

            public void Dispose()
            {
                inner.Dispose();
                snapshot.Dispose();
            }
        }
    }
}
