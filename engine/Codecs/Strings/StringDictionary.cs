using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace TickStore.Codecs.Strings;

/// <summary>
/// The distinct strings of a vector in order of arrival, and a code for each string.
/// <code>
///   codes: vector [count] | u16 entry count k | entry lengths: vector [k] | bytes of the entries
/// </code>
/// </summary>
internal static class StringDictionary
{
    /// <summary>Twice the most entries, so that probes stay short; a power of two.</summary>
    private const int SlotCount = 2 * VectorHeader.CountMax;

    /// <summary>Writes the dictionary form if it takes at most the budget; otherwise nothing is written.</summary>
    /// <returns>Bytes written, or -1.</returns>
    [SkipLocalsInit]
    internal static int Encode(ReadOnlySpan<int> lengths, ReadOnlySpan<byte> utf8, Span<byte> payload, long budgetBytes)
    {
        Span<int> codes = stackalloc int[VectorHeader.CountMax];
        Span<int> entryStarts = stackalloc int[VectorHeader.CountMax];
        Span<int> entryLengths = stackalloc int[VectorHeader.CountMax];
        codes = codes[..lengths.Length];
        int entryCount = Collect(lengths, utf8, codes, entryStarts, entryLengths, budgetBytes, out int entryBytes);
        if (entryCount < 0)
            return -1;
        entryLengths = entryLengths[..entryCount];

        Span<byte> head = stackalloc byte[2 * VectorEncoder.MaxEncodedBytes(VectorHeader.CountMax, sizeof(int)) + 2];
        int headBytes = StringVectors.EncodeNested(codes, head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[headBytes..], (ushort)entryCount);
        headBytes += sizeof(ushort);
        headBytes += StringVectors.EncodeNested(entryLengths, head[headBytes..]);
        long totalBytes = (long)headBytes + entryBytes;
        if (totalBytes > budgetBytes)
            return -1;
        if (payload.Length < totalBytes)
            CodecErrors.ThrowDestinationTooSmall(payload.Length, totalBytes);
        head[..headBytes].CopyTo(payload);
        payload = payload[headBytes..];
        for (int entry = 0; entry < entryLengths.Length; entry++)
        {
            utf8.Slice(entryStarts[entry], entryLengths[entry]).CopyTo(payload);
            payload = payload[entryLengths[entry]..];
        }
        return (int)totalBytes;
    }

    [SkipLocalsInit]
    internal static void Decode(ReadOnlySpan<byte> body, Span<int> offsets, Span<byte> utf8)
    {
        int count = offsets.Length - 1;
        Span<int> codes = stackalloc int[VectorHeader.CountMax];
        Span<int> entryOffsets = stackalloc int[VectorHeader.CountMax + 1];
        codes = codes[..count];
        body = body[VectorDecoder.Decode(body, count, codes)..];
        if (body.Length < sizeof(ushort))
            CodecErrors.ThrowCorrupt(CodecId.Dictionary, "number of payload bytes", body.Length, sizeof(ushort));
        int entryCount = BinaryPrimitives.ReadUInt16LittleEndian(body);
        if (entryCount < 1 || entryCount > count)
            CodecErrors.ThrowCorrupt(CodecId.Dictionary, "entry count", entryCount, count);
        body = body[sizeof(ushort)..];
        // The nested vector's own header says where the entries' bytes begin, and with it how many there must be.
        int nestedBytes = VectorHeader.Read(body).EncodedBytes;
        entryOffsets = entryOffsets[..(entryCount + 1)];
        _ = StringVectors.DecodeLengths(body, body.Length - nestedBytes, entryOffsets);
        body = body[nestedBytes..];

        int position = 0;
        offsets[0] = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            int code = codes[i];
            if ((uint)code >= (uint)entryCount)
                CodecErrors.ThrowCorrupt(CodecId.Dictionary, "code", code, entryCount - 1);
            ReadOnlySpan<byte> entry = body[entryOffsets[code]..entryOffsets[code + 1]];
            int room = utf8.Length - position;
            if (entry.Length > room)
                CodecErrors.ThrowCorrupt(CodecId.Dictionary, "length of a string", entry.Length, room);
            entry.CopyTo(utf8[position..]);
            position += entry.Length;
            offsets[i + 1] = position;
        }
        if (position != utf8.Length)
            CodecErrors.ThrowCorrupt(CodecId.Dictionary, "sum of string lengths", position, utf8.Length);
    }

    /// <summary>Finds the distinct strings; gives up with -1 once their bytes alone exceed the budget.</summary>
    [SkipLocalsInit]
    private static int Collect(
        ReadOnlySpan<int> lengths,
        ReadOnlySpan<byte> utf8,
        Span<int> codes,
        Span<int> entryStarts,
        Span<int> entryLengths,
        long budgetBytes,
        out int entryBytes
    )
    {
        // A slot holds an entry's index plus one, 0 if free.
        Span<ushort> slots = stackalloc ushort[SlotCount];
        slots.Clear();
        int entryCount = 0,
            start = 0;
        entryBytes = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            ReadOnlySpan<byte> value = utf8.Slice(start, lengths[i]);
            var slot = (int)(XxHash3.HashToUInt64(value) & (SlotCount - 1));
            int entry;
            while (
                (entry = slots[slot] - 1) >= 0
                && !utf8.Slice(entryStarts[entry], entryLengths[entry]).SequenceEqual(value)
            )
            {
                slot = (slot + 1) & (SlotCount - 1);
            }
            if (entry < 0)
            {
                entryBytes += value.Length;
                if (entryBytes > budgetBytes)
                    return -1;
                entry = entryCount++;
                entryStarts[entry] = start;
                entryLengths[entry] = value.Length;
                slots[slot] = (ushort)entryCount;
            }
            codes[i] = entry;
            start += value.Length;
        }
        return entryCount;
    }
}
