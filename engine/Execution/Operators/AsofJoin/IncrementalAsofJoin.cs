using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of an ASOF join that looks backward. A left row is joined when it comes, and again when a right row comes (or
/// goes) that is closer to it than the one it has. Over sequences instead of times, which is how a row of another table is looked up,
/// no right row is ever too late: then the last row of each key is all the state.
/// </summary>
internal sealed class IncrementalAsofJoin : StreamJoin
{
    // Rows of the last step, before they are moved together.
    private const int LookupRows = 4096;

    private readonly AsofJoinNode node;
    private readonly JoinWriter writer;
    private readonly JoinWriter oldWriter;
    private readonly DeltaBuffer buffer;
    private readonly bool isLookup;
    private int[] leftSlots = new int[Batch.VectorRows];
    private int[] rightSlots = new int[Batch.VectorRows];
    private readonly List<(int OldLeft, int OldRight, int Left, int Right, DeltaCause Cause)> changes = [];

    public IncrementalAsofJoin(
        AsofJoinNode node,
        IncrementalOperator left,
        IncrementalOperator right,
        CircuitContext context
    )
        : base(
            node,
            left.KeyColumns,
            ShapeOf(node),
            left,
            right,
            context,
            IsLookup(node, left, right) ? LookupRows : KeptRows(context)
        )
    {
        this.node = node;
        isLookup = IsLookup(node, left, right);
        IsAppendOnly = isLookup;
        CarriesOld = !isLookup;
        writer = new JoinWriter(left.Schema, right.Schema, Schema, context.Pool);
        oldWriter = new JoinWriter(left.Schema, right.Schema, Schema, context.Pool);
        buffer = new DeltaBuffer(Schema, KeyColumns, carriesOld: true, context.Pool);
    }

    /// <inheritdoc/>
    public override string StateBound => isLookup ? "the last row of each key of the right side" : base.StateBound;

    public override void Dispose()
    {
        writer.Dispose();
        oldWriter.Dispose();
        buffer.Dispose();
        base.Dispose();
    }

    protected override void Join(JoinSide left, JoinSide right, int rightKey)
    {
        if (Candidates.AreAllNew)
        {
            JoinNew(left, right, rightKey);
            return;
        }

        for (var i = 0; i < Candidates.Count; i++)
        {
            var (oldLeft, nowLeft) = (Candidates.Old[i], Candidates.Now[i]);
            var oldRight = Partner(left, oldLeft, right, rightKey, ofOld: true);
            var nowRight = Partner(left, nowLeft, right, rightKey, ofOld: false);
            var wasIn = oldLeft >= 0 && (oldRight >= 0 || node.Kind == JoinKind.Left);
            var isIn = nowLeft >= 0 && (nowRight >= 0 || node.Kind == JoinKind.Left);
            if ((wasIn || isIn) && !(wasIn && isIn && oldLeft == nowLeft && oldRight == nowRight))
            {
                changes.Add((wasIn ? oldLeft : -1, oldRight, isIn ? nowLeft : -1, nowRight, Candidates.CauseOf(i)));
                if (changes.Count == Batch.VectorRows)
                {
                    EmitChanges(left, right);
                }
            }
        }

        EmitChanges(left, right);
    }

    private static StreamJoinShape ShapeOf(AsofJoinNode node)
    {
        if (node.Direction != AsofDirection.Backward)
        {
            Throw.Error(
                ErrorCode.NotSupported,
                $"An ASOF join that looks {(node.Direction == AsofDirection.Forward ? "forward" : "both ways")} cannot be kept up "
                    + "incrementally: its answers depend on rows yet to come. Join backward (left.time >= right.time)"
            );
        }

        // Times are integers, so that before a time is not after the one that precedes it.
        var offset = node.AllowExactMatch ? 0L : -1L;
        var span =
            node.Tolerance is null || node.LeftTime.Type.IsFloating
                ? 0L
                : (long)Math.Min(AsofMatcher.ReadTolerance(node.Tolerance, node.LeftTime.Type).Steps, long.MaxValue);
        return new StreamJoinShape(
            StreamJoinShape.ColumnsOf(node.LeftKeys),
            StreamJoinShape.ColumnsOf(node.RightKeys),
            StreamJoinShape.ColumnsOf([node.LeftTime])[0],
            StreamJoinShape.ColumnsOf([node.RightTime])[0],
            offset,
            offset
        )
        {
            NeedsPredecessor = true,
            IsLimited = node.Tolerance is not null,
            PredecessorSpan = span + offset,
            LastOfTimeOnly = true,
        };
    }

    // Both times are the sequences of inputs that only append.
    private static bool IsLookup(AsofJoinNode node, IncrementalOperator left, IncrementalOperator right) =>
        left.IsAppendOnly
        && right.IsAppendOnly
        && node.LeftTime is ColumnExpression leftTime
        && node.RightTime is ColumnExpression rightTime
        && left.KeyColumns.Count == 1
        && right.KeyColumns.Count == 1
        && left.KeyColumns[0] == leftTime.Index
        && right.KeyColumns[0] == rightTime.Index
        && node.Tolerance is null;

    private int Partner(JoinSide left, int leftSlot, JoinSide right, int rightKey, bool ofOld)
    {
        if (leftSlot < 0 || left.KeyOf(leftSlot) is var key && key < 0)
        {
            return -1;
        }

        var start = Shape.Start(left.TimeOf(leftSlot));
        var partner = right.Find(rightKey >= 0 ? rightKey : key, start, ofOld);
        return partner >= 0 && Shape.IsLimited && right.TimeOf(partner) < Shape.PredecessorLimit(start) ? -1 : partner;
    }

    // The fast path: rows that nothing was emitted of before.
    private void JoinNew(JoinSide left, JoinSide right, int rightKey)
    {
        var slots = Candidates.Now;
        var count = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            var partner = Partner(left, slots[i], right, rightKey, ofOld: false);
            leftSlots[count] = slots[i];
            rightSlots[count] = partner;
            count += partner >= 0 || node.Kind == JoinKind.Left ? 1 : 0;
            if (count == Batch.VectorRows || (i == slots.Length - 1 && count > 0))
            {
                Emit(
                    new DeltaBatch(
                        writer.Write(left.Rows, leftSlots.AsSpan(0, count), right.Rows, rightSlots.AsSpan(0, count))
                    )
                );
                count = 0;
            }
        }
    }

    private void EmitChanges(JoinSide left, JoinSide right)
    {
        if (changes.Count == 0)
        {
            return;
        }

        var (nowCount, oldCount) = (0, 0);
        foreach (var change in changes)
        {
            if (change.Left >= 0)
            {
                leftSlots[nowCount] = change.Left;
                rightSlots[nowCount++] = change.Right;
            }
        }

        var now = writer.Write(left.Rows, leftSlots.AsSpan(0, nowCount), right.Rows, rightSlots.AsSpan(0, nowCount));
        foreach (var change in changes)
        {
            if (change.OldLeft >= 0)
            {
                leftSlots[oldCount] = change.OldLeft;
                rightSlots[oldCount++] = change.OldRight;
            }
        }

        var old = oldWriter.Write(left.Rows, leftSlots.AsSpan(0, oldCount), right.Rows, rightSlots.AsSpan(0, oldCount));
        (nowCount, oldCount) = (0, 0);
        buffer.Clear();
        foreach (var change in changes)
        {
            var oldRow = change.OldLeft >= 0 ? oldCount++ : -1;
            if (change.Left >= 0)
            {
                buffer.Add(now, nowCount++, DeltaOp.Upsert, change.Cause, oldRow >= 0 ? old : null, oldRow);
            }
            else
            {
                buffer.Add(old, oldRow, DeltaOp.Delete, change.Cause, old, oldRow);
            }
        }

        changes.Clear();
        Emit(buffer.Delta);
    }
}
