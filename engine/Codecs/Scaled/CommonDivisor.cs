using System.Numerics;
using System.Runtime.CompilerServices;

namespace TickStore.Codecs.Scaled;

/// <summary>The greatest common divisor of a vector's offsets. Most data has none, which a few values tell.</summary>
internal static class CommonDivisor
{
    /// <summary>The divisor of all (lane - origin), seen as unsigned; 1 if there is none or all are 0.</summary>
    internal static ulong Of<T>(ReadOnlySpan<T> lanes, T origin)
        where T : unmanaged, IBinaryInteger<T>
    {
        ulong divisor = 0;
        foreach (T lane in lanes)
        {
            ulong offset = Unsigned(lane - origin);
            if (offset == divisor || offset == 0)
                continue;
            // The first offset is its own divisor: x % x == 0 below.
            divisor = divisor == 0 ? offset : divisor;
            ulong remainder = offset % divisor;
            while (remainder != 0)
                (divisor, remainder) = (remainder, divisor % remainder);
            if (divisor == 1)
                break;
        }
        return Math.Max(divisor, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Unsigned<T>(T lane)
        where T : unmanaged, IBinaryInteger<T> =>
        Unsafe.SizeOf<T>() == 4 ? uint.CreateTruncating(lane) : ulong.CreateTruncating(lane);
}
