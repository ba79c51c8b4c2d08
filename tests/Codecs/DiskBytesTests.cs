// Proves: the bytes on disk are the ones that shipped. The digest of everything a codec writes for the edge data is
// kept here; it is the same on every SIMD path (ForcedPathTests runs this class on all), and a change of it is a change
// of the format, to be made by a new codec id. Exceptions: LZ4 is left out, because its blocks may differ between
// versions of the library and still decode; what scaled and decimal-grid write inside follows the chooser, so a better
// chooser may renew those two; and the base of delta is the writer's choice (docs/format/vector.md).
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using TickStore.Codecs;

namespace TickStore.Tests.Codecs;

public sealed class DiskBytesTests
{
    [Theory]
    [InlineData(CodecId.Constant, "EB12837655123CA744AB2234D0A66A58")]
    [InlineData(CodecId.Raw, "A8FF601044D826273C4E9F75995A89CF")]
    [InlineData(CodecId.Rle, "E49F7E268B2C9B636060814A2A19DBEF")]
    [InlineData(CodecId.ForBitPack, "A8DFB30DF7DFFDE1EC22F5D4F9C145D0")]
    [InlineData(CodecId.Delta, "688D5DAE215432EE591BA98591ABDF3E")]
    [InlineData(CodecId.DoubleDelta, "FA1369434A3E87912AF8F849887E956D")]
    [InlineData(CodecId.Gorilla, "DFDD921193431C1A231CE3EA60C8CF6B")]
    [InlineData(CodecId.Dictionary, "9CC7817F52746E0BBAC43C07316D74D7")]
    [InlineData(CodecId.Scaled, "9C99851962DE651E8EC1A46AD947D50F")]
    [InlineData(CodecId.DecimalGrid, "E648D8AB9144D13377E9F0B5BF8E7C6D")]
    [InlineData(CodecId.WidthClasses, "63A22BDAA6C438463D166A00AB0D5D46")]
    public void Bytes_never_change(CodecId codec, string digest)
    {
        var hash = new XxHash128();
        Append<byte>(codec, hash);
        Append<short>(codec, hash);
        Append<int>(codec, hash);
        Append<long>(codec, hash);
        Append<double>(codec, hash);
        Assert.Equal(digest, Convert.ToHexString(hash.GetCurrentHash()));
    }

    [Fact]
    public void Bytes_of_a_small_vector_are_those_the_document_draws()
    {
        // docs/format/vector.md, "An example".
        var encoded = new byte[64];
        int[] values = [100, 103, 101, 107];
        Assert.True(VectorEncoder.TryEncode<int>(values, CodecId.ForBitPack, encoded, out int encodedBytes));
        Assert.Equal("0403031008000000640000000000" + "580E", Convert.ToHexString(encoded.AsSpan(0, encodedBytes)));
    }

    private static void Append<T>(CodecId codec, XxHash128 hash)
        where T : unmanaged
    {
        var encoded = new byte[(4 * VectorEncoder.MaxEncodedBytes(VectorHeader.CountMax, Unsafe.SizeOf<T>())) + 64];
        foreach ((string _, T[] values) in EdgeData.All<T>())
        {
            if (VectorEncoder.TryEncode<T>(values, codec, encoded, out int encodedBytes))
                hash.Append(encoded.AsSpan(0, encodedBytes));
        }
    }
}
