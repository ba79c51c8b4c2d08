using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of a filter. Without state: a row that no longer passes is taken out, whether it was there or not, unless what
/// it was before tells.
/// </summary>
internal sealed class IncrementalFilter : IncrementalOperator
{
    private readonly RowFilter filter;
    private readonly DeltaBuffer buffer;
    private byte[] passes = new byte[Batch.VectorRows];
    private byte[] passed = new byte[Batch.VectorRows];

    public IncrementalFilter(FilterNode node, IncrementalOperator input, CircuitContext context)
        : base(node, input.KeyColumns)
    {
        filter = new RowFilter(node.Predicate, context.Evaluation);
        buffer = new DeltaBuffer(Schema, KeyColumns, input.CarriesOld, context.Pool);
        IsAppendOnly = input.IsAppendOnly;
        CarriesOld = input.CarriesOld;
        EmitsKeysOnce = input.EmitsKeysOnce;
    }

    public override void Push(int input, in DeltaBatch delta)
    {
        buffer.Clear();
        filter.Apply(delta.Rows);
        if (IsAppendOnly || (delta.Ops.IsEmpty && delta.Old is null && CarriesOld))
        {
            if (filter.Kept.Length == delta.RowCount)
            {
                Emit(delta);
                return;
            }

            buffer.AddUpserts(delta, filter.Kept);
            Emit(buffer.Delta);
            return;
        }

        Mark(ref passes, delta.RowCount);
        if (delta.Old is { } old)
        {
            filter.Apply(old);
            Mark(ref passed, delta.RowCount);
        }

        for (var row = 0; row < delta.RowCount; row++)
        {
            var isIn = passes[row] != 0 && !delta.IsDelete(row);
            if (!CarriesOld)
            {
                buffer.Add(delta, row, isIn ? DeltaOp.Upsert : DeltaOp.Delete, withOld: false);
                continue;
            }

            var wasIn = delta.Old is not null && delta.HasOld[row] != 0 && passed[row] != 0;
            if (isIn || wasIn)
            {
                buffer.Add(delta, row, isIn ? DeltaOp.Upsert : DeltaOp.Delete, wasIn);
            }
        }

        Emit(buffer.Delta);
    }

    public override void Dispose()
    {
        filter.Dispose();
        buffer.Dispose();
        base.Dispose();
    }

    private void Mark(ref byte[] flags, int rowCount)
    {
        if (flags.Length < rowCount)
        {
            flags = new byte[rowCount];
        }

        flags.AsSpan(0, rowCount).Clear();
        foreach (var row in filter.Kept)
        {
            flags[row] = 1;
        }
    }
}
