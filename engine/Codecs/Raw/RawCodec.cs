namespace TickStore.Codecs.Raw;

/// <summary>
/// The values as they lie in memory, little-endian: what every other codec has to beat.
/// <code>
///   value [count]
/// </code>
/// </summary>
internal static class RawCodec
{
    internal static void Encode(ReadOnlySpan<byte> values, Span<byte> payload) => values.CopyTo(payload);

    internal static void Decode(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        if (payload.Length != destination.Length)
            CodecErrors.ThrowCorrupt(CodecId.Raw, "number of payload bytes", payload.Length, destination.Length);
        payload.CopyTo(destination);
    }
}
