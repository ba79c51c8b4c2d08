using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Kernels;
using TickStore.Core;

namespace TickStore.Codecs;

/// <summary>
/// Which values of a vector are there: one byte each in memory (1 valid, 0 null), encoded as the cheapest of
/// <code>
///   constant   u8 0 or 1                       all null or all valid; most vectors
///   rle        u8 first | u16 run count | (length - 1) of each run, packed; runs alternate
///   bitmap     bit i of byte i / 8, 1 = valid; bits past the last value are 0
/// </code>
/// Thread-safe, allocates nothing.
/// </summary>
public static class ValidityCodec
{
    private const int RunHeadBytes = 3;

    /// <summary>A destination of this size always suffices.</summary>
    /// <param name="count">Number of values, 1 to 1,024.</param>
    /// <returns>Bytes.</returns>
    public static int MaxEncodedBytes(int count) => VectorHeader.SizeInBytes + ((count + 7) >> 3);

    /// <summary>Encodes the validity of one vector.</summary>
    /// <param name="validity">1 to 1,024 flags: 0 null, anything else valid.</param>
    /// <param name="destination">Room for <see cref="MaxEncodedBytes"/>.</param>
    /// <returns>Bytes written, header included.</returns>
    /// <exception cref="TickStoreException">InvalidArgument: no values, too many, or too little room.</exception>
    public static int Encode(ReadOnlySpan<byte> validity, Span<byte> destination)
    {
        _ = TryEncode(validity, CodecId.None, destination, out int encodedBytes);
        return encodedBytes;
    }

    /// <summary>Encodes with a given codec, for tests.</summary>
    /// <param name="validity">1 to 1,024 flags.</param>
    /// <param name="codec">Constant, RLE, bitmap, or none to choose.</param>
    /// <param name="destination">Runs may take up to ten bits a value.</param>
    /// <param name="encodedBytes">Bytes written, header included.</param>
    /// <returns>False if the codec cannot hold these flags.</returns>
    [SkipLocalsInit]
    public static bool TryEncode(
        ReadOnlySpan<byte> validity,
        CodecId codec,
        Span<byte> destination,
        out int encodedBytes
    )
    {
        CodecErrors.CheckCount(validity.Length);
        Span<int> lengths = stackalloc int[VectorHeader.CountMax];
        int runCount = CollectRuns(validity, lengths, out int longest);
        lengths = lengths[..runCount];
        int lengthWidth = Lane.BitWidth(longest - 1);
        int runBytes = RunHeadBytes + BitPacking.BytesFor(runCount, lengthWidth);
        int bitmapBytes = (validity.Length + 7) >> 3;
        if (codec == CodecId.None)
        {
            codec =
                runCount == 1 ? CodecId.Constant
                : runBytes < bitmapBytes ? CodecId.Rle
                : CodecId.Bitmap;
        }
        byte first = validity[0] != 0 ? (byte)1 : (byte)0;
        int payloadBytes,
            bitWidth = 0;
        switch (codec)
        {
            case CodecId.Constant when runCount == 1:
                payloadBytes = 1;
                Payload(destination, payloadBytes)[0] = first;
                break;
            case CodecId.Rle:
                payloadBytes = runBytes;
                bitWidth = lengthWidth;
                Span<byte> runs = Payload(destination, payloadBytes);
                runs[0] = first;
                BinaryPrimitives.WriteUInt16LittleEndian(runs[1..], (ushort)runCount);
                _ = BitPacking.Pack<int>(lengths, 1, lengthWidth, runs[RunHeadBytes..]);
                break;
            case CodecId.Bitmap:
                payloadBytes = bitmapBytes;
                Pack(validity, Payload(destination, payloadBytes));
                break;
            default:
                encodedBytes = 0;
                return false;
        }
        var header = new VectorHeader(
            codec,
            (byte)bitWidth,
            VectorHeader.ValidityElement,
            validity.Length,
            payloadBytes
        );
        header.Write(destination);
        encodedBytes = header.EncodedBytes;
        return true;
    }

    /// <summary>Decodes the validity of one vector.</summary>
    /// <param name="encoded">Bytes that start with the vector; more may follow.</param>
    /// <param name="count">The number of values the caller's directory says the vector has.</param>
    /// <param name="validity">At least <paramref name="count"/> bytes; set to 1 (valid) or 0 (null).</param>
    /// <returns>Bytes the vector took.</returns>
    /// <exception cref="TickStoreException">Corruption; or InvalidArgument if the destination is too short.</exception>
    public static int Decode(ReadOnlySpan<byte> encoded, int count, Span<byte> validity)
    {
        CodecErrors.CheckCount(count);
        if (validity.Length < count)
            CodecErrors.ThrowDestinationTooSmall(validity.Length, count);
        validity = validity[..count];
        VectorHeader header = VectorHeader.Read(encoded, count, VectorHeader.ValidityElement);
        ReadOnlySpan<byte> payload = header.Payload(encoded);
        switch (header.Codec)
        {
            case CodecId.Constant:
                validity.Fill(ReadConstant(payload));
                break;
            case CodecId.Rle:
                DecodeRuns(payload, header.BitWidth, validity);
                break;
            default:
                Unpack(payload, validity);
                break;
        }
        return header.EncodedBytes;
    }

