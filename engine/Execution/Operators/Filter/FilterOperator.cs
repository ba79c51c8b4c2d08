using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Passes a batch through where all its rows are kept, and else packs kept rows together until a batch is full, so
/// that what follows works on dense vectors of a good length even behind a selective filter.
/// </summary>
internal sealed class FilterOperator(FilterNode node, PhysicalOperator input) : PhysicalOperator(node, input)
{
    protected override void PrepareCore() => MorselCount = Inputs[0].MorselCount;

    protected override IBatchReader OpenCore(int morsel) => new Reader(node, Run, Inputs[0].OpenMorsel(morsel));

    private sealed class Reader(FilterNode node, QueryRun run, IBatchReader input) : IBatchReader
    {
        private readonly RowFilter filter = new(node.Predicate, run.Context);
        private Batch? packed;
        private Batch? pending;

        public Batch? Next()
        {
            packed?.Clear();
            while (true)
            {
                if (pending is null)
                {
                    pending = input.Next();
                    if (pending is null)
                    {
                        return packed is { RowCount: > 0 } ? packed : null;
                    }

                    filter.Apply(pending);
                }

                var kept = filter.Kept;
                if (kept.Length == pending.RowCount && packed is not { RowCount: > 0 })
                {
                    var whole = pending;
                    pending = null;
                    return whole;
                }

                if (packed is not null && packed.RowCount + kept.Length > Batch.VectorRows)
                {
                    return packed;
                }

                if (!kept.IsEmpty)
                {
                    packed ??= Batch.Allocate(node.Schema, Batch.VectorRows, run.Pool);
                    packed.AppendGather(pending, kept);
                }

                pending = null;
            }
        }

        public void Dispose()
        {
            packed?.Dispose();
            filter.Dispose();
            input.Dispose();
        }
    }
}
