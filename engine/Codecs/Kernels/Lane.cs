using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TickStore.Codecs.Kernels;

/// <summary>
/// A lane is the integer a value is computed in: <see cref="int"/> for values of 1, 2 and 4 bytes, <see cref="long"/>
/// for 8 bytes. Floating point enters as its bit pattern. All arithmetic wraps, which makes every codec exact for every
/// bit pattern: a difference taken modulo 2^n and added modulo 2^n gives the same bits.
/// </summary>
internal static class Lane
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Bits<T>() => Unsafe.SizeOf<T>() * 8;

    /// <summary>
    /// Bits needed for <paramref name="value"/> seen as unsigned: 0 for 0, the lane's bits for a negative one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int BitWidth<T>(T value)
        where T : unmanaged, IBinaryInteger<T> =>
        Bits<T>() == 32
            ? 32 - BitOperations.LeadingZeroCount(uint.CreateTruncating(value))
            : 64 - BitOperations.LeadingZeroCount(ulong.CreateTruncating(value));

    /// <summary>Zero bits below the lowest set one; the lane's bits for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int TrailingZeros<T>(T value)
        where T : unmanaged, IBinaryInteger<T> =>
        Bits<T>() == 32
            ? BitOperations.TrailingZeroCount(uint.CreateTruncating(value))
            : BitOperations.TrailingZeroCount(ulong.CreateTruncating(value));

    /// <summary>The low <paramref name="width"/> bits set; all bits at the lane's full width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Mask<T>(int width)
        where T : unmanaged, IBinaryInteger<T> => width >= Bits<T>() ? T.AllBitsSet : (T.One << width) - T.One;

    /// <summary>Memory is little-endian on every machine the engine runs on, and spans check the bounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Read<T>(ReadOnlySpan<byte> source)
        where T : unmanaged, IBinaryInteger<T> => MemoryMarshal.Read<T>(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write<T>(Span<byte> destination, T value)
        where T : unmanaged, IBinaryInteger<T> => MemoryMarshal.Write(destination, value);
}
