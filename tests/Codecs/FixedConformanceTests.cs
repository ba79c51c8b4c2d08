// Proves: every codec of the ledger that may hold fixed-width values gives every bit of every edge vector back, for
// every element width, by round trip; the chosen codec too, within the size bound. The ledger is enumerated, so a new
// codec is tested before anyone writes a test for it.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Codecs;

namespace TickStore.Tests.Codecs;

public sealed class FixedConformanceTests
{
    private readonly record struct Wide(long Low, long High);

    public static TheoryData<CodecId> FixedCodecs()
    {
        var data = new TheoryData<CodecId> { CodecId.None };
        foreach (CodecLedgerEntry entry in CodecLedger.Entries)
        {
            if ((entry.Scope & (CodecScope.Lanes | CodecScope.Lanes64 | CodecScope.WideBytes)) != 0)
                data.Add(entry.Id);
        }
        return data;
    }

    [Theory, MemberData(nameof(FixedCodecs))]
    public void Bytes_come_back(CodecId codec) => RoundTripAll<byte>(codec);

    [Theory, MemberData(nameof(FixedCodecs))]
    public void Shorts_come_back(CodecId codec) => RoundTripAll<short>(codec);

    [Theory, MemberData(nameof(FixedCodecs))]
    public void Ints_come_back(CodecId codec) => RoundTripAll<int>(codec);

    [Theory, MemberData(nameof(FixedCodecs))]
    public void Longs_come_back(CodecId codec) => RoundTripAll<long>(codec);

    [Theory, MemberData(nameof(FixedCodecs))]
    public void Floats_come_back(CodecId codec) => RoundTripAll<float>(codec);

    [Theory, MemberData(nameof(FixedCodecs))]
    public void Doubles_come_back(CodecId codec) => RoundTripAll<double>(codec);

    [Theory, MemberData(nameof(FixedCodecs))]
    public void Sixteen_byte_structs_come_back(CodecId codec) => RoundTripAll<Wide>(codec);

    private static string Bits<T>(T[] values, int index)
        where T : unmanaged => Convert.ToHexString(MemoryMarshal.AsBytes(values.AsSpan(index, 1)));

    private static void RoundTripAll<T>(CodecId codec)
        where T : unmanaged
    {
        int held = 0;
        foreach ((string name, T[] values) in EdgeData.All<T>())
        {
            int boundBytes = VectorEncoder.MaxEncodedBytes(values.Length, Unsafe.SizeOf<T>());
            var encoded = new byte[codec == CodecId.None ? boundBytes : (4 * boundBytes) + 64];
            if (!VectorEncoder.TryEncode<T>(values, codec, encoded, out int encodedBytes))
                continue;
            held++;
            var decoded = new T[values.Length];
            Assert.Equal(encodedBytes, VectorDecoder.Decode<T>(encoded, values.Length, decoded));
            bool same = MemoryMarshal.AsBytes<T>(values).SequenceEqual(MemoryMarshal.AsBytes<T>(decoded));
            Assert.True(same, $"{codec} changed {name} of {typeof(T).Name}");
            for (int i = 0; i < values.Length; i += 1 + (values.Length / 3))
                Assert.Equal(Bits(decoded, i), Bits([VectorDecoder.DecodeOne<T>(encoded, values.Length, i)], 0));
            if (codec != CodecId.None)
                Assert.Equal(codec, VectorHeader.Read(encoded).Codec);
        }
        CodecScope scope = VectorHeader.ScopeOf((byte)Unsafe.SizeOf<T>());
        bool expected =
            codec == CodecId.None
            || (CodecLedger.TryGet(codec, out CodecLedgerEntry entry) && (entry.Scope & scope) != 0);
        Assert.Equal(expected, held > 0);
    }
}
