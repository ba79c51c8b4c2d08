namespace TickStore.Micro.Reporting;

/// <summary>How many bytes a benchmark's values take: implemented by parameters that know, for GB/s and bytes per
/// value.</summary>
public interface IValueShape
{
    /// <summary>Bytes of one decoded value in memory.</summary>
    double BytesPerValue { get; }

    /// <summary>Bytes of one stored value, headers included; null where nothing is stored.</summary>
    double? StoredBytesPerValue { get; }
}

/// <summary>Bytes that one operation of a benchmark reads, where no parameter says it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class BytesPerValueAttribute(double bytes) : Attribute
{
    /// <summary>Bytes of one value in memory.</summary>
    public double Bytes { get; } = bytes;
}
