using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Which left rows a step joins.</summary>
internal abstract partial class StreamJoin
{
    private readonly List<Region> regions = [];

    // Left rows of one key and a span of times that cannot be joined from the lists alone.
    private readonly record struct Region(int Key, long From, long To);

    // Left rows of earlier steps in whose windows right rows came or went.
    private void TouchLeft(long sequence)
    {
        var keys = Right.Keys;
        var times = Right.Times;
        var newestOld = Left.NewestOldTimes;
        for (var slot = Right.FirstNew; slot < keys.Length; slot++)
        {
            var key = keys[slot];
            if (key >= 0)
            {
                if (newestOld[key] >= Shape.FirstLeft(times[slot]))
                {
                    Touch(key, times[slot], SuccessorTime(slot, ofOld: false), EarlierTime(slot));
                }
            }
            else if (Right.KeyBelowFloor(slot) is >= 0 and var below)
            {
                var time = times[slot];
                if (newestOld[below] >= Shape.FirstLeft(time))
                {
                    Touch(below, time, Shape.NeedsPredecessor ? FindSuccessorTime(below, time, sequence) : time);
                }
            }
        }

        foreach (var row in Right.Changed)
        {
            var old = Right.Before(row);
            if (old >= 0 && Right.KeyOf(old) is >= 0 and var key)
            {
                Touch(key, Right.TimeOf(old), SuccessorTime(old, ofOld: true));
            }
        }
    }

    // A new row takes over from its predecessor up to the next row, or a row that goes hands back up to it.
    private long SuccessorTime(int slot, bool ofOld)
    {
        if (!Shape.NeedsPredecessor)
        {
            return Right.TimeOf(slot);
        }

        var at = Right.Next(slot);
        while (at >= 0 && !Right.IsVisible(at, ofOld))
        {
            at = Right.Next(at);
        }

        return at >= 0 ? Right.TimeOf(at) : long.MaxValue;
    }

    // The time of the right row that left rows up to it stop at before they see this one; the least value for none.
    private long EarlierTime(int slot)
    {
        if (!Shape.StopsAtFirst || Right.IsKeyed)
        {
            return long.MinValue;
        }

        var at = Right.Previous(slot);
        while (at >= 0 && Right.TimeOf(at) == Right.TimeOf(slot))
        {
            at = Right.Previous(at);
        }

        return at >= 0 ? Right.TimeOf(at) : long.MinValue;
    }

    private void Touch(int key, long time, long successorTime, long earlierTime = long.MinValue)
    {
        var from = Math.Max(Shape.FirstLeft(time), earlierTime);
        var last = Shape.IsLimited
            ? Math.Min(successorTime, StreamJoinShape.Add(time, Math.Max(Shape.PredecessorSpan, 0)))
            : successorTime;
        var to = Shape.LastLeft(Math.Max(time, last));
        var floor = Left.FloorOf(key);
        if (floor != long.MinValue && from <= floor)
        {
            regions.Add(new Region(key, from, Math.Min(to, floor)));
        }

        stamps.Extend(Left.FirstNew, 0);
        var isCovered = IsRightCovered(key, from, ofOld: true);
        for (var slot = Left.Newest(key); slot >= 0 && Left.TimeOf(slot) >= from; slot = Left.Previous(slot))
        {
            var leftTime = Left.TimeOf(slot);
            if (
                leftTime > to
                || slot >= Left.FirstNew
                || !Left.IsVisible(slot, ofOld: false)
                || stamps[slot] == stepNumber
            )
            {
                continue;
            }

            stamps[slot] = stepNumber;
            Candidates.Add(slot, slot, CauseOfTouched);
            if (!isCovered && !IsRightCovered(key, leftTime, ofOld: true))
            {
                regions.Add(new Region(key, leftTime, leftTime));
            }
        }
    }

    private void AddLeftChanges()
    {
        if (Left.IsKeyed)
        {
            AddKeyedChanges();
            return;
        }

        var (first, count) = (Left.FirstNew, Left.Count - Left.FirstNew);
        if (!hasCauses && (!floorsWereRaised || AreNewCovered(first)))
        {
            Candidates.AddNew(first, count);
            return;
        }

        for (var slot = first; slot < first + count; slot++)
        {
            var key = Left.KeyOf(slot);
            if (key >= 0)
            {
                Candidates.Add(JoinSide.None, slot, CauseOf(slot));
                var time = Left.TimeOf(slot);
                if (!IsRightCovered(key, time, ofOld: false))
                {
                    regions.Add(new Region(key, time, time));
                }
            }
            else if (Left.KeyBelowFloor(slot) is >= 0 and var below)
            {
                regions.Add(new Region(below, Left.TimeOf(slot), Left.TimeOf(slot)));
            }
            else
            {
                Candidates.Add(JoinSide.None, slot, CauseOf(slot));
            }
        }
    }

    // True where no new left row needs more than the lists hold. One look a row, nearly always enough.
    private bool AreNewCovered(int first)
    {
        var keys = Left.Keys;
        var times = Left.Times;
        var floors = Right.Floors;
        var oldest = Right.OldestTimes;
        for (var slot = first; slot < keys.Length; slot++)
        {
            var key = keys[slot];
            if (key < -1)
            {
                return false;
            }

            if (key < 0 || floors[key] == long.MinValue)
            {
                continue;
            }

            var start = Shape.Start(times[slot]);
            var isCovered = Shape.NeedsPredecessor ? oldest[key] <= start : floors[key] < start;
            if (!isCovered && !IsRightCovered(key, times[slot], ofOld: false))
            {
                return false;
            }
        }

        return true;
    }

    private void AddKeyedChanges()
    {
        foreach (var row in Left.Changed)
        {
            var (old, now) = (Left.Before(row), Left.Now(row));
            if (old < 0 && now < 0)
            {
                continue;
            }

            Candidates.Add(old, now, now >= 0 ? CauseOf(now) : DeltaCause.Update);
            if (!IsSlotCovered(old) || !IsSlotCovered(now))
            {
                AddPoint(old);
                AddPoint(now);
            }
        }
    }

    private bool IsSlotCovered(int slot) =>
        slot < 0 || Left.KeyOf(slot) < 0 || IsRightCovered(Left.KeyOf(slot), Left.TimeOf(slot), ofOld: true);

    private void AddPoint(int slot)
    {
        if (slot >= 0 && Left.KeyOf(slot) >= 0)
        {
            regions.Add(new Region(Left.KeyOf(slot), Left.TimeOf(slot), Left.TimeOf(slot)));
        }
    }

    // True where all right rows that a left time needs are in the list of the key.
    private bool IsRightCovered(int key, long leftTime, bool ofOld)
    {
        var floor = Right.FloorOf(key);
        if (floor == long.MinValue)
        {
            return true;
        }

        var start = Shape.Start(leftTime);
        return !Shape.NeedsPredecessor
            ? floor < start
            : (Shape.IsLimited && floor < Shape.PredecessorLimit(start)) || Right.Find(key, start, ofOld) >= 0;
    }
}
