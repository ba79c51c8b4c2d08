using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Left rows that need what the lists no longer hold: joined from rows that are read back.</summary>
internal abstract partial class StreamJoin
{
    // Rows that are read back are held by a side that drops nothing.
    private const int Unbounded = 1 << 28;

    private readonly JoinSideShape leftShape;
    private readonly JoinSideShape rightShape;
    private readonly List<(int Old, int Now, DeltaCause Cause, int Region)> setAside = [];
    private long lastSequence = -1;

    /// <summary>Rows that were read back from storage so far; what a late row costs.</summary>
    public long DerivedRows { get; private set; }

    private void JoinWithRegions(long sequence)
    {
        MergeRegions();
        SetAside();
        // Where a left row moves from one region to another it goes before it comes.
        if (Left.IsKeyed)
        {
            JoinRegions(sequence, deletes: true);
        }

        RefillCandidates(region: -1, deletes: false);
        Join(Left, Right, rightKey: -1);
        JoinRegions(sequence, deletes: false);
    }

    private void MergeRegions()
    {
        regions.Sort(static (a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : a.From.CompareTo(b.From));
        var count = 0;
        for (var i = 0; i < regions.Count; i++)
        {
            if (count > 0 && regions[count - 1].Key == regions[i].Key && regions[i].From <= regions[count - 1].To)
            {
                var merged = regions[count - 1];
                regions[count - 1] = merged with { To = Math.Max(merged.To, regions[i].To) };
            }
            else
            {
                regions[count++] = regions[i];
            }
        }

        regions.RemoveRange(count, regions.Count - count);
    }

    // Notes the candidates with the region that each is in; -1 for those that the lists are enough for.
    private void SetAside()
    {
        setAside.Clear();
        for (var i = 0; i < Candidates.Count; i++)
        {
            var (old, now, cause) = (Candidates.Old[i], Candidates.Now[i], Candidates.CauseOf(i));
            var (oldRegion, nowRegion) = (RegionOf(old), RegionOf(now));
            if (old < 0 || now < 0 || oldRegion == nowRegion)
            {
                setAside.Add((old, now, cause, now >= 0 ? nowRegion : oldRegion));
                continue;
            }

            setAside.Add((old, JoinSide.None, cause, oldRegion));
            setAside.Add((JoinSide.None, now, cause, nowRegion));
        }
    }

    private int RegionOf(int slot)
    {
        if (slot < 0 || Left.KeyOf(slot) < 0)
        {
            return -1;
        }

        var (key, time) = (Left.KeyOf(slot), Left.TimeOf(slot));
        return regions.FindIndex(r => r.Key == key && r.From <= time && time <= r.To);
    }

    private void RefillCandidates(int region, bool deletes)
    {
        Candidates.Clear();
        foreach (var (old, now, cause, wanted) in setAside)
        {
            if (wanted == region && (region < 0 || (now < 0) == deletes))
            {
                Candidates.Add(old, now, cause);
            }
        }
    }

    private void JoinRegions(long sequence, bool deletes)
    {
        for (var i = 0; i < regions.Count; i++)
        {
            var region = regions[i];
            var isDropped =
                !Left.IsKeyed && Left.FloorOf(region.Key) is var floor && floor != long.MinValue && region.To <= floor;
            JoinSide? left = null;
            JoinSide? right = null;
            try
            {
                if (isDropped)
                {
                    left = FetchLeft(region, sequence);
                    FillFrom(left);
                }
                else
                {
                    RefillCandidates(i, deletes);
                }

                if (Candidates.Count == 0)
                {
                    continue;
                }

                right = IsRightCovered(region.Key, region.From, ofOld: true) ? null : FetchRight(region, sequence);
                Join(left ?? Left, right ?? Right, right is not null ? 0 : region.Key);
            }
            finally
            {
                left?.Dispose();
                right?.Dispose();
            }
        }
    }

    private void FillFrom(JoinSide left)
    {
        Candidates.Clear();
        for (var slot = 0; slot < left.Count; slot++)
        {
            Candidates.Add(slot < left.FirstNew ? slot : JoinSide.None, slot, DeltaCause.LateCorrection);
        }
    }

    private JoinSide FetchLeft(Region region, long sequence)
    {
        using var rows = Batch.Allocate(leftShape.Schema, 64, Context.Pool);
        Read(ofLeft: true, region.Key, region.From, region.To, sequence, rows);
        return SideOf(rows, leftShape);
    }

    private JoinSide FetchRight(Region region, long sequence)
    {
        using var rows = Batch.Allocate(rightShape.Schema, 64, Context.Pool);
        var start = Shape.Start(region.From);
        Read(ofLeft: false, region.Key, start, Shape.End(region.To), sequence, rows);
        if (Shape.NeedsPredecessor)
        {
            ReadPredecessor(region.Key, start, sequence, rows);
        }

        return SideOf(rows, rightShape);
    }

    // Goes back in spans that grow, until there is a row that was there before the step: no older one can matter.
    private void ReadPredecessor(int key, long start, long sequence, Batch rows)
    {
        var limit = Shape.PredecessorLimit(start);
        var to = start == long.MinValue ? start : start - 1;
        for (var span = FirstSpan; to >= limit && !HasOldUpTo(rows, start); span = Grow(span))
        {
            var from = Math.Max(limit, StreamJoinShape.Subtract(to, span));
            Read(ofLeft: false, key, from, to, sequence, rows);
            if (from == long.MinValue)
            {
                return;
            }

            to = from - 1;
        }
    }

    private bool HasOldUpTo(Batch rows, long time)
    {
        var sequences = rows[rightShape.KeyColumns[^1]].Values<long>();
        for (var row = 0; row < sequences.Length; row++)
        {
            if (sequences[row] <= lastSequence && TimeAt(rows[rightShape.TimeColumn], row) <= time)
            {
                return true;
            }
        }

        return false;
    }

    // The time of the next right row behind one that lies below the floor, or one that no left row reaches.
    private long FindSuccessorTime(int key, long time, long sequence)
    {
        var end = Shape.End(Left.NewestOldTime(key));
        using var rows = Batch.Allocate(rightShape.Schema, 64, Context.Pool);
        var from = StreamJoinShape.Add(time, 1);
        for (var span = FirstSpan; from <= end && rows.RowCount == 0; span = Grow(span))
        {
            var to = StreamJoinShape.Add(from, span);
            Read(ofLeft: false, key, from, to, sequence, rows);
            from = StreamJoinShape.Add(to, 1);
            if (to == long.MaxValue)
            {
                break;
            }
        }

        var first = long.MaxValue;
        for (var row = 0; row < rows.RowCount; row++)
        {
            first = Math.Min(first, TimeAt(rows[rightShape.TimeColumn], row));
        }

        return first;
    }

    private long FirstSpan =>
        leftShape.Schema[leftShape.TimeColumn].Type.Kind == TypeKind.Timestamp ? 1_000_000_000 : 16;

    private static long Grow(long span) => span > long.MaxValue / 32 ? long.MaxValue : span * 16;

    private static long TimeAt(ColumnVector times, int row) =>
        times.Type.Physical == PhysicalType.Int64 ? times.Values<long>()[row] : times.Values<int>()[row];

    private void Read(bool ofLeft, int key, long from, long to, long sequence, Batch target)
    {
        var keyColumns = ofLeft ? Shape.LeftKeys : Shape.RightKeys;
        var conditions = new RangeCondition[keyColumns.Length + 1];
        for (var i = 0; i < keyColumns.Length; i++)
        {
            conditions[i] = RangeCondition.Equal(keyColumns[i], table!.Keys[i], key, evaluation.Symbols);
        }

        conditions[^1] = new RangeCondition(ofLeft ? Shape.LeftTime : Shape.RightTime, from, to);
        var plan = PlanRange.Narrow(Node.Inputs[ofLeft ? 0 : 1], conditions);
        using var reader = Context.History.Derive(plan, sequence);
        while (reader.Next() is { } batch)
        {
            target.AppendRange(batch, 0, batch.RowCount);
            DerivedRows += batch.RowCount;
        }
    }

    // The rows that were there before the step first, so that their slots tell them from new ones.
    private JoinSide SideOf(Batch rows, JoinSideShape shape)
    {
        var side = new JoinSide(
            shape with
            {
                IsKeyed = false,
                BoundRows = Unbounded,
            },
            scratch,
            evaluation.Symbols,
            Context.Pool
        );
        side.EnsureKeys(1);
        Append(side, rows, shape.KeyColumns[^1], ofOld: true);
        side.EndStep();
        Append(side, rows, shape.KeyColumns[^1], ofOld: false);
        return side;
    }

    private void Append(JoinSide side, Batch rows, int sequenceColumn, bool ofOld)
    {
        var sequences = rows[sequenceColumn].Values<long>();
        var chosen = new List<int>();
        for (var row = 0; row < sequences.Length; row++)
        {
            if ((sequences[row] <= lastSequence) == ofOld)
            {
                chosen.Add(row);
            }
        }

        using var part = Batch.Allocate(rows.Schema, Math.Max(chosen.Count, 1), Context.Pool);
        part.AppendGather(rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(chosen));
        side.Append(part, new int[chosen.Count]);
    }
}
