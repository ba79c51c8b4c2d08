namespace TickStore.Core;

/// <summary>The SQL types. The numbers are written to disk (catalog, segments, log): never reuse one.</summary>
public enum TypeKind : byte
{
    /// <summary>true or false, one byte 1 or 0.</summary>
    Boolean = 1,

    /// <summary>16-bit signed integer.</summary>
    SmallInt = 2,

    /// <summary>32-bit signed integer.</summary>
    Int = 3,

    /// <summary>64-bit signed integer.</summary>
    BigInt = 4,

    /// <summary>IEEE 754 binary32; NaN is a value and sorts above everything else.</summary>
    Real = 5,

    /// <summary>IEEE 754 binary64; NaN is a value and sorts above everything else.</summary>
    Double = 6,

    /// <summary>DECIMAL(p, s), p up to 18: a 64-bit integer counting units of 10^-s.</summary>
    Decimal = 7,

    /// <summary>Nanoseconds since 1970-01-01T00:00:00Z in 64 bits: the years 1677 to 2262.</summary>
    Timestamp = 8,

    /// <summary>Days since 1970-01-01 in 32 bits.</summary>
    Date = 9,

    /// <summary>Months, days and nanoseconds, kept apart as in SQL; see <see cref="Core.Interval"/>.</summary>
    Interval = 10,

    /// <summary>A string held as a 32-bit id of the database-wide dictionary.</summary>
    Symbol = 11,

    /// <summary>A UTF-8 string.</summary>
    Varchar = 12,
}
