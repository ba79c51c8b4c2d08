using K4os.Compression.LZ4;

namespace TickStore.Codecs.Lz4;

/// <summary>
/// An LZ4 block of the raw bytes; the header's bit width says which form was written.
/// <code>
///   width 1: LZ4 block          width 0: the raw bytes, where a block would be no smaller
/// </code>
/// For fixed widths the decoded size follows from count and element; it is not stored, so it cannot ask for memory.
/// </summary>
internal static class Lz4Codec
{
    internal const byte FormRaw = 0,
        FormBlock = 1;

    /// <summary>A byte of an LZ4 length yields at most 255 bytes; a block that claims more is no block.</summary>
    internal const int RatioMax = 255;

    /// <summary>
    /// Tries to write a block into <paramref name="destination"/>, which may be as short as the caller's limit.
    /// </summary>
    /// <returns>Bytes written, or -1 if the block does not fit.</returns>
    internal static int TryEncodeBlock(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        if (raw.IsEmpty || destination.IsEmpty)
            return -1;
        int blockBytes = LZ4Codec.Encode(raw, destination, LZ4Level.L00_FAST);
        return blockBytes > 0 ? blockBytes : -1;
    }

    internal static void Decode(ReadOnlySpan<byte> payload, int form, Span<byte> destination)
    {
        if (form == FormRaw)
        {
            if (payload.Length != destination.Length)
                CodecErrors.ThrowCorrupt(CodecId.Lz4, "number of raw bytes", payload.Length, destination.Length);
            payload.CopyTo(destination);
            return;
        }
        if (form != FormBlock)
            CodecErrors.ThrowCorrupt(CodecId.Lz4, "form", form, FormBlock);
        int blockBytesMin = (destination.Length / RatioMax) + 1;
        if (payload.Length < blockBytesMin)
            CodecErrors.ThrowCorrupt(CodecId.Lz4, "number of block bytes", payload.Length, blockBytesMin);
        int decodedBytes = LZ4Codec.Decode(payload, destination);
        if (decodedBytes != destination.Length)
            CodecErrors.ThrowCorrupt(CodecId.Lz4, "number of decoded bytes", decodedBytes, destination.Length);
    }
}
