// Proves: strings and validity come back exactly through every codec of the ledger that may hold them, and through the
// chosen one, by round trip over edge shapes (empty strings, one string, all the same, few distinct, all distinct,
// binary bytes).
using System.Text;
using TickStore.Codecs;

namespace TickStore.Tests.Codecs;

public sealed class StringConformanceTests
{
    public static TheoryData<CodecId> Codecs(CodecScope scope)
    {
        var data = new TheoryData<CodecId> { CodecId.None };
        foreach (CodecLedgerEntry entry in CodecLedger.Entries)
        {
            if ((entry.Scope & scope) != 0)
                data.Add(entry.Id);
        }
        return data;
    }

    [Theory, MemberData(nameof(Codecs), CodecScope.Strings)]
    public void Strings_come_back(CodecId codec)
    {
        int held = 0;
        foreach (int count in EdgeData.Counts)
        {
            foreach (Func<int, string> shape in Shapes(count))
            {
                (int[] offsets, byte[] utf8) = Join(count, shape);
                var encoded = new byte[2 * VectorEncoder.MaxEncodedStringBytes(count, utf8.Length)];
                if (!VectorEncoder.TryEncodeStrings(offsets, utf8, codec, encoded, out int encodedBytes))
                    continue;
                held++;
                if (codec == CodecId.None)
                    Assert.InRange(encodedBytes, 1, VectorEncoder.MaxEncodedStringBytes(count, utf8.Length));
                Assert.Equal(utf8.Length, VectorDecoder.DecodedStringBytes(encoded, count));
                var decodedOffsets = new int[count + 1];
                var decoded = new byte[utf8.Length];
                Assert.Equal(encodedBytes, VectorDecoder.DecodeStrings(encoded, count, decodedOffsets, decoded));
                Assert.Equal(offsets, decodedOffsets);
                Assert.Equal(utf8, decoded);
            }
        }
        Assert.True(held > 0);
    }

    [Fact]
    public void Offsets_need_not_start_at_zero_and_the_rest_of_the_bytes_is_left_out()
    {
        var encoded = new byte[200];
        _ = VectorEncoder.EncodeStrings([3, 5, 5, 9], "xxxabcdefyyy"u8, encoded);
        var offsets = new int[4];
        var utf8 = new byte[6];
        _ = VectorDecoder.DecodeStrings(encoded, 3, offsets, utf8);
        Assert.Equal([0, 2, 2, 6], offsets);
        Assert.Equal("abcdef"u8.ToArray(), utf8);
    }

    [Theory, MemberData(nameof(Codecs), CodecScope.Validity)]
    public void Validity_comes_back(CodecId codec)
    {
        int held = 0;
        foreach (int count in EdgeData.Counts)
        {
            for (int shape = 0; shape < 7; shape++)
            {
                var random = new Random(count);
                var validity = new byte[count];
                for (int i = 0; i < count; i++)
                {
                    validity[i] = (byte)(
                        shape switch
                        {
                            0 => 0,
                            1 => 1,
                            2 => i & 1,
                            3 => random.Next(2),
                            4 => i / 100 & 1,
                            5 => i == 0 ? 1 : 0,
                            _ => i == count - 1 ? 0 : 1,
                        }
                    );
                }
                var encoded = new byte[2 * VectorEncoder.MaxEncodedBytes(count, 1)];
                if (!ValidityCodec.TryEncode(validity, codec, encoded, out int encodedBytes))
                    continue;
                held++;
                if (codec == CodecId.None)
                    Assert.InRange(encodedBytes, 1, ValidityCodec.MaxEncodedBytes(count));
                var decoded = new byte[count];
                Assert.Equal(encodedBytes, ValidityCodec.Decode(encoded, count, decoded));
                Assert.Equal(validity, decoded);
                if (codec == CodecId.None)
                    Assert.Equal(!validity.Contains((byte)0), ValidityCodec.IsAllValid(encoded));
            }
        }
        Assert.True(held > 0);
    }

    internal static (int[] Offsets, byte[] Utf8) Join(int count, Func<int, string> shape)
    {
        var offsets = new int[count + 1];
        using var utf8 = new MemoryStream();
        for (int i = 0; i < count; i++)
        {
            utf8.Write(Encoding.UTF8.GetBytes(shape(i)));
            offsets[i + 1] = (int)utf8.Length;
        }
        return (offsets, utf8.ToArray());
    }

    private static IEnumerable<Func<int, string>> Shapes(int count)
    {
        var random = new Random(count);
        yield return _ => "";
        yield return _ => "600519.SH";
        yield return i => i == 0 ? "" : "x";
        yield return i => "SSE\0SZSE\0CFFEX\0DCE".Split('\0')[i * 7 % 4];
        yield return i => $"order-{i:D8}";
        yield return _ => new string((char)random.Next(32, 0x3000), random.Next(20));
        yield return i => i % 100 == 0 ? new string('n', 700) : "";
        yield return _ => new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => (char)random.Next(33, 127))]);
    }
}
