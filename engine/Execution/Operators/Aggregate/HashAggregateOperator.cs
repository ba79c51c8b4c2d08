using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Aggregates groups in any order: each thread has a table of its own, and tables are merged at the end. Groups come
/// out in the order of their first rows, which does not depend on how many threads there were.
/// </summary>
internal sealed class HashAggregateOperator(AggregateNode node, PhysicalOperator input) : PhysicalOperator(node, input)
{
    private GroupSet? groups;

    public override long EstimateRows(int morsel) => groups!.Count;

    public override void Dispose()
    {
        groups?.Dispose();
        base.Dispose();
    }

    protected override void PrepareCore()
    {
        var workerCount = Run.WorkersFor(Inputs[0]);
        var sets = new GroupSet?[workerCount];
        try
        {
            for (var i = 0; i < workerCount; i++)
            {
                sets[i] = new GroupSet(node, Run, recordFirstRows: workerCount > 1);
            }

            Run.ForEachMorsel(
                Inputs[0],
                workerCount,
                (worker, morsel, reader) => sets[worker]!.AddMorsel(morsel, reader)
            );
            groups = workerCount == 1 ? Take(ref sets[0]) : Merge(sets!);
            groups.Finish();
        }
        finally
        {
            foreach (var set in sets)
            {
                set?.Dispose();
            }
        }

        MorselCount = groups.Count > 0 ? 1 : 0;
    }

    protected override IBatchReader OpenCore(int morsel) => new Reader(node, Run, groups!);

    private static GroupSet Take(ref GroupSet? set)
    {
        var taken = set!;
        set = null;
        return taken;
    }

    private GroupSet Merge(GroupSet[] sets)
    {
        var merged = new GroupSet(node, Run, recordFirstRows: false);
        try
        {
            merged.MergeAll(sets);
            return merged;
        }
        catch
        {
            merged.Dispose();
            throw;
        }
    }

    private sealed class Reader(AggregateNode node, QueryRun run, GroupSet groups) : IBatchReader
    {
        private Batch? batch;
        private int done;

        public Batch? Next()
        {
            run.ThrowIfCancelled();
            var count = Math.Min(Batch.VectorRows, groups.Count - done);
            if (count <= 0)
            {
                return null;
            }

            batch ??= Batch.Allocate(node.Schema, Batch.VectorRows, run.Pool);
            batch.Clear();
            groups.Write(done, count, batch);
            batch.SetRowCount(count);
            done += count;
            return batch;
        }

        public void Dispose() => batch?.Dispose();
    }
}
