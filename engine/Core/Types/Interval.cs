using System.Runtime.InteropServices;

namespace TickStore.Core;

/// <summary>
/// A span of time as SQL keeps it: months, days and nanoseconds do not turn into each other, for a month has 28 to 31
/// days. Comparison and ordering take a month as 30 days and a day as 24 hours, as PostgreSQL does.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct Interval(int Months, int Days, long Nanos) : IComparable<Interval>
{
    /// <summary>Size in memory and on disk.</summary>
    public const int SizeInBytes = 16;

    /// <summary>Nanoseconds of a day of 24 hours.</summary>
    public const long NanosPerDay = 86_400_000_000_000;

    /// <summary>An interval of nanoseconds only.</summary>
    public static Interval OfNanos(long nanos) => new(0, 0, nanos);

    /// <summary>True where the interval is a fixed number of nanoseconds (no months), days counted as 24 hours.</summary>
    public bool TryGetNanos(out long nanos)
    {
        var wide = ((Int128)Days * NanosPerDay) + Nanos;
        nanos = (long)wide;
        return Months == 0 && wide == nanos;
    }

    /// <summary>Length in nanoseconds with a month taken as 30 days, for comparison only.</summary>
    public Int128 ComparableNanos => ((((Int128)Months * 30) + Days) * NanosPerDay) + Nanos;

    /// <inheritdoc/>
    public int CompareTo(Interval other) => ComparableNanos.CompareTo(other.ComparableNanos);

    /// <summary>Less than, by <see cref="ComparableNanos"/>.</summary>
    public static bool operator <(Interval left, Interval right) => left.CompareTo(right) < 0;

    /// <summary>Less than or equal, by <see cref="ComparableNanos"/>.</summary>
    public static bool operator <=(Interval left, Interval right) => left.CompareTo(right) <= 0;

    /// <summary>Greater than, by <see cref="ComparableNanos"/>.</summary>
    public static bool operator >(Interval left, Interval right) => left.CompareTo(right) > 0;

    /// <summary>Greater than or equal, by <see cref="ComparableNanos"/>.</summary>
    public static bool operator >=(Interval left, Interval right) => left.CompareTo(right) >= 0;
}
