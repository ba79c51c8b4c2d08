using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of an ASOF join. A left row is joined when it comes, and again when a right row comes (or goes) that is closer
/// to it than the one it has; one that looks ahead does so within its TOLERANCE, so that no row waits forever. Over sequences instead
/// of times, which is how a row of another table is looked up, no right row is ever too late: then the last row of each key is all the
/// state.
/// </summary>
internal sealed class IncrementalAsofJoin : StreamJoin
{
    // Rows of the last step, before they are moved together.
    private const int LookupRows = 4096;

    private readonly AsofJoinNode node;
    private readonly JoinWriter writer;
    private readonly JoinWriter oldWriter;
    private readonly bool isLookup;
    private readonly int[] leftSlots = new int[Batch.VectorRows];
    private readonly int[] rightSlots = new int[Batch.VectorRows];
    private readonly int[] oldLeftSlots = new int[Batch.VectorRows];
    private readonly int[] oldRightSlots = new int[Batch.VectorRows];
    private readonly DeltaOp[] ops = new DeltaOp[Batch.VectorRows];
    private readonly DeltaCause[] causes = new DeltaCause[Batch.VectorRows];
    private readonly byte[] wasThere = new byte[Batch.VectorRows];
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
    }

    /// <inheritdoc/>
    public override string StateBound => isLookup ? "the last row of each key of the right side" : base.StateBound;

    public override void WantOnly(ReadOnlySpan<bool> columns)
    {
        writer.WantOnly(columns);
        oldWriter.WantOnly(columns);
    }

    public override void Dispose()
    {
        writer.Dispose();
        oldWriter.Dispose();
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
        if (node.Direction != AsofDirection.Backward && node.Tolerance is null)
        {
            var where = node.Direction == AsofDirection.Forward ? "forward" : "both ways";
            Throw.Error(
                ErrorCode.NotSupported,
                $"An ASOF join that looks {where} without a TOLERANCE cannot be "
                    + "kept up incrementally: a row would wait forever for one that is yet to come. Add TOLERANCE INTERVAL '...', or join "
                    + "backward (left.time >= right.time)"
            );
        }

        // Times are integers, so that before a time is not after the one that precedes it.
        var offset = node.AllowExactMatch ? 0L : -1L;
        var span =
            node.Tolerance is null || node.LeftTime.Type.IsFloating
                ? 0L
                : (long)Math.Min(AsofMatcher.ReadTolerance(node.Tolerance, node.LeftTime.Type).Steps, long.MaxValue);
        var looksBack = node.Direction != AsofDirection.Forward;
        return new StreamJoinShape(
            StreamJoinShape.ColumnsOf(node.LeftKeys),
            StreamJoinShape.ColumnsOf(node.RightKeys),
            StreamJoinShape.ColumnsOf([node.LeftTime])[0],
            StreamJoinShape.ColumnsOf([node.RightTime])[0],
            looksBack ? offset : -offset,
            node.Direction == AsofDirection.Backward ? offset : span
        )
        {
            NeedsPredecessor = looksBack,
            IsLimited = looksBack && node.Tolerance is not null,
            PredecessorSpan = span + offset,
            LastOfTimeOnly = looksBack,
            StopsAtFirst = node.Direction != AsofDirection.Backward,
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
        && node.Tolerance is null
        && node.Direction == AsofDirection.Backward;

    private int Partner(JoinSide left, int leftSlot, JoinSide right, int rightKey, bool ofOld)
    {
        if (leftSlot < 0 || left.KeyOf(leftSlot) is var key && key < 0)
        {
            return -1;
        }

        key = rightKey >= 0 ? rightKey : key;
        var time = left.TimeOf(leftSlot);
        if (node.Direction != AsofDirection.Backward)
        {
            return node.Direction == AsofDirection.Forward
                ? First(right, key, time, ofOld)
                : Nearest(right, key, time, ofOld);
        }

        var start = Shape.Start(time);
        var partner = right.Find(key, start, ofOld);
        return partner >= 0 && Shape.IsLimited && right.TimeOf(partner) < Shape.PredecessorLimit(start) ? -1 : partner;
    }

    // The first right row of the window, and of several of one time the first.
    private int First(JoinSide right, int key, long time, bool ofOld)
    {
        var (start, partner) = (Shape.Start(time), JoinSide.None);
        var at = right.Find(key, Shape.End(time), ofOld);
        for (; at >= 0 && right.TimeOf(at) >= start; at = right.Previous(at))
        {
            partner = right.IsVisible(at, ofOld) ? at : partner;
        }

        return partner;
    }

    // From the last row that is not too far ahead, back to the first that lies behind; the last of several of one time, and of two that
    // are as close the earlier one.
    private int Nearest(JoinSide right, int key, long time, bool ofOld)
    {
        var ahead = JoinSide.None;
        var at = right.Find(key, Shape.End(time), ofOld);
        for (; at >= 0; at = right.Previous(at))
        {
            var there = right.TimeOf(at);
            if (!right.IsVisible(at, ofOld) || (there == time && !node.AllowExactMatch))
            {
                continue;
            }

            if (there > time)
            {
                ahead = ahead >= 0 && right.TimeOf(ahead) == there ? ahead : at;
                continue;
            }

            var isNear = there >= Shape.PredecessorLimit(Shape.Start(time));
            var isCloser = ahead >= 0 && (ulong)(right.TimeOf(ahead) - time) < (ulong)(time - there);
            return isCloser || !isNear ? ahead : at;
        }

        return ahead;
    }

    // The fast path: rows that nothing was emitted of before.
    private void JoinNew(JoinSide left, JoinSide right, int rightKey)
    {
        var slots = Candidates.Now;
        for (var start = 0; start < slots.Length; start += Batch.VectorRows)
        {
            var chosen = slots.Slice(start, Math.Min(Batch.VectorRows, slots.Length - start));
            if (rightKey < 0 && !right.IsKeyed && node.Direction == AsofDirection.Backward)
            {
                right.FindAll(left, chosen, Shape, rightSlots);
            }
            else
            {
                for (var i = 0; i < chosen.Length; i++)
                {
                    rightSlots[i] = Partner(left, chosen[i], right, rightKey, ofOld: false);
                }
            }

            var count = 0;
            for (var i = 0; i < chosen.Length; i++)
            {
                leftSlots[count] = chosen[i];
                rightSlots[count] = rightSlots[i];
                count += rightSlots[i] >= 0 || node.Kind == JoinKind.Left ? 1 : 0;
            }

            Emit(
                new DeltaBatch(
                    writer.Write(left.Rows, leftSlots.AsSpan(0, count), right.Rows, rightSlots.AsSpan(0, count))
                )
            );
        }
    }

    private void EmitChanges(JoinSide left, JoinSide right)
    {
        // What goes before what comes; each kind as it lies, without a copy.
        Emit(left, right, hasOld: true, hasNow: false);
        Emit(left, right, hasOld: true, hasNow: true);
        Emit(left, right, hasOld: false, hasNow: true);
        changes.Clear();
    }

    private void Emit(JoinSide left, JoinSide right, bool hasOld, bool hasNow)
    {
        var count = 0;
        foreach (var change in changes)
        {
            if (change.OldLeft >= 0 == hasOld && change.Left >= 0 == hasNow)
            {
                (leftSlots[count], rightSlots[count]) = (change.Left, change.Right);
                (oldLeftSlots[count], oldRightSlots[count]) = (change.OldLeft, change.OldRight);
                causes[count++] = change.Cause;
            }
        }

        if (count == 0)
        {
            return;
        }

        var old = hasOld
            ? oldWriter.Write(left.Rows, oldLeftSlots.AsSpan(0, count), right.Rows, oldRightSlots.AsSpan(0, count))
            : null;
        var now = hasNow
            ? writer.Write(left.Rows, leftSlots.AsSpan(0, count), right.Rows, rightSlots.AsSpan(0, count))
            : old!;
        ops.AsSpan(0, count).Fill(hasNow ? DeltaOp.Upsert : DeltaOp.Delete);
        wasThere.AsSpan(0, count).Fill(1);
        Emit(
            new DeltaBatch(now)
            {
                Ops = ops.AsSpan(0, count),
                Causes = causes.AsSpan(0, count),
                Old = old,
                HasOld = hasOld ? wasThere.AsSpan(0, count) : default,
            }
        );
    }
}