    /// <summary>Whether every value is valid, from the header and one byte, without decoding.</summary>
    /// <param name="encoded">Bytes that start with the vector.</param>
    /// <returns>True if the vector is the constant "valid".</returns>
    /// <exception cref="TickStoreException">Corruption.</exception>
    public static bool IsAllValid(ReadOnlySpan<byte> encoded)
    {
        VectorHeader header = VectorHeader.Read(encoded);
        if (header.Element != VectorHeader.ValidityElement)
            CodecErrors.ThrowMismatch(header.Codec, "element", header.Element, VectorHeader.ValidityElement);
        return header.Codec == CodecId.Constant && ReadConstant(header.Payload(encoded)) == 1;
    }

    private static byte ReadConstant(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 1)
            CodecErrors.ThrowCorrupt(CodecId.Constant, "number of payload bytes", payload.Length, 1);
        if (payload[0] > 1)
            CodecErrors.ThrowCorrupt(CodecId.Constant, "validity", payload[0], 1);
        return payload[0];
    }

    private static int CollectRuns(ReadOnlySpan<byte> validity, Span<int> lengths, out int longest)
    {
        int runCount = 0,
            position = 0;
        longest = 0;
        while (position < validity.Length)
        {
            ReadOnlySpan<byte> rest = validity[position..];
            int length = rest[0] == 0 ? rest.IndexOfAnyExcept((byte)0) : rest.IndexOf((byte)0);
            if (length < 0)
                length = rest.Length;
            lengths[runCount++] = length;
            longest = Math.Max(longest, length);
            position += length;
        }
        return runCount;
    }

    [SkipLocalsInit]
    private static void DecodeRuns(ReadOnlySpan<byte> payload, int lengthWidth, Span<byte> validity)
    {
        if (payload.Length < RunHeadBytes)
            CodecErrors.ThrowCorrupt(CodecId.Rle, "number of payload bytes", payload.Length, RunHeadBytes);
        byte value = payload[0];
        int runCount = BinaryPrimitives.ReadUInt16LittleEndian(payload[1..]);
        if (value > 1)
            CodecErrors.ThrowCorrupt(CodecId.Rle, "validity", value, 1);
        if (runCount < 1 || runCount > validity.Length)
            CodecErrors.ThrowCorrupt(CodecId.Rle, "run count", runCount, validity.Length);
        if (lengthWidth > 10)
            CodecErrors.ThrowCorrupt(CodecId.Rle, "run length width", lengthWidth, 10);
        Span<int> lengths = stackalloc int[VectorHeader.CountMax];
        lengths = lengths[..runCount];
        BitPacking.Unpack(payload[RunHeadBytes..], 1, lengthWidth, lengths, CodecId.Rle);
        int position = 0;
        foreach (int length in lengths)
        {
            if (length > validity.Length - position)
                CodecErrors.ThrowCorrupt(CodecId.Rle, "sum of run lengths", position + length, validity.Length);
            validity.Slice(position, length).Fill(value);
            position += length;
            value ^= 1;
        }
        if (position != validity.Length)
            CodecErrors.ThrowCorrupt(CodecId.Rle, "sum of run lengths", position, validity.Length);
    }

    private static void Pack(ReadOnlySpan<byte> validity, Span<byte> bitmap)
    {
        bitmap.Clear();
        for (int i = 0; i < validity.Length; i++)
        {
            if (validity[i] != 0)
                bitmap[i >> 3] |= (byte)(1 << (i & 7));
        }
    }

    private static void Unpack(ReadOnlySpan<byte> bitmap, Span<byte> validity)
    {
        int bitmapBytes = (validity.Length + 7) >> 3;
        if (bitmap.Length != bitmapBytes)
            CodecErrors.ThrowCorrupt(CodecId.Bitmap, "number of payload bytes", bitmap.Length, bitmapBytes);
        for (int i = 0; i < validity.Length; i++)
            validity[i] = (byte)((bitmap[i >> 3] >> (i & 7)) & 1);
        int spareBits = (bitmapBytes * 8) - validity.Length;
        if (bitmap[^1] >> (8 - spareBits) != 0)
            CodecErrors.ThrowCorrupt(CodecId.Bitmap, "bits past the last value", bitmap[^1] >> (8 - spareBits), 0);
    }

    private static Span<byte> Payload(Span<byte> destination, int payloadBytes)
    {
        if (destination.Length < VectorHeader.SizeInBytes + payloadBytes)
            CodecErrors.ThrowDestinationTooSmall(destination.Length, VectorHeader.SizeInBytes + payloadBytes);
        return destination.Slice(VectorHeader.SizeInBytes, payloadBytes);
    }
}
