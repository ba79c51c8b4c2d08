using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;
using TickStore.Codecs.Scaled;

namespace TickStore.Codecs.DecimalGrid;

/// <summary>
/// Doubles that were read from decimals: value = n * p / 10^e with an integer n. Decoding divides: n * p is exact below
/// 2^53 and IEEE division rounds correctly, so the result is the double nearest to the decimal, the one that parsing it
/// gave (multiplying by 10^-e would miss the last bit in one price of eight). Each value is verified at encoding; those
/// that do not come back to the bit (NaN, infinities, -0.0, off the grid) are kept aside whole.
/// <code>
///   u16 exception count k | u32 p | n: inner vector [count] | u16 position [k], ascending | u64 value [k]
///   header width: e
/// </code>
/// </summary>
internal sealed class DecimalGridCodec : ILaneCodec
{
    private const int HeadBytes = 6,
        ExceptionBytes = 10;

    public static CodecId Id => CodecId.DecimalGrid;

    [SkipLocalsInit]
    public static LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (Unsafe.SizeOf<T>() != sizeof(double))
            return new LanePlan(LanePlan.Unfit);
        ReadOnlySpan<double> values = MemoryMarshal.Cast<T, double>(lanes);
        Span<long> numerators = stackalloc long[VectorHeader.CountMax];
        Span<ushort> exceptions = stackalloc ushort[VectorHeader.CountMax];
        numerators = numerators[..values.Length];
        // More than one exception in eight costs more than a dictionary or plain bits would.
        int exceptionCountMax = values.Length / 8;
        int exponent = Decimals.FindExponent(values, exceptionCountMax, numerators, exceptions, out int exceptionCount);
        if (exponent < 0)
            return new LanePlan(LanePlan.Unfit);
        uint factor = Reduce(numerators);
        int outerBytes = HeadBytes + (exceptionCount * ExceptionBytes);
        return InnerVector.Plan<long>(numerators, outerBytes, (uint)exponent | ((long)factor << 8));
    }

    [SkipLocalsInit]
    public static int Encode<T>(
        ReadOnlySpan<T> lanes,
        in LaneStatistics<T> statistics,
        in LanePlan plan,
        Span<byte> payload
    )
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<double> values = MemoryMarshal.Cast<T, double>(lanes);
        Span<long> numerators = stackalloc long[VectorHeader.CountMax];
        Span<ushort> exceptions = stackalloc ushort[VectorHeader.CountMax];
        numerators = numerators[..values.Length];
        var exponent = (int)(plan.Parameter & 0xFF);
        int exceptionCount = Decimals.Quantize(values, exponent, numerators, exceptions);
        uint factor = Reduce(numerators);
        BinaryPrimitives.WriteUInt16LittleEndian(payload, (ushort)exceptionCount);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[2..], factor);
        payload = payload[HeadBytes..];
        payload = payload[InnerVector.Encode<long>(numerators, plan, payload)..];
        Span<byte> exceptionValues = payload[(exceptionCount * sizeof(ushort))..];
        for (int i = 0; i < exceptionCount; i++)
        {
            int position = exceptions[i];
            BinaryPrimitives.WriteUInt16LittleEndian(payload[(i * sizeof(ushort))..], (ushort)position);
            Lane.Write(exceptionValues[(i * sizeof(long))..], lanes[position]);
        }
        return exponent;
    }

    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (Unsafe.SizeOf<T>() != sizeof(double))
            CodecErrors.ThrowCorrupt(Id, "value width in bytes", Unsafe.SizeOf<T>(), sizeof(double));
        if (bitWidth > Decimals.ExponentMax)
            CodecErrors.ThrowCorrupt(Id, "exponent", bitWidth, Decimals.ExponentMax);
        if (payload.Length < HeadBytes)
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, HeadBytes);
        int exceptionCount = BinaryPrimitives.ReadUInt16LittleEndian(payload);
        uint factor = BinaryPrimitives.ReadUInt32LittleEndian(payload[2..]);
        payload = payload[HeadBytes..];
        Span<long> numerators = MemoryMarshal.Cast<T, long>(lanes);
        payload = payload[InnerVector.Decode(payload, numerators)..];
        if (exceptionCount > lanes.Length || payload.Length != exceptionCount * ExceptionBytes)
            CodecErrors.ThrowCorrupt(Id, "number of exception bytes", payload.Length, exceptionCount * ExceptionBytes);
        Decimals.Divide(numerators, factor, bitWidth);
        ReadOnlySpan<byte> exceptionValues = payload[(exceptionCount * sizeof(ushort))..];
        int next = 0;
        for (int i = 0; i < exceptionCount; i++)
        {
            int position = BinaryPrimitives.ReadUInt16LittleEndian(payload[(i * sizeof(ushort))..]);
            if (position < next || position >= lanes.Length)
                CodecErrors.ThrowCorrupt(Id, "exception position", position, lanes.Length - 1);
            lanes[position] = Lane.Read<T>(exceptionValues[(i * sizeof(long))..]);
            next = position + 1;
        }
    }

    /// <summary>Takes a common factor p (a tick of 0.05 is 5 / 100) out of the numerators and returns it.</summary>
    private static uint Reduce(Span<long> numerators)
    {
        long least = long.MaxValue;
        foreach (long numerator in numerators)
            least = Math.Min(least, numerator);
        // Unsigned remainders of negative numbers would be those of another ring; negative prices keep p = 1.
        ulong divisor = least < 0 ? 1 : CommonDivisor.Of<long>(numerators, 0);
        if (divisor is 1 or > uint.MaxValue)
            return 1;
        foreach (ref long numerator in numerators)
            numerator /= (long)divisor;
        return (uint)divisor;
    }
}
