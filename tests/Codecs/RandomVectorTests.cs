// Proves: what no edge vector thought of. CsCheck makes vectors of random counts and mixed shapes, shrinks what fails,
// and the chosen codec and every forced one must give the same bits, in no more than the raw size when chosen.
using System.Runtime.InteropServices;
using CsCheck;
using TickStore.Codecs;

namespace TickStore.Tests.Codecs;

public sealed class RandomVectorTests
{
    /// <summary>
    /// Walks of random step, base and noise, with repeats and outliers: the shapes that codecs look for.
    /// </summary>
    private static readonly Gen<long[]> Vectors =
        from count in Gen.Int[1, VectorHeader.CountMax]
        from start in Gen.Long
        from step in Gen.Long[-1000, 1000]
        from noiseBits in Gen.Int[0, 63]
        from repeat in Gen.Int[1, 20]
        from scale in Gen.Long[1, 100_000]
        from noise in Gen.Long.Array[count]
        select Walk(count, start, step, noiseBits, repeat, scale, noise);

    [Fact]
    public void Random_longs_come_back() => Vectors.Sample(RoundTrip, iter: 100);

    [Fact]
    public void Random_ints_come_back() => Vectors.Sample(v => RoundTrip(Array.ConvertAll(v, x => (int)x)), iter: 100);

    [Fact]
    public void Random_decimal_doubles_come_back() =>
        Gen.Select(Vectors, Gen.Int[0, 12])
            .Sample((v, e) => RoundTrip(Array.ConvertAll(v, x => (x >> 24) / Math.Pow(10, e))), iter: 100);

    [Fact]
    public void Random_doubles_come_back() => Gen.Double.Array[1, VectorHeader.CountMax].Sample(RoundTrip, iter: 100);

    private static void RoundTrip<T>(T[] values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> raw = MemoryMarshal.AsBytes(values.AsSpan());
        var encoded = new byte[(4 * raw.Length) + 100];
        var decoded = new T[values.Length];
        int boundBytes = VectorHeader.SizeInBytes + raw.Length;
        Assert.InRange(VectorEncoder.Encode<T>(values, encoded.AsSpan(0, boundBytes)), 9, boundBytes);
        Assert.Equal(VectorHeader.Read(encoded).EncodedBytes, VectorDecoder.Decode<T>(encoded, values.Length, decoded));
        Assert.True(raw.SequenceEqual(MemoryMarshal.AsBytes(decoded.AsSpan())), "chosen");
        foreach (CodecLedgerEntry entry in CodecLedger.Entries)
        {
            if (!VectorEncoder.TryEncode<T>(values, entry.Id, encoded, out int encodedBytes))
                continue;
            Array.Clear(decoded);
            Assert.Equal(encodedBytes, VectorDecoder.Decode<T>(encoded, values.Length, decoded));
            Assert.True(raw.SequenceEqual(MemoryMarshal.AsBytes(decoded.AsSpan())), entry.Name);
        }
    }

    private static long[] Walk(int count, long start, long step, int noiseBits, int repeat, long scale, long[] noise)
    {
        var values = new long[count];
        for (int i = 0; i < count; i++)
        {
            long at = i / repeat;
            values[i] = start + (scale * ((at * step) + (noise[at] & ((1L << noiseBits) - 1))));
        }
        return values;
    }
}
