using System.Diagnostics.CodeAnalysis;

namespace TickStore.Core;

/// <summary>Throwing kept out of line, so that the callers' hot paths stay small enough to inline.</summary>
public static class Throw
{
    /// <summary>Throws a <see cref="TickStoreException"/> with this code and message.</summary>
    [DoesNotReturn]
    public static void Error(ErrorCode code, string message) => throw new TickStoreException(code, message);

    /// <summary>As <see cref="Error"/>, usable where an expression of type <typeparamref name="T"/> is wanted.</summary>
    [DoesNotReturn]
    public static T Error<T>(ErrorCode code, string message) => throw new TickStoreException(code, message);

    /// <summary>Bytes read back from <paramref name="location"/> break a bound or a checksum.</summary>
    [DoesNotReturn]
    public static void Corrupt(string location, string what) =>
        throw new TickStoreException(ErrorCode.Corruption, $"{location}: {what}") { Location = location };

    /// <summary>A value does not fit <paramref name="type"/>.</summary>
    [DoesNotReturn]
    public static void Overflow(string what, DataType type) =>
        throw new TickStoreException(ErrorCode.NumericOverflow, $"{what} does not fit {type}");
}
