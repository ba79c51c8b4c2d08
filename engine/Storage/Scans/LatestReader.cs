using TickStore.Core;

namespace TickStore.Storage.Scans;

/// <summary>
/// The latest wanted row of each symbol of a range, in the order of the symbols. A symbol's rows are searched from their end,
/// in the run that reaches furthest first, so that of most symbols one vector is looked at, whatever the table holds.
/// </summary>
internal sealed class LatestReader : IBatchReader
{
    private readonly ScanPlan plan;
    private readonly List<ScanRun> runs;
    private readonly int[] symbols;
    private readonly VectorLoader loader;
    private readonly RowFilter filter;
    private readonly Batch output;
    private readonly int[] found = new int[1];
    private int nextSymbol;

    /// <summary>Reads these symbols, ascending.</summary>
    public LatestReader(ScanPlan plan, IReadOnlyList<ScanRun> runs, ReadOnlySpan<int> symbols)
    {
        this.plan = plan;
        this.symbols = symbols.ToArray();
        this.runs = [.. runs];
        this.runs.Sort((a, b) => b.TimeBounds.Max.CompareTo(a.TimeBounds.Max));
        filter = new RowFilter(plan);
        loader = new VectorLoader(plan.Schema, plan.Pool);
        output = Batch.Allocate(plan.BatchSchema, Math.Clamp(symbols.Length, 1, Batch.VectorRows), plan.Pool);
    }

    public Batch? Next()
    {
        output.Clear();
        while (nextSymbol < symbols.Length && output.RowCount < Batch.VectorRows)
        {
            plan.Cancellation.ThrowIfCancellationRequested();
            Append(symbols[nextSymbol++]);
        }

        return output.RowCount > 0 ? output : null;
    }

    public void Dispose()
    {
        output.Dispose();
        loader.Dispose();
    }

    private void Append(int symbol)
    {
        var latest = default(Candidate);
        foreach (var run in runs)
        {
            if (latest.Run is not null && run.TimeBounds.Max < latest.Time)
            {
                break;
            }

            var (from, to) = run.Symbols!.RowsOf(symbol, symbol);
            Search(run, from, to, ref latest);
        }

        if (latest.Run is null)
        {
            return;
        }

        loader.MoveTo(latest.Run, latest.Vector);
        found[0] = latest.Row;
        for (var i = 0; i < plan.Columns.Length; i++)
        {
            VectorCopy.AppendGather(loader.Column(plan.Columns[i]), found, output[i]);
        }

        output.SetRowCount(output.RowCount + 1);
    }

    private void Search(ScanRun run, long from, long to, ref Candidate latest)
    {
        while (to > from)
        {
            var vector = run.VectorOf(to - 1);
            if (latest.Run is not null && run.TimeBoundsOf(vector).Max < latest.Time)
            {
                return;
            }

            var vectorStart = run.VectorStart(vector);
            var start = Math.Max(from, vectorStart);
            var slice = new RowSlice(run, vector, (int)(start - vectorStart), (int)(to - vectorStart));
            to = start;
            if (filter.Apply(loader, slice, KeyRange.Everything))
            {
                Take(run, vector, ref latest);
                if (plan.Request.Latest == LatestRow.LastSequence)
                {
                    // Rows before this one come before it in (time, _seq); of equal times an earlier one may yet be wanted.
                    return;
                }
            }
        }
    }

    private void Take(ScanRun run, int vector, ref Candidate latest)
    {
        var times = loader.Column(plan.Schema.TimeIndex).Values<long>();
        var sequences = loader.Column(plan.Schema.SequenceIndex).Values<long>();
        var wantsLast = plan.Request.Latest == LatestRow.LastSequence;
        for (var i = filter.Count - 1; i >= 0; i--)
        {
            var row = filter.IsContiguous ? filter.First + i : filter.Rows[i];
            var (time, sequence) = (times[row], sequences[row]);
            var isBetter =
                latest.Run is null
                || time > latest.Time
                || (time == latest.Time && (wantsLast ? sequence > latest.Sequence : sequence < latest.Sequence));
            if (isBetter)
            {
                latest = new Candidate(run, vector, row, time, sequence);
            }

            if (wantsLast || time < latest.Time)
            {
                return;
            }
        }
    }

    private readonly record struct Candidate(ScanRun? Run, int Vector, int Row, long Time, long Sequence);
}
