using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Kernels;
using TickStore.Codecs.Lz4;
using TickStore.Core;

namespace TickStore.Codecs.Strings;

/// <summary>
/// Vectors of strings. Lengths and codes are vectors of 32-bit values inside the payload, with headers of their own.
/// <code>
///   every payload starts with    u32 decoded bytes of all strings
///   constant     the string's bytes
///   raw          lengths: vector [count] | bytes
///   lz4          lengths: vector [count] | LZ4 block (header width 1) or bytes (width 0)
///   dictionary   codes: vector [count] | u16 entry count k | entry lengths: vector [k] | bytes of the entries
/// </code>
/// </summary>
internal static class StringVectors
{
    private const int TotalBytes = sizeof(uint);

    /// <summary>Room for a vector of 1,024 lengths or codes.</summary>
    private const int NestedBytesMax = VectorHeader.SizeInBytes + (VectorHeader.CountMax * sizeof(int));

    internal static int MaxEncodedBytes(int count, int utf8Bytes) =>
        checked(VectorHeader.SizeInBytes + TotalBytes + VectorEncoder.MaxEncodedBytes(count, sizeof(int)) + utf8Bytes);

    /// <summary>Returns the encoded size, or 0 if a forced codec does not fit.</summary>
    [SkipLocalsInit]
    internal static int Encode(
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<byte> utf8,
        CodecId codec,
        Span<byte> destination
    )
    {
        int count = offsets.Length - 1;
        Span<int> lengths = stackalloc int[VectorHeader.CountMax];
        lengths = lengths[..count];
        for (int i = 0; i < count; i++)
            lengths[i] = offsets[i + 1] - offsets[i];
        CheckOffsets(offsets, lengths, utf8.Length);
        utf8 = utf8[offsets[0]..offsets[^1]];

        Span<byte> payload =
            destination.Length > VectorHeader.SizeInBytes + TotalBytes
                ? destination[(VectorHeader.SizeInBytes + TotalBytes)..]
                : [];
        int bodyBytes,
            form = 0;
        if (codec is CodecId.None or CodecId.Constant && IsConstant(lengths, utf8))
        {
            bodyBytes = lengths[0];
            codec = CodecId.Constant;
            Room(payload, bodyBytes);
            utf8[..bodyBytes].CopyTo(payload);
        }
        else
        {
            bodyBytes = codec switch
            {
                CodecId.None => EncodeSmallest(lengths, utf8, payload, ref codec, out form),
                CodecId.Raw => EncodeRaw(lengths, utf8, payload),
                CodecId.Lz4 => EncodeLz4(lengths, utf8, payload, out form),
                CodecId.Dictionary => StringDictionary.Encode(lengths, utf8, payload, int.MaxValue),
                _ => -1,
            };
            if (bodyBytes < 0)
                return 0;
        }
        if (destination.Length < VectorHeader.SizeInBytes + TotalBytes)
            CodecErrors.ThrowDestinationTooSmall(destination.Length, VectorHeader.SizeInBytes + TotalBytes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[VectorHeader.SizeInBytes..], utf8.Length);
        var header = new VectorHeader(codec, (byte)form, VectorHeader.StringElement, count, TotalBytes + bodyBytes);
        header.Write(destination);
        return header.EncodedBytes;
    }

    internal static int DecodedBytes(ReadOnlySpan<byte> encoded, int count) => ReadHead(encoded, count, out _, out _);

    [SkipLocalsInit]
    internal static int Decode(ReadOnlySpan<byte> encoded, int count, Span<int> offsets, Span<byte> utf8)
    {
        int totalBytes = ReadHead(encoded, count, out VectorHeader header, out ReadOnlySpan<byte> body);
        if (utf8.Length < totalBytes)
            CodecErrors.ThrowDestinationTooSmall(utf8.Length, totalBytes);
        utf8 = utf8[..totalBytes];
        switch (header.Codec)
        {
            case CodecId.Constant:
                for (int i = 0; i < offsets.Length; i++)
                    offsets[i] = i * body.Length;
                for (int i = 0; i < count; i++)
                    body.CopyTo(utf8[(i * body.Length)..]);
                break;
            case CodecId.Raw:
                body = body[DecodeLengths(body, totalBytes, offsets)..];
                if (body.Length != totalBytes)
                    CodecErrors.ThrowCorrupt(CodecId.Raw, "number of string bytes", body.Length, totalBytes);
                body.CopyTo(utf8);
                break;
            case CodecId.Lz4:
                body = body[DecodeLengths(body, totalBytes, offsets)..];
                Lz4Codec.Decode(body, header.BitWidth, utf8);
                break;
            default:
                StringDictionary.Decode(body, offsets, utf8);
                break;
        }
        return header.EncodedBytes;
    }

    /// <summary>Decodes nested lengths into offsets that start at 0 and end at <paramref name="totalBytes"/>.</summary>
    /// <returns>Bytes the nested vector took.</returns>
    internal static int DecodeLengths(ReadOnlySpan<byte> source, int totalBytes, Span<int> offsets)
    {
        offsets[0] = 0;
        Span<int> lengths = offsets[1..];
        int nestedBytes = VectorDecoder.Decode(source, lengths.Length, lengths);
        long end = 0;
        foreach (ref int length in lengths)
        {
            if (length < 0)
                CodecErrors.ThrowCorrupt(CodecId.Raw, "string length", length, totalBytes);
            end += length;
            if (end > totalBytes)
                CodecErrors.ThrowCorrupt(CodecId.Raw, "end of a string", end, totalBytes);
            length = (int)end;
        }
        if (end != totalBytes)
            CodecErrors.ThrowCorrupt(CodecId.Raw, "sum of string lengths", end, totalBytes);
        return nestedBytes;
    }

