using System.Text;

namespace TickStore.Core;

/// <summary>
/// A point in time as TIMESTAMP holds it: nanoseconds since 1970-01-01T00:00:00Z, the years 1677 to 2262. There is no
/// conversion from or to DateTime, which counts in 100 ns and would lose digits silently.
/// </summary>
public readonly record struct TickTime(long NanosSinceEpoch) : IComparable<TickTime>
{
    /// <summary>
    /// Reads ISO 8601, such as <c>2023-02-01T09:30:00.123456789+08:00</c>; without a zone it is UTC. Throws
    /// <see cref="ErrorCode.InvalidText"/> or, outside the years 1677 to 2262, <see cref="ErrorCode.NumericOverflow"/>.
    /// </summary>
    public static TickTime Parse(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var status = TimestampText.TryParse(utf8, out var nanos);
        if (status != TextStatus.Ok)
        {
            ValueText.Throw(status, utf8, DataType.Timestamp);
        }

        return new(nanos);
    }

    /// <inheritdoc/>
    public int CompareTo(TickTime other) => NanosSinceEpoch.CompareTo(other.NanosSinceEpoch);

    /// <summary>Earlier than.</summary>
    public static bool operator <(TickTime left, TickTime right) => left.NanosSinceEpoch < right.NanosSinceEpoch;

    /// <summary>Not later than.</summary>
    public static bool operator <=(TickTime left, TickTime right) => left.NanosSinceEpoch <= right.NanosSinceEpoch;

    /// <summary>Later than.</summary>
    public static bool operator >(TickTime left, TickTime right) => left.NanosSinceEpoch > right.NanosSinceEpoch;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(TickTime left, TickTime right) => left.NanosSinceEpoch >= right.NanosSinceEpoch;

    /// <summary>ISO 8601 in UTC with 0, 3, 6 or 9 fraction digits as needed.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[64];
        return Encoding.UTF8.GetString(text[..TimestampText.Format(NanosSinceEpoch, text)]);
    }
}
