// Proves: the bytes on disk are the ones that shipped. The digest of everything a codec writes for the edge data is kept here;
// it is the same on every SIMD path (ForcedPathTests runs this class on all), and a change of it is a change of the format,
// to be made by a new codec id. Two exceptions: LZ4 is left out, because its blocks may differ between versions of the library
// and still decode; and what scaled and decimal-grid write inside follows the chooser, so a better chooser may renew those two.
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using TickStore.Codecs;

namespace TickStore.Tests.Codecs;

public sealed class DiskBytesTests
{
    [Theory]
    [InlineData(CodecId.Constant, "95F88797AF59A932EBBF64DEF6DE9611")]
    [InlineData(CodecId.Raw, "7D824CD307636BD6BC76FBE1011BF68A")]
    [InlineData(CodecId.Rle, "D75F8893ED79584228CF99958813AEF7")]
    [InlineData(CodecId.ForBitPack, "84DBBF95084B3886874B6FDE44621790")]
    [InlineData(CodecId.Delta, "823A89D6F305823CAC6F71070B2D9E75")]
    [InlineData(CodecId.DoubleDelta, "3FC54444731F91F003AC1516AFD6B1BD")]
    [InlineData(CodecId.Gorilla, "8E1FDA20180B434A903D9C0F620BA153")]
    [InlineData(CodecId.Dictionary, "EC1FB9AD9EC422D247CC204AD69D6A24")]
    [InlineData(CodecId.Scaled, "6628AFF67D28EC4F02F17C1BA5C9128E")]
    [InlineData(CodecId.DecimalGrid, "B3A26C336250439860004448510CA72B")]
    [InlineData(CodecId.WidthClasses, "A086BF1B20F08494ED81F8892FFDB4C0")]
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
        Assert.True(VectorEncoder.TryEncode<int>([100, 103, 101, 107], CodecId.ForBitPack, encoded, out int encodedBytes));
        Assert.Equal("0403031008000000640000000000" + "580E", Convert.ToHexString(encoded.AsSpan(0, encodedBytes)));
    }

    private static void Append<T>(CodecId codec, XxHash128 hash) where T : unmanaged
    {
        var encoded = new byte[(4 * VectorEncoder.MaxEncodedBytes(VectorHeader.CountMax, Unsafe.SizeOf<T>())) + 64];
        foreach ((string _, T[] values) in EdgeData.All<T>())
        {
            if (VectorEncoder.TryEncode<T>(values, codec, encoded, out int encodedBytes))
                hash.Append(encoded.AsSpan(0, encodedBytes));
        }
    }
}
