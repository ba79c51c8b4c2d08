using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Subscribing;

/// <summary>
/// The change between two states of a keyed set of rows, consolidated by key: what is new, what differs, what is gone. Holds the older
/// state, out of a query's memory.
/// </summary>
internal sealed class ContentsDifference : IDisposable
{
    private const int RowsPerPush = Batch.VectorRows;

    private readonly KeyedRowSet past;
    private readonly Batch rows;
    private readonly Batch old;
    private readonly List<DeltaOp> ops = [];
    private readonly List<DeltaCause> causes = [];
    private readonly List<byte> hasOld = [];
    private readonly int[] one = new int[1];
    private int nextLeft;

    /// <summary>Makes one of which neither state is known yet.</summary>
    public ContentsDifference(ChangeShape shape, BlockPool pool)
    {
        past = new KeyedRowSet(shape.Schema, shape.KeyColumns, pool);
        rows = Batch.Allocate(shape.Schema, 64, pool);
        old = Batch.Allocate(shape.Schema, 64, pool);
    }

    /// <summary>Takes rows of the older state.</summary>
    public void AddPast(Batch batch)
    {
        for (var row = 0; row < batch.RowCount; row++)
        {
            past.Add(batch, row);
        }
    }

    /// <summary>Takes rows of the newer state and pushes what differs; after the last one, null pushes what is gone.</summary>
    /// <returns>False where nothing is left to push.</returns>
    public bool Compare(Batch? batch, IChangeListener target, long sequence)
    {
        for (var row = 0; row < (batch?.RowCount ?? 0); row++)
        {
            var was = past.Find(batch!, row);
            if (was < 0)
            {
                Add(batch!, row, DeltaOp.Upsert, DeltaCause.New, -1);
            }
            else if (!past.IsEqual(was, batch!, row))
            {
                Add(batch!, row, DeltaOp.Upsert, DeltaCause.Update, was);
            }

            if (was >= 0)
            {
                past.MarkSeen(was);
            }
        }

        for (; batch is null && nextLeft < past.Rows.RowCount && rows.RowCount < RowsPerPush; nextLeft++)
        {
            if (!past.IsSeen(nextLeft))
            {
                Add(past.Rows, nextLeft, DeltaOp.Delete, DeltaCause.Update, nextLeft);
            }
        }

        if (rows.RowCount == 0)
        {
            return false;
        }

        target.OnChanges(
            new DeltaBatch(rows)
            {
                Ops = ops.ToArray(),
                Causes = causes.ToArray(),
                Old = old,
                HasOld = hasOld.ToArray(),
            },
            sequence
        );
        rows.Clear();
        old.Clear();
        ops.Clear();
        causes.Clear();
        hasOld.Clear();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        past.Dispose();
        rows.Dispose();
        old.Dispose();
    }

    private void Add(Batch source, int row, DeltaOp op, DeltaCause cause, int was)
    {
        one[0] = row;
        rows.AppendGather(source, one);
        one[0] = was;
        old.AppendGather(past.Rows, one);
        ops.Add(op);
        causes.Add(cause);
        hasOld.Add(was >= 0 ? (byte)1 : (byte)0);
    }
}
