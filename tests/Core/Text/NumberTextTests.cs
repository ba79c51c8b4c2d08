// Proves that numbers are read and written exactly: DECIMAL against BigInteger arithmetic on the digits, DOUBLE and
// REAL against the platform's parser bit for bit, integers at their bounds.
using System.Globalization;
using System.Numerics;
using System.Text;
using CsCheck;
using TickStore.Core;

namespace TickStore.Tests.Core.Text;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData("1854.980000000000018", 18, 2, 185498L)]
    [InlineData("1801.00999999999999", 18, 2, 180101L)]
    [InlineData("0.005", 18, 2, 1L)]
    [InlineData("-0.005", 18, 2, -1L)]
    [InlineData("0.0049999999999999999999", 18, 2, 0L)]
    [InlineData("1e3", 18, 2, 100000L)]
    [InlineData("1.5E-1", 18, 2, 15L)]
    [InlineData("+12.", 18, 2, 1200L)]
    [InlineData(".5", 18, 0, 1L)]
    [InlineData("00000000000000000000000001.5", 3, 1, 15L)]
    [InlineData("999999999999999999", 18, 0, 999999999999999999L)]
    [InlineData("-0.999999999999999999", 18, 18, -999999999999999999L)]
    [InlineData("0e9999999999", 18, 2, 0L)]
    [InlineData("1e-9999999999", 18, 2, 0L)]
    public void A_decimal_reads_exactly(string text, int precision, int scale, long units)
    {
        Assert.Equal(
            TextStatus.Ok,
            DecimalText.TryParse(Encoding.UTF8.GetBytes(text), precision, scale, out var parsed)
        );
        Assert.Equal(units, parsed);
    }

    [Theory]
    [InlineData("1000000000000000000", 18, 0, TextStatus.Overflow)]
    [InlineData("999999999999999999.5", 18, 0, TextStatus.Overflow)]
    [InlineData("9.995", 3, 2, TextStatus.Overflow)]
    [InlineData("1e18", 18, 0, TextStatus.Overflow)]
    [InlineData("1e9999999999", 18, 2, TextStatus.Overflow)]
    [InlineData("99999999999999999999999999", 18, 18, TextStatus.Overflow)]
    [InlineData("NaN", 18, 2, TextStatus.Malformed)]
    [InlineData("Infinity", 18, 2, TextStatus.Malformed)]
    [InlineData("", 18, 2, TextStatus.Malformed)]
    [InlineData(".", 18, 2, TextStatus.Malformed)]
    [InlineData("-", 18, 2, TextStatus.Malformed)]
    [InlineData("1.2.3", 18, 2, TextStatus.Malformed)]
    [InlineData("1e", 18, 2, TextStatus.Malformed)]
    [InlineData("1 ", 18, 2, TextStatus.Malformed)]
    [InlineData("0x10", 18, 2, TextStatus.Malformed)]
    [InlineData("1,5", 18, 2, TextStatus.Malformed)]
    public void A_bad_decimal_is_refused(string text, int precision, int scale, TextStatus status) =>
        Assert.Equal(status, DecimalText.TryParse(Encoding.UTF8.GetBytes(text), precision, scale, out _));

    [Fact]
    public void Decimals_equal_big_integer_arithmetic() =>
        Gen.Select(
                Gen.String[Gen.Char['0', '9'], 0, 22],
                Gen.String[Gen.Char['0', '9'], 0, 22],
                Gen.Int[0, 18],
                Gen.Int[-25, 25],
                Gen.Bool
            )
            .Where(t => t.Item1.Length + t.Item2.Length > 0)
            .Sample(
                (whole, fraction, scale, power, scientific) =>
                {
                    var text = $"-{whole}.{fraction}{(scientific ? $"e{power}" : string.Empty)}";
                    var numerator = BigInteger.Parse("0" + whole + fraction, CultureInfo.InvariantCulture);
                    var exponent = scale - fraction.Length + (scientific ? power : 0);
                    var power10 = BigInteger.Pow(10, Math.Abs(exponent));
                    var expected = exponent >= 0 ? numerator * power10 : ((numerator * 2) + power10) / (power10 * 2);
                    var status = DecimalText.TryParse(Encoding.UTF8.GetBytes(text), 18, scale, out var units);
                    return expected >= BigInteger.Pow(10, 18)
                        ? status == TextStatus.Overflow
                        : status == TextStatus.Ok && units == -expected;
                }
            );

    [Fact]
    public void Every_decimal_round_trips_with_all_digits_of_its_scale() =>
        Gen.Select(Gen.Long[-999_999_999_999_999_999, 999_999_999_999_999_999], Gen.Int[0, 18])
            .Sample(
                (units, scale) =>
                {
                    Span<byte> buffer = stackalloc byte[DecimalText.LengthMax];
                    var text = buffer[..DecimalText.Format(units, scale, buffer)];
                    var point = text.IndexOf((byte)'.');
                    return (scale == 0 ? point < 0 : text.Length - point - 1 == scale)
                        && DecimalText.TryParse(text, 18, scale, out var parsed) == TextStatus.Ok
                        && parsed == units;
                }
            );

    [Fact]
    public void Rescaling_equals_reading_the_text_at_the_other_scale() =>
        Gen.Select(Gen.Long[-999_999_999_999_999_999, 999_999_999_999_999_999], Gen.Int[0, 18], Gen.Int[0, 18])
            .Sample(
                (units, from, to) =>
                {
                    Span<byte> buffer = stackalloc byte[DecimalText.LengthMax];
                    var text = buffer[..DecimalText.Format(units, from, buffer)];
                    var fits = DecimalText.TryParse(text, 18, to, out var expected) == TextStatus.Ok;
                    return DecimalText.TryRescale(units, from, to, 18, out var result) == fits
                        && (!fits || result == expected);
                }
            );

    [Fact]
    public void Doubles_equal_the_platforms_parser_bit_for_bit() =>
        Gen.Select(
                Gen.String[Gen.Char['0', '9'], 0, 20],
                Gen.String[Gen.Char['0', '9'], 0, 20],
                Gen.Int[-330, 330],
                Gen.Bool
            )
            .Where(t => t.Item1.Length + t.Item2.Length > 0)
            .Sample(
                (whole, fraction, power, scientific) =>
                {
                    var text = $"-{whole}.{fraction}{(scientific ? $"e{power}" : string.Empty)}";
                    var expected = double.Parse(text, CultureInfo.InvariantCulture);
                    var status = NumberText.TryParseDouble(Encoding.UTF8.GetBytes(text), out var parsed);
                    return double.IsInfinity(expected)
                        ? status == TextStatus.Overflow
                        : status == TextStatus.Ok
                            && BitConverter.DoubleToInt64Bits(parsed) == BitConverter.DoubleToInt64Bits(expected);
                }
            );

    [Fact]
    public void Every_double_and_real_round_trips() =>
        Gen.Long.Sample(bits =>
        {
            Span<byte> buffer = stackalloc byte[NumberText.LengthMax];
            var value = BitConverter.Int64BitsToDouble(bits);
            var status = NumberText.TryParseDouble(buffer[..NumberText.FormatDouble(value, buffer)], out var parsed);
            var single = BitConverter.Int32BitsToSingle((int)bits);
            var realStatus = NumberText.TryParseReal(
                buffer[..NumberText.FormatReal(single, buffer)],
                out var parsedReal
            );
            return status == TextStatus.Ok
                && realStatus == TextStatus.Ok
                && parsed.Equals(value)
                && parsedReal.Equals(single);
        });

    [Theory]
    [InlineData("NaN", double.NaN)]
    [InlineData("Infinity", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("1e-400", 0.0)]
    [InlineData("5e-324", double.Epsilon)]
    public void Special_doubles_read(string text, double value)
    {
        Assert.Equal(TextStatus.Ok, NumberText.TryParseDouble(Encoding.UTF8.GetBytes(text), out var parsed));
        Assert.Equal(value, parsed);
        Assert.Equal(TextStatus.Ok, NumberText.TryParseReal(Encoding.UTF8.GetBytes(text), out var single));
        Assert.Equal((float)value, single);
    }

    [Theory]
    [InlineData("", TextStatus.Malformed)]
    [InlineData(".", TextStatus.Malformed)]
    [InlineData("-", TextStatus.Malformed)]
    [InlineData(" 1", TextStatus.Malformed)]
    [InlineData("1 ", TextStatus.Malformed)]
    [InlineData("1,000", TextStatus.Malformed)]
    [InlineData("nano", TextStatus.Malformed)]
    [InlineData("1e400", TextStatus.Overflow)]
    [InlineData("-1e400", TextStatus.Overflow)]
    public void A_bad_double_is_refused(string text, TextStatus status)
    {
        Assert.Equal(status, NumberText.TryParseDouble(Encoding.UTF8.GetBytes(text), out _));
        Assert.Equal(status, NumberText.TryParseReal(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void Negative_zero_keeps_its_sign()
    {
        NumberText.TryParseDouble("-0"u8, out var value);
        Assert.True(double.IsNegative(value));
    }

    [Theory]
    [InlineData("9223372036854775807", TextStatus.Ok, long.MaxValue)]
    [InlineData("-9223372036854775808", TextStatus.Ok, long.MinValue)]
    [InlineData("+7", TextStatus.Ok, 7L)]
    [InlineData("9223372036854775808", TextStatus.Overflow, 0L)]
    [InlineData("99999999999999999999999", TextStatus.Overflow, 0L)]
    [InlineData("1.0", TextStatus.Malformed, 0L)]
    [InlineData("", TextStatus.Malformed, 0L)]
    [InlineData("-", TextStatus.Malformed, 0L)]
    [InlineData("1x", TextStatus.Malformed, 0L)]
    public void An_integer_reads(string text, TextStatus status, long value)
    {
        Assert.Equal(
            status,
            NumberText.TryParseInteger(Encoding.UTF8.GetBytes(text), long.MinValue, long.MaxValue, out var parsed)
        );
        Assert.Equal(value, parsed);
    }

    [Theory]
    [InlineData("true", TextStatus.Ok, true)]
    [InlineData("FALSE", TextStatus.Ok, false)]
    [InlineData("t", TextStatus.Ok, true)]
    [InlineData("0", TextStatus.Ok, false)]
    [InlineData("1", TextStatus.Ok, true)]
    [InlineData("yes", TextStatus.Malformed, false)]
    [InlineData("2", TextStatus.Malformed, false)]
    [InlineData("", TextStatus.Malformed, false)]
    public void A_boolean_reads(string text, TextStatus status, bool value)
    {
        Assert.Equal(status, NumberText.TryParseBoolean(Encoding.UTF8.GetBytes(text), out var parsed));
        if (status == TextStatus.Ok)
        {
            Assert.Equal(value, parsed);
        }
    }
}
