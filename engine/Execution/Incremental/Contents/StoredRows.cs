using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Keeps the rows of its input, and hands its changes on with what rows were before, for those downstream that need to know. A delete of
/// a key that was not there goes no further.
/// </summary>
internal sealed class StoredRows : IncrementalOperator
{
    private readonly KeyedRows rows;
    private readonly Batch old;
    private readonly DeltaBuffer buffer;

    public StoredRows(IncrementalOperator input, CircuitContext context)
        : base(input.Node, input.KeyColumns)
    {
        CarriesOld = true;
        EmitsKeysOnce = input.EmitsKeysOnce;
        EmitsKeysOnce = input.EmitsKeysOnce;
        rows = new KeyedRows(input.Node.Name, Schema, KeyColumns, context.Pool);
        old = Batch.Allocate(Schema, 64, context.Pool);
        buffer = new DeltaBuffer(Schema, KeyColumns, carriesOld: true, context.Pool);
    }

    /// <summary>The rows, between steps.</summary>
    public KeyedRows Rows => rows;

    public override string StateBound => "one row a key of its input; pages that do not change are encoded";

    public override void Push(int input, in DeltaBatch delta)
    {
        var had = rows.Apply(delta, old);
        if (!HasIdleDelete(delta, had))
        {
            Emit(
                new DeltaBatch(delta.Rows)
                {
                    Ops = delta.Ops,
                    Causes = delta.Causes,
                    Old = old.RowCount > 0 ? old : null,
                    HasOld = old.RowCount > 0 ? had : default,
                }
            );
            return;
        }

        buffer.Clear();
        for (var row = 0; row < delta.RowCount; row++)
        {
            if (had[row] != 0 || !delta.IsDelete(row))
            {
                buffer.Add(
                    delta.Rows,
                    row,
                    delta.IsDelete(row) ? DeltaOp.Delete : DeltaOp.Upsert,
                    delta.CauseOf(row),
                    had[row] != 0 ? old : null,
                    row
                );
            }
        }

        Emit(buffer.Delta);
    }

    public override void Save(StateWriter writer) => rows.Save(writer);

    public override void Load(StateReader reader) => rows.Load(reader);

    public override void Dispose()
    {
        rows.Dispose();
        old.Dispose();
        buffer.Dispose();
        base.Dispose();
    }

    private static bool HasIdleDelete(in DeltaBatch delta, ReadOnlySpan<byte> had)
    {
        for (var row = 0; row < delta.Ops.Length; row++)
        {
            if (delta.Ops[row] == DeltaOp.Delete && had[row] == 0)
            {
                return true;
            }
        }

        return false;
    }
}
