using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TickStore.Codecs.Choosing;

/// <summary>
/// What one pass over the lanes tells about the cost of every codec. All of it is exact. Differences wrap, and their
/// least and greatest are taken as signed numbers, so (greatest - least) seen as unsigned bounds every offset for any
/// bits.
/// </summary>
/// <param name="Min">Least lane, signed.</param>
/// <param name="Max">Greatest lane, signed.</param>
/// <param name="DeltaMin">Least difference of neighbours; 0 if there is one value.</param>
/// <param name="DeltaMax">Greatest difference of neighbours.</param>
/// <param name="RunCount">Number of maximal runs of equal lanes, 1 to the count.</param>
internal readonly record struct LaneStatistics<T>(T Min, T Max, T DeltaMin, T DeltaMax, int RunCount)
    where T : unmanaged, IBinaryInteger<T>
{
    internal static LaneStatistics<T> Of(ReadOnlySpan<T> lanes)
    {
        T first = lanes[0];
        if (lanes.Length == 1)
            return new(first, first, T.Zero, T.Zero, 1);
        T min = first,
            max = first;
        T deltaMin = lanes[1] - first,
            deltaMax = deltaMin;
        int changes = 0,
            i = 1;
        ref T source = ref MemoryMarshal.GetReference(lanes);
        if (Vector512.IsHardwareAccelerated && lanes.Length > Vector512<T>.Count)
        {
            Vector512<T> mins = Vector512.Create(first),
                maxs = mins;
            Vector512<T> deltaMins = Vector512.Create(deltaMin),
                deltaMaxs = deltaMins;
            int step = Vector512<T>.Count;
            for (; i <= lanes.Length - step; i += step)
            {
                Vector512<T> value = Vector512.LoadUnsafe(ref source, (nuint)i);
                Vector512<T> previous = Vector512.LoadUnsafe(ref source, (nuint)(i - 1));
                Vector512<T> delta = value - previous;
                mins = Vector512.Min(mins, value);
                maxs = Vector512.Max(maxs, value);
                deltaMins = Vector512.Min(deltaMins, delta);
                deltaMaxs = Vector512.Max(deltaMaxs, delta);
                ulong equal = Vector512.Equals(value, previous).ExtractMostSignificantBits();
                changes += step - BitOperations.PopCount(equal);
            }
            for (int lane = 0; lane < step; lane++)
            {
                min = T.Min(min, mins[lane]);
                max = T.Max(max, maxs[lane]);
                deltaMin = T.Min(deltaMin, deltaMins[lane]);
                deltaMax = T.Max(deltaMax, deltaMaxs[lane]);
            }
        }
        for (; i < lanes.Length; i++)
        {
            T value = lanes[i],
                delta = value - lanes[i - 1];
            min = T.Min(min, value);
            max = T.Max(max, value);
            deltaMin = T.Min(deltaMin, delta);
            deltaMax = T.Max(deltaMax, delta);
            changes += T.IsZero(delta) ? 0 : 1;
        }
        return new(min, max, deltaMin, deltaMax, changes + 1);
    }
}
