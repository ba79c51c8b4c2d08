using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Exact sums of DOUBLE for many groups, rounded once when they are read: the result does not depend on order or split.
/// </summary>
/// <remarks>
/// A group has a window of 128 bits whose last bit is worth 2^-72: it takes every value from 2^-20 to 2^51 in magnitude
/// (a millionth to 10^15) by one shift and one add. Other values, and a window that fills up, go to a superaccumulator of
/// 32-bit digits in 64-bit limbs over the whole range of DOUBLE (after R. Neal, "Fast Exact Summation Using Small and Large
/// Superaccumulators", 2015), which a group gets only when it needs one. NaN and infinities are flags.
/// </remarks>
internal sealed class ExactSums(BlockPool pool) : IDisposable
{
    private const int WindowExponent = -72;
    private const int SlabExponent = -1074;
    private const int ShiftMax = 70;
    private const int SlabLimbs = 72;
    private const int CounterLimb = SlabLimbs - 1;
    private const long NormalizeAfter = 1L << 30;
    private const int RunBlock = 1024;

    private const byte NaNFlag = 1;
    private const byte PositiveFlag = 2;
    private const byte NegativeFlag = 4;

    private static readonly Int128 WindowLimit = Int128.One << 125;

    private readonly GroupArray<Int128> windows = new(pool);
    private readonly GroupArray<int> slabOfGroup = new(pool);
    private readonly GroupArray<byte> flags = new(pool);
    private readonly GroupArray<long> slabs = new(pool);
    private int slabCount;

    /// <summary>Makes sure that there are that many groups; new ones are 0.</summary>
    public void EnsureGroups(int count)
    {
        windows.EnsureCount(count);
        slabOfGroup.EnsureCount(count);
        flags.EnsureCount(count);
    }

    /// <summary>Adds one value. A few nanoseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int group, double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var shift = (int)((bits >> 52) & 0x7FF) - 1075 - WindowExponent;
        if ((uint)shift > ShiftMax)
        {
            AddOutside(group, value);
            return;
        }

