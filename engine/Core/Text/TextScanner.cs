using System.Runtime.CompilerServices;

namespace TickStore.Core;

/// <summary>Reads digits and separators one after the other; the parsers of this room are written with it.</summary>
internal ref struct TextScanner(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> text = text;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= text.Length;

    public readonly byte Current => Position < text.Length ? text[Position] : (byte)0;

    public readonly ReadOnlySpan<byte> Rest => text[Position..];

    public void Advance(int count = 1) => Position += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(byte wanted)
    {
        if (Position < text.Length && text[Position] == wanted)
        {
            Position++;
            return true;
        }

        return false;
    }

    /// <summary>Exactly <paramref name="digitCount"/> digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTakeFixed(int digitCount, out int value)
    {
        value = 0;
        if (text.Length - Position < digitCount)
        {
            return false;
        }

        for (var i = 0; i < digitCount; i++)
        {
            var digit = (uint)(text[Position + i] - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + (int)digit;
        }

        Position += digitCount;
        return true;
    }

    /// <summary>One or more digits; saturates at <see cref="long.MaxValue"/> and says so.</summary>
    public bool TryTakeDigits(out long value, out int digitCount, out bool saturated)
    {
        value = 0;
        digitCount = 0;
        saturated = false;
        while (Position < text.Length && (uint)(text[Position] - '0') <= 9)
        {
            var digit = text[Position] - '0';
            if (value > (long.MaxValue - digit) / 10)
            {
                saturated = true;
                value = long.MaxValue;
            }
            else if (!saturated)
            {
                value = (value * 10) + digit;
            }

            Position++;
            digitCount++;
        }

        return digitCount > 0;
    }

    /// <summary>A point and 1 to 9 digits, as nanoseconds; no point is 0 nanoseconds.</summary>
    public bool TryTakeFraction(out int nanos)
    {
        nanos = 0;
        if (!TryTake((byte)'.'))
        {
            return true;
        }

        var digitCount = 0;
        while (Position < text.Length && (uint)(text[Position] - '0') <= 9)
        {
            if (++digitCount > 9)
            {
                return false;
            }

            nanos = (nanos * 10) + (text[Position] - '0');
            Position++;
        }

        for (var i = digitCount; i < 9; i++)
        {
            nanos *= 10;
        }

        return digitCount > 0;
    }

    /// <summary>
    /// <c>HH:MM</c>, <c>HH:MM:SS</c> or <c>HH:MM:SS.fraction</c> of a day, as nanoseconds since midnight.
    /// </summary>
    public bool TryTakeTimeOfDay(out long nanosOfDay)
    {
        nanosOfDay = 0;
        if (
            !TryTakeFixed(2, out var hour)
            || hour > 23
            || !TryTake((byte)':')
            || !TryTakeFixed(2, out var minute)
            || minute > 59
        )
        {
            return false;
        }

        var second = 0;
        var fraction = 0;
        if (TryTake((byte)':') && (!TryTakeFixed(2, out second) || second > 59 || !TryTakeFraction(out fraction)))
        {
            return false;
        }

        nanosOfDay = (((((hour * 60L) + minute) * 60) + second) * 1_000_000_000) + fraction;
        return true;
    }

    /// <summary>
    /// A date with the separators -, / or . (both the same), a year of 4 digits, or of 4 to 9 after a sign.
    /// </summary>
    public bool TryTakeDate(out CivilDate date)
    {
        date = default;
        int year;
        var negative = TryTake((byte)'-');
        if (negative || TryTake((byte)'+'))
        {
            if (!TryTakeDigits(out var wideYear, out var digitCount, out _) || digitCount is < 4 or > 9)
            {
                return false;
            }

            year = negative ? -(int)wideYear : (int)wideYear;
        }
        else if (!TryTakeFixed(4, out year))
        {
            return false;
        }

        var separator = Current;
        if (separator is not ((byte)'-' or (byte)'/' or (byte)'.'))
        {
            return false;
        }

        Advance();
        if (!TryTakeFixed(2, out var month) || !TryTake(separator) || !TryTakeFixed(2, out var day))
        {
            return false;
        }

        date = new CivilDate(year, month, day);
        return date.IsValid;
    }
}
