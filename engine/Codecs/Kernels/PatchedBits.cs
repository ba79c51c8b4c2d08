using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace TickStore.Codecs.Kernels;

/// <summary>How offsets are split into packed low bits and patched high bits.</summary>
/// <param name="Width">Bits packed for every value.</param>
/// <param name="PatchCount">Values whose high bits are patched, 0 to 255.</param>
/// <param name="PatchWidth">High bits stored per patch.</param>
/// <param name="Bytes">Exact size of the stream.</param>
internal readonly record struct PatchPlan(int Width, int PatchCount, int PatchWidth, int Bytes);

/// <summary>
/// Bit-packed offsets where the few that need more bits keep their high part aside (PFOR; Zukowski et al.,
/// "Super-Scalar RAM-CPU Cache Compression", ICDE 2006).
/// <code>
///   u8 patch count k | u8 patch width p | packed low bits | u16 position [k], ascending | high bits [k], p bits each,
/// linear
/// </code>
/// </summary>
internal static class PatchedBits
{
    private const int HeadBytes = 2,
        PatchCountMax = byte.MaxValue;

    /// <summary>The cheapest split, by a histogram of bit widths; ties go to fewer patches.</summary>
    [SkipLocalsInit]
    internal static PatchPlan Plan<T>(ReadOnlySpan<T> offsets)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<int> valuesOfWidth = stackalloc int[65];
        valuesOfWidth.Clear();
        foreach (T offset in offsets)
            valuesOfWidth[Lane.BitWidth(offset)]++;
        int widest = Lane.Bits<T>();
        while (widest > 0 && valuesOfWidth[widest] == 0)
            widest--;

        var best = new PatchPlan(widest, 0, 0, HeadBytes + BitPacking.BytesFor(offsets.Length, widest));
        int patchCountMax = PatchCountMaxOf(offsets.Length),
            patchCount = 0;
        for (int width = widest - 1; width >= 0; width--)
        {
            patchCount += valuesOfWidth[width + 1];
            if (patchCount > patchCountMax)
                break;
            int bytes = Bytes(offsets.Length, width, patchCount, widest - width);
            if (bytes < best.Bytes)
                best = new PatchPlan(width, patchCount, widest - width, bytes);
        }
        return best;
    }

    /// <summary>More than one value in eight patched would cost decoding more than the bytes are worth.</summary>
    internal static int PatchCountMaxOf(int count) => Math.Min(PatchCountMax, count / 8);

    /// <summary>
    /// Writes the stream of a plan made from the same offsets; <paramref name="destination"/> is exactly its size.
    /// </summary>
    [SkipLocalsInit]
    internal static void Encode<T>(ReadOnlySpan<T> offsets, in PatchPlan plan, Span<byte> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        destination[0] = (byte)plan.PatchCount;
        destination[1] = (byte)plan.PatchWidth;
        destination = destination[HeadBytes..];
        destination = destination[BitPacking.Pack(offsets, T.Zero, plan.Width, destination)..];
        if (plan.PatchCount == 0)
            return;
        Span<T> highs = stackalloc T[PatchCountMax];
        int patchCount = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            if (Lane.BitWidth(offsets[i]) <= plan.Width)
                continue;
            BinaryPrimitives.WriteUInt16LittleEndian(destination[(patchCount * 2)..], (ushort)i);
            highs[patchCount++] = offsets[i] >>> plan.Width;
        }
        LinearBits.Pack(highs[..patchCount], T.Zero, plan.PatchWidth, destination[(patchCount * 2)..]);
    }

    /// <summary>Decodes the offsets and adds the bias to each.</summary>
    [SkipLocalsInit]
    internal static void Decode<T>(ReadOnlySpan<byte> source, T bias, int width, Span<T> destination, CodecId id)
        where T : unmanaged, IBinaryInteger<T>
    {
        (int patchCount, int patchWidth) = ReadHead<T>(source, destination.Length, width, id);
        int packedBytes = BitPacking.BytesFor(destination.Length, width);
        BitPacking.Unpack(source.Slice(HeadBytes, packedBytes), bias, width, destination, id);
        if (patchCount == 0)
            return;

        ReadOnlySpan<byte> positions = source.Slice(HeadBytes + packedBytes, patchCount * 2);
        Span<T> highs = stackalloc T[PatchCountMax];
        highs = highs[..patchCount];
        LinearBits.Unpack(source[(HeadBytes + packedBytes + (patchCount * 2))..], T.Zero, patchWidth, highs);
        int next = 0;
        for (int i = 0; i < highs.Length; i++)
        {
            int position = BinaryPrimitives.ReadUInt16LittleEndian(positions[(i * 2)..]);
            if (position < next || position >= destination.Length)
                CodecErrors.ThrowCorrupt(id, "patch position", position, destination.Length - 1);
            destination[position] += highs[i] << width;
            next = position + 1;
        }
    }

    /// <summary>One offset plus the bias: a look at its bits and at the positions of the patches.</summary>
    internal static T Fetch<T>(ReadOnlySpan<byte> source, T bias, int width, int count, int index, CodecId id)
        where T : unmanaged, IBinaryInteger<T>
    {
        (int patchCount, int patchWidth) = ReadHead<T>(source, count, width, id);
        int packedBytes = BitPacking.BytesFor(count, width);
        T value = BitPacking.UnpackOne(source.Slice(HeadBytes, packedBytes), bias, width, count, index);
        ReadOnlySpan<byte> positions = source.Slice(HeadBytes + packedBytes, patchCount * 2);
        for (int i = 0; i < patchCount; i++)
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(positions[(i * 2)..]) != index)
                continue;
            ReadOnlySpan<byte> highs = source[(HeadBytes + packedBytes + (patchCount * 2))..];
            return value + (LinearBits.UnpackOne(highs, T.Zero, patchWidth, i) << width);
        }
        return value;
    }

    /// <summary>Reads counts and widths, and checks that the stream has exactly the bytes they call for.</summary>
    private static (int PatchCount, int PatchWidth) ReadHead<T>(
        ReadOnlySpan<byte> source,
        int count,
        int width,
        CodecId id
    )
        where T : unmanaged, IBinaryInteger<T>
    {
        if (source.Length < HeadBytes)
            CodecErrors.ThrowCorrupt(id, "number of payload bytes", source.Length, HeadBytes);
        int patchCount = source[0],
            patchWidth = source[1];
        if ((uint)width > (uint)Lane.Bits<T>())
            CodecErrors.ThrowCorrupt(id, "bit width", width, Lane.Bits<T>());
        if (patchCount == 0 ? patchWidth != 0 : patchWidth == 0 || width + patchWidth > Lane.Bits<T>())
            CodecErrors.ThrowCorrupt(id, "patch width", patchWidth, Lane.Bits<T>() - width);
        int bytes = Bytes(count, width, patchCount, patchWidth);
        if (source.Length != bytes)
            CodecErrors.ThrowCorrupt(id, "number of packed bytes", source.Length, bytes);
        return (patchCount, patchWidth);
    }

    private static int Bytes(int count, int width, int patchCount, int patchWidth) =>
        HeadBytes + BitPacking.BytesFor(count, width) + (patchCount * 2) + BitPacking.BytesFor(patchCount, patchWidth);
}
