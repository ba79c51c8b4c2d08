using System.Numerics;
using System.Runtime.CompilerServices;

namespace TickStore.Workloads;

/// <summary>
/// xoshiro256** (Blackman and Vigna), seeded by splitmix64: the same numbers for a seed on any machine, which
/// System.Random does not promise across versions.
/// </summary>
public sealed class SeededRandom
{
    /// <summary>Numbers this far apart have unrelated <see cref="Mix"/>es: splitmix64's increment.</summary>
    public const ulong Step = 0x9E3779B97F4A7C15;

    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;

    /// <summary>Starts the sequence of <paramref name="seed"/>.</summary>
    public SeededRandom(ulong seed)
    {
        s0 = Mix(seed += Step);
        s1 = Mix(seed += Step);
        s2 = Mix(seed += Step);
        s3 = Mix(seed + Step);
    }

    /// <summary>64 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>0 to <paramref name="limit"/> - 1.</summary>
    public int Next(int limit) => (int)(((NextBits() >> 32) * (ulong)limit) >> 32);

    /// <summary>0 (included) to 1 (not included).</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 bits that look random, as a function of 64 bits: splitmix64's (Steele, Lea and Flood).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
