// The data that every codec must return bit for bit. What it proves nothing by itself: the conformance and fuzz tests
// enumerate these vectors for every line of the ledger.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TickStore.Tests.Codecs;

/// <summary>Named vectors of 64-bit patterns; narrower types take the low bits.</summary>
internal static class EdgeData
{
    internal static readonly int[] Counts = [1, 2, 3, 63, 64, 65, 1023, 1024];

    /// <summary>
    /// Special floating-point patterns: quiet, signalling and payload NaNs, both zeros, infinities, subnormals.
    /// </summary>
    internal static readonly ulong[] SpecialDoubles =
    [
        0,
        0x8000_0000_0000_0000,
        0x7FF0_0000_0000_0000,
        0xFFF0_0000_0000_0000,
        0x7FF8_0000_0000_0000,
        0xFFF8_0000_0000_0000,
        0x7FF0_0000_0000_0001,
        0xFFFF_FFFF_FFFF_FFFF,
        0x7FF8_DEAD_BEEF_0123,
        1,
        0x000F_FFFF_FFFF_FFFF,
        0x7FEF_FFFF_FFFF_FFFF,
        0xFFEF_FFFF_FFFF_FFFF,
        0x3FF0_0000_0000_0000,
    ];

    private static readonly ulong[] SpecialFloats =
    [
        0,
        0x8000_0000,
        0x7F80_0000,
        0xFF80_0000,
        0x7FC0_0000,
        0xFFC0_0000,
        0x7F80_0001,
        0xFFFF_FFFF,
        0x7FDE_AD01,
        1,
        0x7F7F_FFFF,
        0xFF7F_FFFF,
        0x3F80_0000,
    ];

    private static readonly ulong[] Extremes =
    [
        0,
        1,
        ulong.MaxValue,
        0x7FFF_FFFF_FFFF_FFFF,
        0x8000_0000_0000_0000,
        0x7FFF_FFFF,
        0x8000_0000,
        0xFFFF_FFFF,
        0x7FFF,
        0x8000,
        0xFFFF,
        0x7F,
        0x80,
        0xFF,
    ];

    /// <summary>A time stamp of 2023, in nanoseconds.</summary>
    private const ulong Epoch = 1_700_000_000_000_000_000;

    internal static IEnumerable<(string Name, T[] Values)> All<T>()
        where T : unmanaged
    {
        foreach (int count in Counts)
        {
            foreach ((string name, Func<int, Random, ulong> pattern) in Patterns())
            {
                var random = new Random(count + (name.Length * 7919) + name[^1]);
                yield return ($"{name} x {count}", Make<T>(count, i => pattern(i, random)));
            }
        }
        for (int width = 0; width <= Unsafe.SizeOf<T>() * 8; width++)
        {
            foreach (int count in (int[])[1024, 77])
            {
                // Short vectors take every seventh width; the kernel twins pack all of them.
                if (count == 77 && width % 7 != 0)
                    continue;
                var random = new Random((width * 4001) + count);
                ulong mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
                T[] values = Make<T>(count, _ => 0xA5A5_0000_1234_5678 + (Next(random) & mask));
                yield return ($"width {width} x {count}", values);
            }
        }
    }

    private static IEnumerable<(string Name, Func<int, Random, ulong> Pattern)> Patterns()
    {
        yield return ("zeros", (_, _) => 0);
        yield return ("ones", (_, _) => ulong.MaxValue);
        yield return ("constant price", (_, _) => BitConverter.DoubleToUInt64Bits(1712.35));
        yield return (
            "one differs at the end",
            (i, r) =>
                i == 0 ? 5UL
                : r.Next(100) == 0 ? 6UL
                : 5UL
        );
        yield return ("ramp", (i, _) => (ulong)i);
        yield return ("falling ramp", (i, _) => ulong.MaxValue - ((ulong)i * 37));
        yield return ("square ramp", (i, _) => (ulong)(i * (long)i));
        yield return ("jittered nanos", (i, r) => Epoch + ((ulong)i * 500_000_000) + (ulong)r.Next(1000));
        yield return ("runs", (i, _) => (ulong)(i / 17 * 1_000_003));
        yield return ("long runs", (i, _) => (ulong)(i / 300));
        yield return ("alternating extremes", (i, _) => (i & 1) == 0 ? 0x8000_0000_0000_0000 : 0x7FFF_FFFF_FFFF_FFFF);
        yield return ("extremes", (_, r) => Extremes[r.Next(Extremes.Length)]);
        yield return ("special doubles", (_, r) => SpecialDoubles[r.Next(SpecialDoubles.Length)]);
        yield return ("special floats", (_, r) => SpecialFloats[r.Next(SpecialFloats.Length)]);
        yield return ("grid doubles", (_, r) => BitConverter.DoubleToUInt64Bits(r.Next(99_950, 100_050) / 100.0));
        yield return (
            "grid doubles and specials",
            (_, r) =>
                r.Next(20) == 0
                    ? SpecialDoubles[r.Next(SpecialDoubles.Length)]
                    : BitConverter.DoubleToUInt64Bits(r.Next(-2000, 2000) / 200.0)
        );
        yield return ("ticks of 0.05", (_, r) => BitConverter.DoubleToUInt64Bits(r.Next(10, 900) * 5 / 100.0));
        yield return ("large decimals", (_, r) => BitConverter.DoubleToUInt64Bits(r.NextInt64(1L << 53) / 1e3));
        yield return ("ten millisecond clock", (i, r) => Epoch + (10_000_000UL * (ulong)((i * 3) + r.Next(3))));
        yield return ("lots below zero", (_, r) => (ulong)(-100L * r.Next(0, 50)));
        yield return ("gaps of all sizes", (i, r) => ((ulong)i << 24) + (1UL << r.Next(24)));
        yield return (
            "off-grid doubles",
            (i, r) => BitConverter.DoubleToUInt64Bits(Bump(i / 50.0) + (r.NextDouble() * 1e-6))
        );
        yield return ("off-grid floats", (i, r) => BitConverter.SingleToUInt32Bits((float)Bump(i / 50.0)));
        yield return ("outliers", (_, r) => r.Next(50) == 0 ? (ulong)r.NextInt64() : (ulong)r.Next(8));
        yield return ("few distinct", (_, r) => Extremes[r.Next(5)] * 0x9E37_79B9);
        yield return ("random", (_, r) => Next(r));
    }

    private static ulong Next(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);

    /// <summary>Smooth and off any grid; made of arithmetic alone, so that all machines agree on its bits.</summary>
    private static double Bump(double x) => (x - 7) / (1 + ((x - 7) * (x - 7)));

    private static T[] Make<T>(int count, Func<int, ulong> pattern)
        where T : unmanaged
    {
        var values = new T[count];
        Span<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
        int width = Unsafe.SizeOf<T>();
        for (int i = 0; i < count; i++)
        {
            ulong bits = pattern(i);
            for (int b = 0; b < width; b++)
                bytes[(i * width) + b] = (byte)(bits >> (b % 8 * 8));
        }
        return values;
    }
}
