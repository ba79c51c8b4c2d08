using System.Text;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A typed constant. Integers, DECIMAL units, nanoseconds, days, SYMBOL ids and booleans are in
/// <see cref="Integer"/>; the other fields belong to the type that they are named after.
/// </summary>
public sealed record ConstantValue
{
    /// <summary>The type; an untyped NULL has been given one by the binder.</summary>
    public required DataType Type { get; init; }

    /// <summary>True for NULL, whatever the type.</summary>
    public bool IsNull { get; init; }

    /// <summary>Value of every type that lies in memory as an integer.</summary>
    public long Integer { get; init; }

    /// <summary>Value of REAL and DOUBLE.</summary>
    public double Real { get; init; }

    /// <summary>Value of INTERVAL.</summary>
    public Interval Interval { get; init; }

    /// <summary>Value of VARCHAR, and the text of a SYMBOL (whose id is in <see cref="Integer"/>, -1 if unknown).</summary>
    public string? Text { get; init; }

    /// <summary>NULL of a type.</summary>
    public static ConstantValue Null(DataType type) => new() { Type = type, IsNull = true };

    /// <summary>A BOOLEAN.</summary>
    public static ConstantValue Of(bool value) => new() { Type = DataType.Boolean, Integer = value ? 1 : 0 };

    /// <summary>A value of a type that lies in memory as an integer.</summary>
    public static ConstantValue Of(DataType type, long value) => new() { Type = type, Integer = value };

    /// <summary>A REAL or DOUBLE.</summary>
    public static ConstantValue Of(DataType type, double value) => new() { Type = type, Real = value };

    /// <summary>A VARCHAR.</summary>
    public static ConstantValue Of(string value) => new() { Type = DataType.Varchar, Text = value };

    /// <summary>An INTERVAL.</summary>
    public static ConstantValue Of(Interval value) => new() { Type = DataType.Interval, Interval = value };

    /// <summary>The UTF-8 bytes of <see cref="Text"/>.</summary>
    public byte[] Utf8() => Encoding.UTF8.GetBytes(Text ?? string.Empty);

    /// <summary>The constant as EXPLAIN shows it.</summary>
    public override string ToString() =>
        IsNull
            ? "NULL"
            : Type.Kind switch
            {
                TypeKind.Boolean => Integer != 0 ? "true" : "false",
                TypeKind.Real or TypeKind.Double => Real.ToString("R"),
                TypeKind.Varchar or TypeKind.Symbol => $"'{Text}'",
                TypeKind.Interval => $"INTERVAL '{Interval.Months} mo {Interval.Days} d {Interval.Nanos} ns'",
                TypeKind.Decimal => $"{Integer}e-{Type.Scale}",
                TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt => Integer.ToString(),
                TypeKind.Timestamp or TypeKind.Date => $"{Type} {Integer}",
            };
}
