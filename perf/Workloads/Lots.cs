using System.Numerics;
using System.Runtime.CompilerServices;

namespace TickStore.Workloads;

/// <summary>Sizes of orders and trades: round lots with a heavy tail.</summary>
internal static class Lots
{
    /// <summary>
    /// Shares, a multiple of 100: half of the time one lot, and each doubling is half as frequent, up to 131,071 lots. Large sizes are
    /// as likely as a power law with exponent 1 makes them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Draw(SeededRandom random)
    {
        var bits = random.NextBits();
        var doublings = Math.Min(BitOperations.TrailingZeroCount(bits), 16);
        return 100 * ((1 << doublings) + (int)((bits >> 32) & ((1UL << doublings) - 1)));
    }
}
