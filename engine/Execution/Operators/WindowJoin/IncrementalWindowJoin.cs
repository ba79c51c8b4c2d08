using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of a window join. A right row changes the left rows in whose windows it lies, and those that it prevails for:
/// their aggregates are computed again, from the right rows as they were and as they are, by the code of the batch form.
/// </summary>
internal sealed class IncrementalWindowJoin : StreamJoin
{
    private readonly WindowJoinNode node;
    private readonly QueryRun run;
    private readonly WindowFeed feed;
    private readonly Batch now;
    private readonly Batch old;
    private readonly DeltaBuffer buffer;
    private readonly List<Window> windows = [];
    private readonly PooledList<int> partners;
    private readonly int[] slots = new int[Batch.VectorRows];

    public IncrementalWindowJoin(
        WindowJoinNode node,
        IncrementalOperator left,
        IncrementalOperator right,
        CircuitContext context
    )
        : base(node, left.KeyColumns, ShapeOf(node), left, right, context, KeptRows(context))
    {
        this.node = node;
        CarriesOld = true;
        run = new QueryRun(context.Evaluation, 1, null);
        feed = new WindowFeed(node, right.Schema, run);
        now = Batch.Allocate(Schema, 64, context.Pool);
        old = Batch.Allocate(Schema, 64, context.Pool);
        buffer = new DeltaBuffer(Schema, KeyColumns, carriesOld: true, context.Pool);
        partners = new PooledList<int>(context.Pool);
    }

    // A candidate, and the right rows of its windows before and behind the step, as places among the partners.
    private readonly record struct Window(
        int OldLeft,
        int OldStart,
        int OldEnd,
        int Left,
        int Start,
        int End,
        DeltaCause Cause
    );

    public override void Dispose()
    {
        feed.Dispose();
        run.Dispose();
        now.Dispose();
        old.Dispose();
        buffer.Dispose();
        partners.Dispose();
        base.Dispose();
    }

    protected override void Join(JoinSide left, JoinSide right, int rightKey)
    {
        for (var i = 0; i < Candidates.Count; i++)
        {
            var (oldLeft, nowLeft) = (Candidates.Old[i], Candidates.Now[i]);
            var oldStart = partners.Count;
            var differs = Gather(left, oldLeft, right, rightKey, ofOld: true);
            var start = partners.Count;
            differs |= Gather(left, nowLeft, right, rightKey, ofOld: false);
            if (oldLeft == nowLeft && !differs)
            {
                partners.SetCount(oldStart);
                continue;
            }

            windows.Add(new Window(oldLeft, oldStart, start, nowLeft, start, partners.Count, Candidates.CauseOf(i)));
            if (windows.Count == Batch.VectorRows)
            {
                EmitWindows(left, right);
            }
        }

        EmitWindows(left, right);
    }

    private static StreamJoinShape ShapeOf(WindowJoinNode node) =>
        new(
            StreamJoinShape.ColumnsOf(node.LeftKeys),
            StreamJoinShape.ColumnsOf(node.RightKeys),
            StreamJoinShape.ColumnsOf([node.LeftTime])[0],
            StreamJoinShape.ColumnsOf([node.RightTime])[0],
            node.StartNanos,
            node.EndNanos
        )
        {
            NeedsPredecessor = node.IncludesPrevailing,
        };

    // Appends the right rows of a left row's window, in the order of time. True where one of them is there on one side of the step only.
    private bool Gather(JoinSide left, int leftSlot, JoinSide right, int rightKey, bool ofOld)
    {
        if (leftSlot < 0 || left.KeyOf(leftSlot) is var key && key < 0)
        {
            return false;
        }

        var (first, differs) = (partners.Count, false);
        var start = Shape.Start(left.TimeOf(leftSlot));
        var isStartTaken = false;
        var at = right.Find(rightKey >= 0 ? rightKey : key, Shape.End(left.TimeOf(leftSlot)), ofOld);
        for (; at >= 0; at = right.Previous(at))
        {
            if (!right.IsVisible(at, ofOld))
            {
                continue;
            }

            var time = right.TimeOf(at);
            if (time < start && (!node.IncludesPrevailing || isStartTaken))
            {
                break;
            }

            partners.Add(at);
            differs |= !right.IsVisible(at, !ofOld);
            isStartTaken |= time <= start;
            if (time < start)
            {
                break;
            }
        }

        partners.Span[first..].Reverse();
        return differs;
    }

    private void EmitWindows(JoinSide left, JoinSide right)
    {
        if (windows.Count == 0)
        {
            return;
        }

        Compute(left, right, now, ofOld: false);
        Compute(left, right, old, ofOld: true);
        if (old.RowCount == 0)
        {
            EmitNew();
        }
        else
        {
            EmitChanges();
        }

        windows.Clear();
        partners.SetCount(0);
    }

    private void EmitNew()
    {
        buffer.Clear();
        buffer.Rows.AppendRange(now, 0, now.RowCount);
        for (var i = 0; i < windows.Count; i++)
        {
            buffer.Note(i, DeltaOp.Upsert, windows[i].Cause, false);
        }

        Emit(buffer.Delta);
    }

    private void EmitChanges()
    {
        buffer.Clear();
        var (row, oldRow) = (0, 0);
        foreach (var window in windows)
        {
            var hadOld = window.OldLeft >= 0;
            if (window.Left >= 0)
            {
                buffer.Add(now, row++, DeltaOp.Upsert, window.Cause, hadOld ? old : null, hadOld ? oldRow : -1);
            }
            else
            {
                buffer.Add(old, oldRow, DeltaOp.Delete, window.Cause, old, oldRow);
            }

            oldRow += hadOld ? 1 : 0;
        }

        Emit(buffer.Delta);
    }

    private void Compute(JoinSide left, JoinSide right, Batch target, bool ofOld)
    {
        var count = 0;
        foreach (var window in windows)
        {
            var slot = ofOld ? window.OldLeft : window.Left;
            slots[count] = slot;
            count += slot >= 0 ? 1 : 0;
        }

        target.Clear();
        if (count == 0)
        {
            return;
        }

        feed.Begin(left.Rows, right.Rows, count);
        var group = 0;
        foreach (var window in windows)
        {
            var slot = ofOld ? window.OldLeft : window.Left;
            if (slot < 0)
            {
                continue;
            }

            var (from, to) = ofOld ? (window.OldStart, window.OldEnd) : (window.Start, window.End);
            for (var at = from; at < to; at++)
            {
                feed.Add(slot, partners[at], group);
            }

            group++;
        }

        var results = feed.Finish();
        var width = left.Rows.ColumnCount;
        for (var i = 0; i < target.ColumnCount; i++)
        {
            if (i < width)
            {
                VectorCopy.AppendGather(left.Rows[i], slots.AsSpan(0, count), target[i]);
            }
            else
            {
                VectorCopy.AppendRange(results[i - width], 0, count, target[i]);
            }
        }

        target.SetRowCount(count);
    }
}
