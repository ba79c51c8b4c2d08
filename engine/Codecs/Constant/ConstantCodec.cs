using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TickStore.Codecs.Constant;

/// <summary>
/// One value for the whole vector.
/// <code>
///   value, as wide as the element
/// </code>
/// </summary>
internal static class ConstantCodec
{
    /// <summary>
    /// Whether all values are the same. They are compared as bytes, so NaN equals itself and -0.0 is not 0.0.
    /// </summary>
    internal static bool Fits(ReadOnlySpan<byte> values, int elementBytes) =>
        // Every value equals its neighbour exactly if the bytes equal themselves moved by one value.
        values[elementBytes..].SequenceEqual(values[..^elementBytes]);

    internal static void Encode(ReadOnlySpan<byte> values, Span<byte> payload) =>
        values[..payload.Length].CopyTo(payload);

    internal static void Decode<T>(ReadOnlySpan<byte> payload, Span<T> destination)
        where T : unmanaged
    {
        if (payload.Length != Unsafe.SizeOf<T>())
        {
            CodecErrors.ThrowCorrupt(CodecId.Constant, "number of payload bytes", payload.Length, Unsafe.SizeOf<T>());
        }
        destination.Fill(MemoryMarshal.Read<T>(payload));
    }
}
