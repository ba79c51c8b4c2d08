using TickStore.Core;

namespace TickStore.Formats;

internal struct BooleanParser : IFieldParser<byte>
{
    public readonly TextStatus TryParse(ReadOnlySpan<byte> text, out byte value)
    {
        var status = NumberText.TryParseBoolean(text, out var flag);
        value = flag ? (byte)1 : (byte)0;
        return status;
    }
}

internal struct SmallIntParser : IFieldParser<short>
{
    public readonly TextStatus TryParse(ReadOnlySpan<byte> text, out short value)
    {
        var status = NumberText.TryParseInteger(text, short.MinValue, short.MaxValue, out var wide);
        value = (short)wide;
        return status;
    }
}

internal struct IntParser : IFieldParser<int>
{
    public readonly TextStatus TryParse(ReadOnlySpan<byte> text, out int value)
    {
        var status = NumberText.TryParseInteger(text, int.MinValue, int.MaxValue, out var wide);
        value = (int)wide;
        return status;
    }
}

internal struct BigIntParser : IFieldParser<long>
{
    public readonly TextStatus TryParse(ReadOnlySpan<byte> text, out long value) =>
        NumberText.TryParseInteger(text, long.MinValue, long.MaxValue, out value);
}

internal struct RealParser : IFieldParser<float>
{
    public readonly TextStatus TryParse(ReadOnlySpan<byte> text, out float value) =>
        NumberText.TryParseReal(text, out value);
}

internal struct DoubleParser : IFieldParser<double>
{
    public readonly TextStatus TryParse(ReadOnlySpan<byte> text, out double value) =>
        NumberText.TryParseDouble(text, out value);
}

internal struct DateParser : IFieldParser<int>
{
    public readonly TextStatus TryParse(ReadOnlySpan<byte> text, out int value) => DateText.TryParse(text, out value);
}

internal readonly struct DecimalParser(DataType type) : IFieldParser<long>
{
    private readonly int precision = type.Precision;
    private readonly int scale = type.Scale;

    public TextStatus TryParse(ReadOnlySpan<byte> text, out long value) =>
        DecimalText.TryParse(text, precision, scale, out value);
}

/// <summary>Integers that count units of 10^-from (prices x 10,000), to units of a DECIMAL's scale.</summary>
internal readonly struct UnitsParser(DataType type, int fromScale) : IFieldParser<long>
{
    private readonly int precision = type.Precision;
    private readonly int scale = type.Scale;

    public TextStatus TryParse(ReadOnlySpan<byte> text, out long value)
    {
        var status = NumberText.TryParseInteger(text, long.MinValue, long.MaxValue, out value);
        if (status != TextStatus.Ok)
        {
            return status;
        }

        return DecimalText.TryRescale(value, fromScale, scale, precision, out value)
            ? TextStatus.Ok
            : TextStatus.Overflow;
    }
}

/// <summary>A DECIMAL rounded, half away from zero, to a multiple of a tick.</summary>
internal readonly struct TickDecimalParser(DataType type, long tickUnits) : IFieldParser<long>
{
    private readonly int precision = type.Precision;
    private readonly int scale = type.Scale;

    public TextStatus TryParse(ReadOnlySpan<byte> text, out long value)
    {
        var status = DecimalText.TryParse(text, precision, scale, out value);
        if (status != TextStatus.Ok)
        {
            return status;
        }

        var remainder = value % tickUnits;
        var distance = Math.Abs(remainder);
        value -= remainder;
        value += distance >= tickUnits - distance ? Math.Sign(remainder) * tickUnits : 0;
        return DecimalText.Fits(value, precision) ? TextStatus.Ok : TextStatus.Overflow;
    }
}

/// <summary>SYMBOL ids. Remembers the last text, for runs of one symbol are the rule.</summary>
internal struct SymbolParser(ISymbolTable symbols) : IFieldParser<int>
{
    private readonly byte[] last = new byte[32];
    private int lastLength = -1;
    private int lastId;

