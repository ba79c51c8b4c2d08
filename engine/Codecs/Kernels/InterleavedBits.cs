using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TickStore.Codecs.Kernels;

/// <summary>
/// The layout of a full vector: 1,024 values in rows of one 512-bit register (16 lanes of 32 bits or 8 of 64). Value i
/// stands in row i / lanes, lane i % lanes. Each lane is a bit stream of its own, and word w of all lanes lies side by
/// side, so one load brings the next word of every lane and a row is two shifts, an OR and a mask with no shuffle;
/// after Afroozeh and Boncz, "The FastLanes Compression Layout", VLDB 2023. Rows stay in value order, so nothing has to
/// be transposed back.
/// <code>
///   bytes  0..63            64..127          ...      128 * width - 1
///          word 0 of every  word 1 of every
///          lane             lane
/// </code>
/// Paths: one 512-bit register, two 256-bit halves, or lane by lane; the same loop each time, over fewer lanes at once.
/// </summary>
internal static class InterleavedBits
{
    private const int RegisterBytes = 64;

    internal static void Pack<T>(ReadOnlySpan<T> values, T bias, int width, Span<byte> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        Check(values.Length, destination.Length, width);
        ref T source = ref MemoryMarshal.GetReference(values);
        ref T words = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(destination));
        int lanes = RegisterBytes / Unsafe.SizeOf<T>();
        if (Vector512.IsHardwareAccelerated)
        {
            Pack512(ref source, bias, width, ref words);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Pack256(ref source, bias, width, ref words);
            Pack256(ref Unsafe.Add(ref source, lanes / 2), bias, width, ref Unsafe.Add(ref words, lanes / 2));
        }
        else
        {
            for (int lane = 0; lane < lanes; lane++)
                PackLane(ref Unsafe.Add(ref source, lane), bias, width, ref Unsafe.Add(ref words, lane));
        }
    }

    internal static void Unpack<T>(ReadOnlySpan<byte> packed, T bias, int width, Span<T> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        Check(destination.Length, packed.Length, width);
        ref T words = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(packed));
        ref T target = ref MemoryMarshal.GetReference(destination);
        int lanes = RegisterBytes / Unsafe.SizeOf<T>();
        if (Vector512.IsHardwareAccelerated)
        {
            Unpack512(ref words, bias, width, ref target);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Unpack256(ref words, bias, width, ref target);
            Unpack256(ref Unsafe.Add(ref words, lanes / 2), bias, width, ref Unsafe.Add(ref target, lanes / 2));
        }
        else
        {
            for (int lane = 0; lane < lanes; lane++)
                UnpackLane(ref Unsafe.Add(ref words, lane), bias, width, ref Unsafe.Add(ref target, lane));
        }
    }

    internal static T UnpackOne<T>(ReadOnlySpan<byte> packed, T bias, int width, int index)
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBits = Lane.Bits<T>(),
            laneBytes = Unsafe.SizeOf<T>(),
            lanes = RegisterBytes / laneBytes;
        int bit = index / lanes * width,
            shift = bit & (laneBits - 1);
        int position = (bit / laneBits * RegisterBytes) + (index % lanes * laneBytes);
        T value = Lane.Read<T>(packed[position..]) >>> shift;
        if (shift + width > laneBits)
            value |= Lane.Read<T>(packed[(position + RegisterBytes)..]) << (laneBits - shift);
        return (value & Lane.Mask<T>(width)) + bias;
    }

    /// <summary>The kernels below use unchecked references; this is what they rely on.</summary>
    private static void Check(int valueCount, int packedBytes, int width)
    {
        if (valueCount != VectorHeader.CountMax || width < 1 || packedBytes != width * (VectorHeader.CountMax / 8))
            throw new ArgumentException($"{valueCount} values of {width} bits do not fill {packedBytes} bytes.");
    }

    private static void Pack512<T>(ref T source, T bias, int width, ref T words)
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBits = Lane.Bits<T>(),
            shift = 0;
        Vector512<T> biases = Vector512.Create(bias),
            mask = Vector512.Create(Lane.Mask<T>(width));
        Vector512<T> pending = Vector512<T>.Zero;
        nuint word = 0;
        for (nuint i = 0; i < VectorHeader.CountMax; i += (nuint)Vector512<T>.Count)
        {
            Vector512<T> value = (Vector512.LoadUnsafe(ref source, i) - biases) & mask;
            pending |= value << shift;
            shift += width;
            if (shift < laneBits)
                continue;
            pending.StoreUnsafe(ref words, word);
            word += (nuint)Vector512<T>.Count;
            shift -= laneBits;
            pending = shift == 0 ? Vector512<T>.Zero : value >>> (width - shift);
        }
    }

    /// <summary>Half of the lanes: rows are twice a 256-bit register apart, in values and in words.</summary>
    private static void Pack256<T>(ref T source, T bias, int width, ref T words)
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBits = Lane.Bits<T>(),
            shift = 0;
        Vector256<T> biases = Vector256.Create(bias),
            mask = Vector256.Create(Lane.Mask<T>(width));
        Vector256<T> pending = Vector256<T>.Zero;
        nuint word = 0,
            row = (nuint)(2 * Vector256<T>.Count);
        for (nuint i = 0; i < VectorHeader.CountMax; i += row)
        {
            Vector256<T> value = (Vector256.LoadUnsafe(ref source, i) - biases) & mask;
            pending |= value << shift;
            shift += width;
            if (shift < laneBits)
                continue;
            pending.StoreUnsafe(ref words, word);
            word += row;
            shift -= laneBits;
            pending = shift == 0 ? Vector256<T>.Zero : value >>> (width - shift);
        }
    }

    private static void PackLane<T>(ref T source, T bias, int width, ref T words)
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBits = Lane.Bits<T>(),
            shift = 0,
            word = 0,
            row = RegisterBytes / Unsafe.SizeOf<T>();
        T mask = Lane.Mask<T>(width),
            pending = T.Zero;
        for (int i = 0; i < VectorHeader.CountMax; i += row)
        {
            T value = (Unsafe.Add(ref source, i) - bias) & mask;
            pending |= value << shift;
            shift += width;
            if (shift < laneBits)
                continue;
            WriteUnaligned(ref words, word, pending);
            word += row;
            shift -= laneBits;
            pending = shift == 0 ? T.Zero : value >>> (width - shift);
        }
    }

    private static void Unpack512<T>(ref T words, T bias, int width, ref T target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBits = Lane.Bits<T>(),
            shift = 0;
        nuint word = 0,
            row = (nuint)Vector512<T>.Count,
            last = VectorHeader.CountMax - row;
        Vector512<T> biases = Vector512.Create(bias),
            mask = Vector512.Create(Lane.Mask<T>(width));
        Vector512<T> current = Vector512.LoadUnsafe(ref words);
        for (nuint i = 0; i < last; i += row)
        {
            Vector512<T> value = current >>> shift;
            shift += width;
            if (shift >= laneBits)
            {
                // The last row ends with the last word, so a row before it always has another word to read.
                word += row;
                shift -= laneBits;
                current = Vector512.LoadUnsafe(ref words, word);
                if (shift != 0)
                    value |= current << (width - shift);
            }
            ((value & mask) + biases).StoreUnsafe(ref target, i);
        }
        (((current >>> shift) & mask) + biases).StoreUnsafe(ref target, last);
    }

    private static void Unpack256<T>(ref T words, T bias, int width, ref T target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBits = Lane.Bits<T>(),
            shift = 0;
        nuint word = 0,
            row = (nuint)(2 * Vector256<T>.Count),
            last = VectorHeader.CountMax - row;
        Vector256<T> biases = Vector256.Create(bias),
            mask = Vector256.Create(Lane.Mask<T>(width));
        Vector256<T> current = Vector256.LoadUnsafe(ref words);
        for (nuint i = 0; i < last; i += row)
        {
            Vector256<T> value = current >>> shift;
            shift += width;
            if (shift >= laneBits)
            {
                word += row;
                shift -= laneBits;
                current = Vector256.LoadUnsafe(ref words, word);
                if (shift != 0)
                    value |= current << (width - shift);
            }
            ((value & mask) + biases).StoreUnsafe(ref target, i);
        }
        (((current >>> shift) & mask) + biases).StoreUnsafe(ref target, last);
    }

    private static void UnpackLane<T>(ref T words, T bias, int width, ref T target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBits = Lane.Bits<T>(),
            shift = 0,
            word = 0,
            row = RegisterBytes / Unsafe.SizeOf<T>();
        int last = VectorHeader.CountMax - row;
        T mask = Lane.Mask<T>(width),
            current = ReadUnaligned(ref words, 0);
        for (int i = 0; i < last; i += row)
        {
            T value = current >>> shift;
            shift += width;
            if (shift >= laneBits)
            {
                word += row;
                shift -= laneBits;
                current = ReadUnaligned(ref words, word);
                if (shift != 0)
                    value |= current << (width - shift);
            }
            Unsafe.Add(ref target, i) = (value & mask) + bias;
        }
        Unsafe.Add(ref target, last) = ((current >>> shift) & mask) + bias;
    }

    private static T ReadUnaligned<T>(ref T words, int index) =>
        Unsafe.ReadUnaligned<T>(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref words, index)));

    private static void WriteUnaligned<T>(ref T words, int index, T value) =>
        Unsafe.WriteUnaligned(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref words, index)), value);
}
