namespace TickStore.Core;

/// <summary>How the values of a type lie in memory. Numbers are written to disk: never reuse one.</summary>
public enum PhysicalType : byte
{
    /// <summary>One byte a value: BOOLEAN, 0 or 1.</summary>
    Byte = 1,

    /// <summary>Two bytes a value: SMALLINT.</summary>
    Int16 = 2,

    /// <summary>Four bytes a value: INT, DATE, SYMBOL ids.</summary>
    Int32 = 3,

    /// <summary>Eight bytes a value: BIGINT, DECIMAL, TIMESTAMP.</summary>
    Int64 = 4,

    /// <summary>Four bytes a value: REAL.</summary>
    Float = 5,

    /// <summary>Eight bytes a value: DOUBLE.</summary>
    Double = 6,

    /// <summary>Sixteen bytes a value: INTERVAL (months, days, nanoseconds).</summary>
    Interval = 7,

    /// <summary>n + 1 offsets of 32 bits, and UTF-8 bytes: VARCHAR.</summary>
    Utf8 = 8,
}
