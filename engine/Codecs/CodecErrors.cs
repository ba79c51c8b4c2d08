using System.Diagnostics.CodeAnalysis;
using TickStore.Core;

namespace TickStore.Codecs;

/// <summary>Throw helpers: bytes that cannot be a vector, and callers that ask for the impossible.</summary>
internal static class CodecErrors
{
    /// <summary>The bytes are not what an encoder wrote.</summary>
    [DoesNotReturn]
    internal static void ThrowCorrupt(CodecId id, string what, long found, long allowed) =>
        throw new TickStoreException(
            ErrorCode.Corruption,
            $"Corrupt vector ({Name(id)}): {what} is {found}, allowed is {allowed}."
        );

    /// <summary>The header is sound, and is not that of the vector the caller asked for.</summary>
    [DoesNotReturn]
    internal static void ThrowMismatch(CodecId id, string what, long found, long expected) =>
        throw new TickStoreException(
            ErrorCode.Corruption,
            $"Corrupt vector ({Name(id)}): {what} is {found}, expected is {expected}."
        );

    [DoesNotReturn]
    internal static void ThrowDestinationTooSmall(int availableBytes, long neededBytes) =>
        throw new TickStoreException(
            ErrorCode.InvalidArgument,
            $"The destination has {availableBytes} bytes, the vector needs {neededBytes}."
        );

    private static string Name(CodecId id) =>
        CodecLedger.TryGet(id, out CodecLedgerEntry entry) ? entry.Name : $"id {(byte)id}";

    /// <summary>The number of values of a vector is the caller's to keep within 1 to 1,024.</summary>
    internal static void CheckCount(int count)
    {
        if (count is < 1 or > VectorHeader.CountMax)
        {
            throw new TickStoreException(
                ErrorCode.InvalidArgument,
                $"A vector of {count} values; allowed is 1 to {VectorHeader.CountMax}."
            );
        }
    }

    /// <summary>Widths from 62 on name other kinds of vectors in the header.</summary>
    internal static void CheckElement(int elementBytes)
    {
        if (elementBytes >= VectorHeader.ValidityElement)
        {
            throw new TickStoreException(
                ErrorCode.InvalidArgument,
                $"Values of {elementBytes} bytes; allowed is 1 to {VectorHeader.ValidityElement - 1}."
            );
        }
    }
}
