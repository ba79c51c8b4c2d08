// Proves: encoding and decoding allocate nothing (law 9), by the thread's own counter of allocated bytes, for every codec of
// the ledger, for the chosen one, and for strings and validity.
using TickStore.Codecs;
using TickStore.Tests.Support;

namespace TickStore.Tests.Codecs;

public sealed class AllocationTests
{
    [Fact]
    public void Vectors_are_encoded_and_decoded_without_allocating()
    {
        var encoded = new byte[5 * 8 * VectorHeader.CountMax];
        var prices = new double[VectorHeader.CountMax];
        var times = new long[VectorHeader.CountMax];
        var noise = new long[VectorHeader.CountMax];
        var sides = new byte[VectorHeader.CountMax];
        var random = new Random(3);
        for (int i = 0; i < VectorHeader.CountMax; i++)
        {
            prices[i] = random.Next(100, 200) / 100.0;
            times[i] = (i * 1_000_003L) + random.Next(1000);
            noise[i] = random.NextInt64();
            sides[i] = (byte)random.Next(2);
        }
        AssertNone(() => RoundTrip(prices, encoded));
        AssertNone(() => RoundTrip(times, encoded));
        AssertNone(() => RoundTrip(noise, encoded));
        AssertNone(() => RoundTrip(sides, encoded));
    }

    [Fact]
    public void Strings_and_validity_are_encoded_and_decoded_without_allocating()
    {
        (int[] offsets, byte[] utf8) = StringConformanceTests.Join(1000, i => $"name-{i * i % 17}");
        var encoded = new byte[2 * VectorEncoder.MaxEncodedStringBytes(1000, utf8.Length)];
        var decodedOffsets = new int[1001];
        var decoded = new byte[utf8.Length];
        var validity = new byte[1000];
        validity.AsSpan(10, 500).Fill(1);
        AssertNone(() =>
        {
            foreach (CodecLedgerEntry entry in CodecLedger.Entries)
            {
                if (VectorEncoder.TryEncodeStrings(offsets, utf8, entry.Id, encoded, out _))
                    _ = VectorDecoder.DecodeStrings(encoded, 1000, decodedOffsets, decoded);
            }
            _ = VectorEncoder.EncodeStrings(offsets, utf8, encoded);
            _ = ValidityCodec.Encode(validity, encoded);
            _ = ValidityCodec.Decode(encoded, 1000, validity);
        });
    }

    private static void RoundTrip<T>(T[] values, byte[] encoded)
        where T : unmanaged
    {
        foreach (CodecLedgerEntry entry in CodecLedger.Entries)
        {
            if (VectorEncoder.TryEncode<T>(values, entry.Id, encoded, out _))
                _ = VectorDecoder.Decode<T>(encoded, values.Length, values);
        }
        _ = VectorEncoder.Encode<T>(values, encoded);
        _ = VectorDecoder.DecodeOne<T>(encoded, values.Length, values.Length / 2);
    }

    private static void AssertNone(Action action) => Assert.Equal(0, Allocation.OfThread(action));
}