    public TextStatus TryParse(ReadOnlySpan<byte> text, out int value)
    {
        if (text.Length == lastLength && text.SequenceEqual(last.AsSpan(0, lastLength)))
        {
            value = lastId;
            return TextStatus.Ok;
        }

        value = symbols.Find(text);
        if (value < 0)
        {
            if (text.Length > SymbolTable.SymbolBytesMax)
            {
                return TextStatus.Overflow;
            }

            if (text.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(text))
            {
                return TextStatus.Malformed;
            }

            value = symbols.Intern(text);
        }

        if (text.Length <= last.Length)
        {
            text.CopyTo(last);
            lastLength = text.Length;
            lastId = value;
        }

        return TextStatus.Ok;
    }
}

/// <summary>
/// SYMBOL ids of a code, spelled as the vendors agree on: <c>10</c> as <c>D</c>. Others stay as they are.
/// </summary>
internal struct CodeParser(ISymbolTable symbols, (string From, string To)[] codes) : IFieldParser<int>
{
    private readonly (byte[] From, byte[] To)[] bytes =
    [
        .. codes.Select(c => (System.Text.Encoding.UTF8.GetBytes(c.From), System.Text.Encoding.UTF8.GetBytes(c.To))),
    ];

    private SymbolParser parser = new(symbols);

    public TextStatus TryParse(ReadOnlySpan<byte> text, out int value)
    {
        foreach (var (from, to) in bytes)
        {
            if (text.SequenceEqual(from))
            {
                return parser.TryParse(to, out value);
            }
        }

        return parser.TryParse(text, out value);
    }
}

/// <summary>ISO 8601 and its kin, in a zone where the text names none; or integers of a unit since 1970.</summary>
internal readonly struct TimestampParser(LocalClock clock, long unitNanos) : IFieldParser<long>
{
    public TextStatus TryParse(ReadOnlySpan<byte> text, out long value)
    {
        var status = NumberText.TryParseInteger(text, long.MinValue, long.MaxValue, out value);
        if (status == TextStatus.Ok)
        {
            var wide = (Int128)value * unitNanos;
            value = (long)wide;
            return value == wide ? TextStatus.Ok : TextStatus.Overflow;
        }

        if (status == TextStatus.Overflow)
        {
            return status;
        }

        status = TimestampText.TryParse(text, out value);
        return status == TextStatus.Ok && !HasZone(text) ? clock.ToUtc(value, out value) : status;
    }

    // Only behind the time of day can Z, + or - stand for a zone; the date takes the first ten characters.
    private static bool HasZone(ReadOnlySpan<byte> text) => text.Length > 10 && text[10..].IndexOfAny("Zz+-"u8) >= 0;
}

/// <summary><c>09:30:00.123</c> of a given day.</summary>
internal readonly struct TimeOfDayParser(int days, LocalClock clock) : IFieldParser<long>
{
    private readonly long midnight = days * Interval.NanosPerDay;

    public TextStatus TryParse(ReadOnlySpan<byte> text, out long value)
    {
        if (!TimeOfDay.TryParse(text, out var nanosOfDay))
        {
            value = 0;
            return TextStatus.Malformed;
        }

        return clock.ToUtc(midnight + nanosOfDay, out value);
    }
}

/// <summary>A number of units since a given midnight, with or without a fraction.</summary>
internal readonly struct SinceMidnightParser(int days, long unitNanos, LocalClock clock) : IFieldParser<long>
{
    private readonly long midnight = days * Interval.NanosPerDay;

    public TextStatus TryParse(ReadOnlySpan<byte> text, out long value)
    {
        var status = NumberText.TryParseInteger(text, 0, long.MaxValue, out value);
        long billionths = 0;
        if (status == TextStatus.Malformed)
        {
            status = DecimalText.TryParse(text, 18, 9, out var units);
            value = units / 1_000_000_000;
            billionths = units % 1_000_000_000;
        }

        var nanos = ((Int128)value * unitNanos) + ((Int128)billionths * unitNanos / 1_000_000_000);
        if (status == TextStatus.Ok && (nanos < 0 || nanos >= Interval.NanosPerDay))
        {
            return TextStatus.Overflow;
        }

        return status == TextStatus.Ok ? clock.ToUtc(midnight + (long)nanos, out value) : status;
    }
}
