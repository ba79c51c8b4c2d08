// Proves: the chooser finds the structure that tick columns have. Each column names the most bits a value may take; the
// bound is what the data's own randomness needs plus headers, so losing a codec (or its budget) fails here.
using System.Runtime.CompilerServices;
using TickStore.Codecs;

namespace TickStore.Tests.Codecs;

public sealed class ChoosingTests
{
    private readonly Random _random = new(7);

    [Fact]
    public void One_symbol_takes_no_bits() => AtMost(0.2, _ => 77);

    [Fact]
    public void Sequences_take_the_bits_of_their_gaps() => AtMost(3.4, i => (i * 8L) + _random.Next(4));

    [Fact]
    public void Times_that_fall_back_with_each_symbol_take_the_bits_of_their_gaps() =>
        AtMost(
            4.3,
            i => 1_700_000_000_000_000_000 + (3_000_000_000L * (i % 100)) + (1_001_003L * (i / 100)) + _random.Next(4)
        );

    [Fact]
    public void A_clock_of_ten_milliseconds_takes_the_bits_of_its_ticks() =>
        AtMost(4.0, i => 1_700_000_000_000_000_000 + (10_000_000L * ((i * 4) + _random.Next(4))));

    [Fact]
    public void Random_walks_of_a_price_take_the_bits_of_their_steps()
    {
        int cents = 171_235;
        AtMost(2.6, _ => (cents += _random.Next(-1, 2)) / 100.0);
    }

    [Fact]
    public void Prices_with_a_missing_value_here_and_there_stay_on_the_grid()
    {
        int cents = 171_235;
        AtMost(5.0, i => (cents += _random.Next(-1, 2)) is var c && i % 50 == 3 ? double.NaN : c / 100.0);
    }

    [Fact]
    public void Far_apart_codes_take_the_bits_of_a_dictionary()
    {
        long[] codes = [1L << 60, -5, 0x1234_5678_9ABC, 77];
        AtMost(2.7, _ => codes[_random.Next(4)]);
    }

    [Fact]
    public void Outliers_are_patched_or_classed() =>
        AtMost(5.4, i => i % 100 == 0 ? _random.NextInt64() : _random.Next(8));

    [Fact]
    public void Gaps_of_all_magnitudes_take_their_own_bits_and_a_selector()
    {
        long time = 0;
        AtMost(19, _ => time += 1L << _random.Next(28));
    }

    [Fact]
    public void Noise_is_stored_raw_and_costs_its_header() =>
        AtMost(64.07, _ => _random.NextInt64(long.MinValue, long.MaxValue));

    [Fact]
    public void Text_that_repeats_itself_is_smaller()
    {
        (int[] offsets, byte[] utf8) = StringConformanceTests.Join(1024, i => $"exchange-{i % 4}");
        var encoded = new byte[VectorEncoder.MaxEncodedStringBytes(1024, utf8.Length)];
        Assert.InRange(VectorEncoder.EncodeStrings(offsets, utf8, encoded), 1, 360);
        (offsets, utf8) = StringConformanceTests.Join(1024, i => $"order {i} of account 12345678");
        encoded = new byte[VectorEncoder.MaxEncodedStringBytes(1024, utf8.Length)];
        Assert.InRange(VectorEncoder.EncodeStrings(offsets, utf8, encoded), 1, utf8.Length / 2);
    }

    private static void AtMost<T>(double bitsPerValue, Func<int, T> value)
        where T : unmanaged
    {
        var values = new T[VectorHeader.CountMax];
        for (int i = 0; i < values.Length; i++)
            values[i] = value(i);
        var encoded = new byte[VectorEncoder.MaxEncodedBytes(values.Length, Unsafe.SizeOf<T>())];
        int encodedBytes = VectorEncoder.Encode<T>(values, encoded);
        double bits = encodedBytes * 8.0 / values.Length;
        Assert.True(bits <= bitsPerValue, $"{bits:f2} bits a value by {VectorHeader.Read(encoded).Codec}");
    }
}
