using System.Buffers.Binary;
using TickStore.Core;

namespace TickStore.Codecs;

/// <summary>
/// The eight bytes before every payload; little-endian.
/// <code>
///   byte  0         1           2        3        4        5        6        7
///        +---------+-----------+-----------------+-----------------------------------+
///        | codec   | bit width | count - 1  10 b | payload bytes, unsigned           |
///        | id      |           | element    6 b  |                                   |
///        +---------+-----------+-----------------+-----------------------------------+
/// </code>
/// The 16-bit word at byte 2 holds count - 1 in its low ten bits and the element in its high six: the width of a fixed
/// value in bytes (1 to 61), 62 for validity, 63 for strings. Statistics are not here: segments keep them in their zone
/// maps.
/// </summary>
/// <param name="Codec">How the payload is encoded.</param>
/// <param name="BitWidth">Bits per packed value, where the codec packs; otherwise the codec's own use or 0.</param>
/// <param name="Element">Value width in bytes, or <see cref="ValidityElement"/> or <see cref="StringElement"/>.</param>
/// <param name="Count">Number of values, 1 to 1,024.</param>
/// <param name="PayloadBytes">Number of bytes after the header.</param>
public readonly record struct VectorHeader(CodecId Codec, byte BitWidth, byte Element, int Count, int PayloadBytes)
{
    /// <summary>Size of the header in bytes.</summary>
    public const int SizeInBytes = 8;

    /// <summary>The most values one vector holds.</summary>
    public const int CountMax = 1024;

    /// <summary>The element number of a validity vector.</summary>
    public const byte ValidityElement = 62;

    /// <summary>The element number of a string vector.</summary>
    public const byte StringElement = 63;

    /// <summary>Header and payload together, in bytes.</summary>
    public int EncodedBytes => SizeInBytes + PayloadBytes;

    /// <summary>
    /// Reads and checks a header. The payload itself is not looked at, but it is known to lie inside
    /// <paramref name="encoded"/> and the codec to be one that may hold the element.
    /// </summary>
    /// <param name="encoded">Bytes that start with a header; more bytes may follow the payload.</param>
    /// <returns>The header.</returns>
    /// <exception cref="TickStoreException">Corruption: the bytes are no vector.</exception>
    public static VectorHeader Read(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < SizeInBytes)
            CodecErrors.ThrowCorrupt(CodecId.None, "number of header bytes", encoded.Length, SizeInBytes);
        var codec = (CodecId)encoded[0];
        ushort shape = BinaryPrimitives.ReadUInt16LittleEndian(encoded[2..]);
        var element = (byte)(shape >> 10);
        uint payloadBytes = BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]);
        if (!CodecLedger.TryGet(codec, out CodecLedgerEntry entry))
            CodecErrors.ThrowCorrupt(codec, "codec id", (byte)codec, CodecLedger.Entries.Length);
        if ((entry.Scope & ScopeOf(element)) == 0)
            CodecErrors.ThrowCorrupt(codec, "element", element, 0);
        if (payloadBytes > (uint)(encoded.Length - SizeInBytes))
            CodecErrors.ThrowCorrupt(codec, "number of payload bytes", payloadBytes, encoded.Length - SizeInBytes);
        return new VectorHeader(codec, encoded[1], element, (shape & (CountMax - 1)) + 1, (int)payloadBytes);
    }

    /// <summary>Reads a header that must be of <paramref name="count"/> values of <paramref name="element"/>.</summary>
    internal static VectorHeader Read(ReadOnlySpan<byte> encoded, int count, byte element)
    {
        VectorHeader header = Read(encoded);
        if (header.Count != count)
            CodecErrors.ThrowMismatch(header.Codec, "count", header.Count, count);
        if (header.Element != element)
            CodecErrors.ThrowMismatch(header.Codec, "element", header.Element, element);
        return header;
    }

    /// <summary>The payload inside the bytes the header was read from.</summary>
    internal ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> encoded) => encoded.Slice(SizeInBytes, PayloadBytes);

    internal void Write(Span<byte> destination)
    {
        destination[0] = (byte)Codec;
        destination[1] = BitWidth;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], (ushort)((Count - 1) | (Element << 10)));
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], PayloadBytes);
    }

    internal static CodecScope ScopeOf(byte element) =>
        element switch
        {
            0 => CodecScope.None,
            1 or 2 or 4 => CodecScope.Lanes,
            8 => CodecScope.Lanes | CodecScope.Lanes64,
            StringElement => CodecScope.Strings,
            ValidityElement => CodecScope.Validity,
            _ => CodecScope.WideBytes,
        };
}
