using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Finds the partner of each left row. A search begins where the last one of the same key ended and doubles its steps
/// (Bentley and Yao, 1976): left rows that ascend in time make it a merge, others a binary search. For one thread.
/// </summary>
internal sealed class AsofMatcher : IDisposable
{
    private readonly AsofIndex index;
    private readonly AsofDirection direction;
    private readonly bool allowExact;
    private readonly bool isFloating;
    private readonly bool hasTolerance;
    private readonly ulong toleranceSteps;
    private readonly double toleranceReal;
    private readonly LeasedArray<int> cursors;
    private ulong[] codes = new ulong[Batch.VectorRows];

    public AsofMatcher(AsofJoinNode node, AsofIndex index, BlockPool pool)
    {
        this.index = index;
        direction = node.Direction;
        allowExact = node.AllowExactMatch;
        isFloating = node.LeftTime.Type.IsFloating;
        hasTolerance = node.Tolerance is not null;
        (toleranceSteps, toleranceReal) = node.Tolerance is null
            ? (0, 0)
            : ReadTolerance(node.Tolerance, node.LeftTime.Type);
        cursors = new LeasedArray<int>(index.Starts.Length, pool);
        index.Starts.CopyTo(cursors.Span);
    }

    /// <summary>Writes for each left row its partner's row number, or -1.</summary>
    /// <param name="keys">A key for each row, or -1.</param>
    /// <param name="times">The left rows' times.</param>
    /// <param name="partners">As many as there are keys.</param>
    public void Match(ReadOnlySpan<int> keys, ColumnVector times, Span<int> partners)
    {
        codes = codes.Length < keys.Length ? new ulong[keys.Length] : codes;
        SortCodes.WriteAbsolute(times, codes);
        var starts = index.Starts;
        var order = index.Order;
        for (var i = 0; i < keys.Length; i++)
        {
            var key = keys[i];
            if (key < 0 || times.IsNull(i) || (isFloating && codes[i] == ulong.MaxValue))
            {
                partners[i] = -1;
                continue;
            }

            var place = direction switch
            {
                AsofDirection.Backward => Backward(key, codes[i], starts[key], starts[key + 1]),
                AsofDirection.Forward => Forward(key, codes[i], starts[key], starts[key + 1]),
                AsofDirection.Nearest => Nearest(key, codes[i], starts[key], starts[key + 1]),
            };
            partners[i] = place >= 0 && (!hasTolerance || IsWithin(codes[i], index.Times[place])) ? order[place] : -1;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => cursors.Dispose();

    /// <summary>
    /// Checks a tolerance and turns it into steps of the times' codes (integers) or a number (floating point).
    /// </summary>
    public static (ulong Steps, double Real) ReadTolerance(ConstantValue tolerance, DataType type)
    {
        var steps = tolerance.Integer;
        if (type.Kind is TypeKind.Timestamp or TypeKind.Date)
        {
            if (!tolerance.Interval.TryGetNanos(out steps))
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"The TOLERANCE {tolerance} of an ASOF join has no fixed length: give days or less"
                );
            }

            steps = type.Kind == TypeKind.Date ? steps / Interval.NanosPerDay : steps;
        }

        var isNegative = type.IsFloating ? !(tolerance.Real >= 0) : steps < 0;
        if (isNegative || tolerance.IsNull)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"The TOLERANCE {tolerance} of an ASOF join must be a number that is not negative"
            );
        }

        return ((ulong)steps, tolerance.Real);
    }

    private int Backward(int key, ulong time, int start, int end)
    {
        var place = (allowExact ? Above(key, time, start, end) : AtLeast(key, time, start, end)) - 1;
        return place >= start ? place : -1;
    }

    private int Forward(int key, ulong time, int start, int end)
    {
        var place = allowExact ? AtLeast(key, time, start, end) : Above(key, time, start, end);
        return place < end ? place : -1;
    }

    private int Nearest(int key, ulong time, int start, int end)
    {
        var before = Backward(key, time, start, end);
        var times = index.Times;
        if (before >= 0 && times[before] == time)
        {
            return before;
        }

        var after = Forward(key, time, start, end);
        if (after < 0 || (before >= 0 && !IsCloser(times[after], times[before], time)))
        {
            return before;
        }

        // The last of several rows of that time, as the backward side takes it.
        return Above(key, times[after], start, end) - 1;
    }

    private bool IsCloser(ulong after, ulong before, ulong time) =>
        isFloating ? RealOf(after) - RealOf(time) < RealOf(time) - RealOf(before) : after - time < time - before;

    // Equal times are at distance 0 also where both are infinite.
    private bool IsWithin(ulong time, ulong other) =>
        isFloating
            ? time == other || Math.Abs(RealOf(time) - RealOf(other)) <= toleranceReal
            : (time > other ? time - other : other - time) <= toleranceSteps;

    private static double RealOf(ulong code) =>
        BitConverter.UInt64BitsToDouble((code & (1UL << 63)) != 0 ? code ^ (1UL << 63) : ~code);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AtLeast(int key, ulong time, int start, int end) =>
        time == 0 ? start : Above(key, time - 1, start, end);

    // First place in [start, end) whose time is greater.
    private int Above(int key, ulong time, int start, int end)
    {
        var times = index.Times;
        ref var cursor = ref cursors.Span[key];
        var low = start;
        var high = end;
        var at = cursor;
        if (at < end && times[at] <= time)
        {
            var step = 1;
            low = at + 1;
            while (low < end && times[Math.Min(low + step, end) - 1] <= time)
            {
                low = Math.Min(low + step, end);
                step *= 2;
            }

            high = Math.Min(low + step, end);
        }
        else
        {
            var step = 1;
            high = at;
            while (high > start && times[Math.Max(high - step, start)] > time)
            {
                high = Math.Max(high - step, start);
                step *= 2;
            }

            low = Math.Max(high - step, start);
        }

        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (times[middle] <= time)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        cursor = low;
        return low;
    }
}