    /// <summary>Reads the header and the stored total, and refuses a total that such a payload cannot hold.</summary>
    private static int ReadHead(
        ReadOnlySpan<byte> encoded,
        int count,
        out VectorHeader header,
        out ReadOnlySpan<byte> body
    )
    {
        header = VectorHeader.Read(encoded, count, VectorHeader.StringElement);
        ReadOnlySpan<byte> payload = header.Payload(encoded);
        if (payload.Length < TotalBytes)
            CodecErrors.ThrowCorrupt(header.Codec, "number of payload bytes", payload.Length, TotalBytes);
        long totalBytes = BinaryPrimitives.ReadUInt32LittleEndian(payload);
        body = payload[TotalBytes..];
        long totalBytesMax = header.Codec switch
        {
            CodecId.Raw => body.Length,
            CodecId.Lz4 => (long)body.Length * Lz4Codec.RatioMax,
            _ => (long)body.Length * count,
        };
        totalBytesMax = Math.Min(totalBytesMax, int.MaxValue);
        if (totalBytes > totalBytesMax || (header.Codec == CodecId.Constant && totalBytes != (long)body.Length * count))
            CodecErrors.ThrowCorrupt(header.Codec, "number of decoded bytes", totalBytes, totalBytesMax);
        return (int)totalBytes;
    }

    private static int EncodeSmallest(
        ReadOnlySpan<int> lengths,
        ReadOnlySpan<byte> utf8,
        Span<byte> payload,
        ref CodecId codec,
        out int form
    )
    {
        // Raw needs the most room, so it goes first and proves that there is some; it is also what the others must
        // beat.
        int bestBytes = EncodeRaw(lengths, utf8, payload);
        form = 0;
        int dictionaryBytes = StringDictionary.Encode(lengths, utf8, payload, bestBytes * 97L / 100);
        if (dictionaryBytes > 0)
        {
            codec = CodecId.Dictionary;
            return dictionaryBytes;
        }
        // The dictionary gives up before it writes, so the raw lengths still stand in front.
        int lengthBytes = bestBytes - utf8.Length;
        int limitBytes = (int)(bestBytes * 100L / 115) - lengthBytes;
        int blockBytes =
            limitBytes > 0
                ? Lz4Codec.TryEncodeBlock(utf8, payload.Slice(lengthBytes, Math.Min(limitBytes, utf8.Length)))
                : -1;
        if (blockBytes > 0)
        {
            codec = CodecId.Lz4;
            form = Lz4Codec.FormBlock;
            return lengthBytes + blockBytes;
        }
        codec = CodecId.Raw;
        utf8.CopyTo(payload[lengthBytes..]);
        return bestBytes;
    }

    private static int EncodeRaw(ReadOnlySpan<int> lengths, ReadOnlySpan<byte> utf8, Span<byte> payload)
    {
        int lengthBytes = EncodeNested(lengths, payload);
        Room(payload, (long)lengthBytes + utf8.Length);
        utf8.CopyTo(payload[lengthBytes..]);
        return lengthBytes + utf8.Length;
    }

    private static int EncodeLz4(ReadOnlySpan<int> lengths, ReadOnlySpan<byte> utf8, Span<byte> payload, out int form)
    {
        int bodyBytes = EncodeRaw(lengths, utf8, payload),
            lengthBytes = bodyBytes - utf8.Length;
        int blockBytes =
            utf8.Length < 2 ? -1 : Lz4Codec.TryEncodeBlock(utf8, payload.Slice(lengthBytes, utf8.Length - 1));
        form = blockBytes > 0 ? Lz4Codec.FormBlock : Lz4Codec.FormRaw;
        if (blockBytes > 0)
            return lengthBytes + blockBytes;
        // A block that did not fit has overwritten the bytes.
        utf8.CopyTo(payload[lengthBytes..]);
        return bodyBytes;
    }

    /// <summary>
    /// A vector of lengths or codes, by way of the stack, so that the payload need not have room for the raw form.
    /// </summary>
    [SkipLocalsInit]
    internal static int EncodeNested(ReadOnlySpan<int> values, Span<byte> payload)
    {
        Span<byte> scratch = stackalloc byte[NestedBytesMax];
        int nestedBytes = VectorEncoder.Encode(values, scratch);
        Room(payload, nestedBytes);
        scratch[..nestedBytes].CopyTo(payload);
        return nestedBytes;
    }

    private static bool IsConstant(ReadOnlySpan<int> lengths, ReadOnlySpan<byte> utf8)
    {
        int length = lengths[0];
        if (lengths.ContainsAnyExcept(length))
            return false;
        return utf8[length..].SequenceEqual(utf8[..^length]);
    }

    private static void CheckOffsets(ReadOnlySpan<int> offsets, ReadOnlySpan<int> lengths, int utf8Bytes)
    {
        bool ascending = offsets[0] >= 0 && offsets[^1] <= utf8Bytes;
        for (int i = 0; i < lengths.Length; i++)
            ascending &= offsets[i + 1] >= offsets[i];
        if (!ascending)
        {
            throw new TickStoreException(
                ErrorCode.InvalidArgument,
                $"String offsets must ascend from 0 to at most {utf8Bytes} bytes."
            );
        }
    }

    private static void Room(Span<byte> payload, long neededBytes)
    {
        if (payload.Length < neededBytes)
            CodecErrors.ThrowDestinationTooSmall(payload.Length, neededBytes);
    }
}
