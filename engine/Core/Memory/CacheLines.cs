using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace TickStore.Core;

/// <summary>
/// Hints about memory that will be needed soon. A loop over rows whose states lie scattered asks for those of a few rows ahead, and finds
/// them in the nearest cache when their turn comes.
/// </summary>
public static class CacheLines
{
    /// <summary>
    /// How many rows ahead a loop asks: at some 5 ns a row as long as the last level of cache takes to answer.
    /// </summary>
    public const int RowsAhead = 8;

    /// <summary>Values of 64 bits in a line.</summary>
    public const int Values64 = 8;

    /// <summary>Begins to bring near the line of a place. Nothing is read; where the machine knows no such hint, nothing happens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref readonly T place)
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
    }
}