        var mantissa = (bits & ((1UL << 52) - 1)) | (1UL << 52);
        var magnitude =
            shift < 64
                ? new Int128((mantissa >> 1) >> (63 - shift), mantissa << shift)
                : new Int128(mantissa << (shift - 64), 0);
        ref var window = ref windows.Values[group];
        window = (long)bits < 0 ? window - magnitude : window + magnitude;
        if (window >= WindowLimit || window <= -WindowLimit)
        {
            Spill(group);
        }
    }

    /// <summary>
    /// Adds many values to one group. Blocks whose values all lie on the grid of 2^-59 below 2^43 (prices and quantities do)
    /// are added in vector lanes: rounding to a multiple of 2^-8 splits a value into two integers without loss.
    /// </summary>
    public void AddRun(int group, ReadOnlySpan<double> values)
    {
        while (!values.IsEmpty)
        {
            var block = values[..Math.Min(values.Length, RunBlock)];
            values = values[block.Length..];
            if (Vector256.IsHardwareAccelerated && block.Length >= 16 && TrySumBlock(block, out var total))
            {
                ref var window = ref windows.Values[group];
                window += total;
                if (window >= WindowLimit || window <= -WindowLimit)
                {
                    Spill(group);
                }

                continue;
            }

            foreach (var value in block)
            {
                Add(group, value);
            }
        }
    }

    /// <summary>Adds a group of another accumulator.</summary>
    public void Merge(int group, ExactSums other, int otherGroup)
    {
        flags.Values[group] |= other.flags.Values[otherGroup];
        windows.Values[group] += other.windows.Values[otherGroup];
        if (windows.Values[group] >= WindowLimit || windows.Values[group] <= -WindowLimit)
        {
            Spill(group);
        }

        if (other.slabOfGroup.Values[otherGroup] != 0)
        {
            var from = other.Slab(otherGroup);
            var into = Slab(group);
            for (var i = 0; i < SlabLimbs; i++)
            {
                into[i] += from[i];
            }

            NormalizeIfDue(into);
        }
    }

    /// <summary>True where no NaN and no infinity was added.</summary>
    public bool IsFinite(int group) => flags.Values[group] == 0;

    /// <summary>The sum, rounded to the nearest DOUBLE; NaN and infinities as IEEE 754 adds them.</summary>
    public double Sum(int group)
    {
        var special = flags.Values[group];
        if (special != 0)
        {
            return special == PositiveFlag ? double.PositiveInfinity
                : special == NegativeFlag ? double.NegativeInfinity
                : double.NaN;
        }

        if (slabOfGroup.Values[group] != 0)
        {
            var exact = Exact(group, out var exponent);
            return ExactRatio.Round(exact, exponent);
        }

        return RoundWindow(windows.Values[group]);
    }

    /// <summary>The finite sum without rounding: the result times 2^<paramref name="exponent"/>.</summary>
    public BigInteger Exact(int group, out int exponent)
    {
        if (slabOfGroup.Values[group] == 0)
        {
            exponent = WindowExponent;
            return windows.Values[group];
        }

        exponent = SlabExponent;
        var slab = Slab(group);
        var total = (BigInteger)windows.Values[group] << (WindowExponent - SlabExponent);
        for (var i = 0; i < CounterLimb; i++)
        {
            total += (BigInteger)slab[i] << (32 * i);
        }

        return total;
    }

    /// <summary>Makes the sum of a group 0 again; what room it has taken it keeps.</summary>
    public void ResetGroup(int group)
    {
        windows.Values[group] = 0;
        flags.Values[group] = 0;
        if (slabOfGroup.Values[group] != 0)
        {
            Slab(group).Clear();
        }
    }

    /// <summary>Writes the sums of chosen groups.</summary>
    public void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        windows.Save(writer, groups);
        flags.Save(writer, groups);
        foreach (var group in groups)
        {
            writer.WriteSpan<long>(slabOfGroup.Values[group] != 0 ? Slab(group) : default);
        }
    }

    /// <summary>Reads the sums of as many groups, which exist and are 0.</summary>
    public void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        windows.Load(reader, groups);
        flags.Load(reader, groups);
        foreach (var group in groups)
        {
            var slab = reader.ReadSpan<long>();
            if (!slab.IsEmpty)
            {
                slab.CopyTo(Slab(group));
            }
        }
    }

    /// <summary>Forgets all groups.</summary>
    public void Reset()
    {
        windows.Reset();
        slabOfGroup.Reset();
        flags.Reset();
        slabs.Reset();
        slabCount = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        windows.Dispose();
        slabOfGroup.Dispose();
        flags.Dispose();
        slabs.Dispose();
    }

    // Adding 1.5 * 2^52 rounds to an integer, which then stands in the low bits of the sum: both parts are summed as 64-bit
    // lanes, and the constant's bits are taken off at the end (all modulo 2^64).
    private static bool TrySumBlock(ReadOnlySpan<double> block, out Int128 total)
    {
        var magic = Vector256.Create(6755399441055744.0);
        var upperScale = Vector256.Create(256.0);
        var lowerScale = Vector256.Create(2251799813685248.0);
        var limit = Vector256.Create(2251799813685248.0);
        var onGrid = Vector256<double>.AllBitsSet;
        var uppers = Vector256<long>.Zero;
        var lowers = Vector256<long>.Zero;
        var row = 0;
        for (; row <= block.Length - Vector256<double>.Count; row += Vector256<double>.Count)
        {
            var scaled = Vector256.LoadUnsafe(in block[row]) * upperScale;
            var upper = scaled + magic;
            var rest = (scaled - (upper - magic)) * lowerScale;
            var lower = rest + magic;
            onGrid &= Vector256.LessThan(Vector256.Abs(scaled), limit) & Vector256.Equals(lower - magic, rest);
            uppers += upper.AsInt64();
            lowers += lower.AsInt64();
        }

        total = 0;
        if (!Vector256.EqualsAll(onGrid.AsInt64(), Vector256<long>.AllBitsSet))
        {
            return false;
        }

        var bias = BitConverter.DoubleToInt64Bits(6755399441055744.0) * (row / Vector256<double>.Count);
        for (var lane = 0; lane < Vector256<long>.Count; lane++)
        {
            total += (Int128)(uppers[lane] - bias) << 64;
            total += (Int128)(lowers[lane] - bias) << 13;
        }

        for (; row < block.Length; row++)
        {
            var scaled = block[row] * 256.0;
            var upper = Math.Round(scaled);
            var lower = (scaled - upper) * 2251799813685248.0;
            if (!(Math.Abs(scaled) < 2251799813685248.0) || Math.Round(lower) != lower)
            {
                return false;
            }

            total += ((Int128)(long)upper << 64) + ((Int128)(long)lower << 13);
        }

        return true;
    }

    private static double RoundWindow(Int128 window)
    {
        var negative = window < 0;
        var magnitude = (UInt128)(negative ? -window : window);
        var dropBits = Math.Max(64 - (int)UInt128.LeadingZeroCount(magnitude), 0);
        var kept = (ulong)(magnitude >> dropBits);
        // What was cut off only decides ties, for which one sticky bit below 53 kept ones is enough.
        kept |= ((UInt128)kept << dropBits) != magnitude ? 1UL : 0;
        var result = Math.ScaleB((double)kept, dropBits + WindowExponent);
        return negative ? -result : result;
    }

    private static void NormalizeIfDue(Span<long> slab)
    {
        if (slab[CounterLimb] < NormalizeAfter)
        {
            return;
        }

        for (var i = 0; i < CounterLimb - 1; i++)
        {
            var carry = slab[i] >> 32;
            slab[i] -= carry << 32;
            slab[i + 1] += carry;
        }

        slab[CounterLimb] = 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddOutside(int group, double value)
    {
        if (value == 0)
        {
            return;
        }

        if (!double.IsFinite(value))
        {
            flags.Values[group] |=
                double.IsNaN(value) ? NaNFlag
                : value > 0 ? PositiveFlag
                : NegativeFlag;
            return;
        }

        var bits = BitConverter.DoubleToUInt64Bits(value);
        var biased = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & ((1UL << 52) - 1);
        mantissa |= biased == 0 ? 0 : 1UL << 52;
        AddDigits(Slab(group), mantissa, Math.Max(biased, 1) - 1, (long)bits < 0);
    }

    private void Spill(int group)
    {
        var window = windows.Values[group];
        windows.Values[group] = 0;
        var negative = window < 0;
        var magnitude = (UInt128)(negative ? -window : window);
        var slab = Slab(group);
        AddDigits(slab, (ulong)magnitude, WindowExponent - SlabExponent, negative);
        AddDigits(slab, (ulong)(magnitude >> 64), WindowExponent - SlabExponent + 64, negative);
    }

    private static void AddDigits(Span<long> slab, ulong magnitude, int bitPosition, bool negative)
    {
        var digits = (UInt128)magnitude << (bitPosition & 31);
        for (var limb = bitPosition >> 5; digits != 0; limb++, digits >>= 32)
        {
            var digit = (long)(uint)digits;
            slab[limb] += negative ? -digit : digit;
        }

        slab[CounterLimb]++;
        NormalizeIfDue(slab);
    }

    private Span<long> Slab(int group)
    {
        ref var slab = ref slabOfGroup.Values[group];
        if (slab == 0)
        {
            slab = ++slabCount;
            slabs.EnsureCount(slabCount * SlabLimbs);
        }

        return slabs.Values.Slice((slab - 1) * SlabLimbs, SlabLimbs);
    }
}
