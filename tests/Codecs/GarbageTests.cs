// Proves: no bytes make a decoder read or write outside its spans, hang, or throw anything but the corruption error.
// Encoded vectors of every codec and type are damaged (bits flipped, bytes set, lengths and counts changed, cut,
// replaced by noise) and decoded between guard pages. TICKSTORE_FUZZ_COUNT sets the number of damaged copies per
// vector, for a long run; TICKSTORE_FUZZ_SEED another seed.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Codecs;
using TickStore.Core;

namespace TickStore.Tests.Codecs;

public sealed class GarbageTests
{
    private const int StringBytesMax = 1 << 20;
    private static readonly int DamagedCount = int.TryParse(
        Environment.GetEnvironmentVariable("TICKSTORE_FUZZ_COUNT"),
        out int count
    )
        ? count
        : 4;
    private static readonly int Seed = int.TryParse(
        Environment.GetEnvironmentVariable("TICKSTORE_FUZZ_SEED"),
        out int seed
    )
        ? seed
        : 20_260_101;

    [Fact]
    public void Damaged_bytes_never_escape() => DamageAll<byte>();

    [Fact]
    public void Damaged_shorts_never_escape() => DamageAll<short>();

    [Fact]
    public void Damaged_ints_never_escape() => DamageAll<int>();

    [Fact]
    public void Damaged_longs_never_escape() => DamageAll<long>();

    [Fact]
    public void Damaged_doubles_never_escape() => DamageAll<double>();

    [Fact]
    public void Damaged_sixteen_byte_values_never_escape() => DamageAll<Int128>();

    [Fact]
    public void Damaged_strings_never_escape()
    {
        using var source = new GuardedBuffer(1 << 16);
        using var offsets = new GuardedBuffer((VectorHeader.CountMax + 1) * sizeof(int));
        using var utf8 = new GuardedBuffer(StringBytesMax);
        var random = new Random(Seed);
        foreach (CodecLedgerEntry entry in CodecLedger.Entries)
        {
            foreach (int count in EdgeData.Counts)
            {
                (int[] starts, byte[] bytes) = StringConformanceTests.Join(
                    count,
                    i => entry.Id == CodecId.Constant ? "same" : $"name-{i % 11}-{new string('x', i % 5)}"
                );
                var encoded = new byte[2 * VectorEncoder.MaxEncodedStringBytes(count, bytes.Length)];
                if (!VectorEncoder.TryEncodeStrings(starts, bytes, entry.Id, encoded, out int encodedBytes))
                    continue;
                for (int i = 0; i < DamagedCount * 20; i++)
                {
                    ReadOnlySpan<byte> damaged = Place(source, Damage(encoded.AsSpan(0, encodedBytes), random), random);
                    try
                    {
                        int decodedBytes = VectorDecoder.DecodedStringBytes(damaged, count);
                        if (decodedBytes > StringBytesMax)
                            continue;
                        Span<byte> offsetBytes = offsets.AtEnd((count + 1) * sizeof(int));
                        Span<int> decodedOffsets = MemoryMarshal.Cast<byte, int>(offsetBytes);
                        Span<byte> decoded = utf8.AtEnd(decodedBytes);
                        _ = VectorDecoder.DecodeStrings(damaged, count, decodedOffsets, decoded);
                        Assert.Equal(decodedBytes, decodedOffsets[^1]);
                    }
                    catch (TickStoreException exception) when (exception.Code == ErrorCode.Corruption)
                    {
                        continue;
                    }
                }
            }
        }
    }

    [Fact]
    public void Damaged_validity_never_escapes_and_is_always_zero_or_one()
    {
        using var source = new GuardedBuffer(1 << 16);
        using var destination = new GuardedBuffer(VectorHeader.CountMax);
        var random = new Random(Seed);
        foreach (CodecId codec in (CodecId[])[CodecId.Constant, CodecId.Rle, CodecId.Bitmap])
        {
            foreach (int count in EdgeData.Counts)
            {
                var validity = new byte[count];
                for (int i = 0; i < count; i++)
                    validity[i] = (byte)(codec == CodecId.Constant ? 1 : i / 3 & 1);
                var encoded = new byte[4096];
                Assert.True(ValidityCodec.TryEncode(validity, codec, encoded, out int encodedBytes));
                for (int i = 0; i < DamagedCount * 20; i++)
                {
                    ReadOnlySpan<byte> damaged = Place(source, Damage(encoded.AsSpan(0, encodedBytes), random), random);
                    Span<byte> decoded = destination.AtEnd(count);
                    try
                    {
                        _ = ValidityCodec.Decode(damaged, count, decoded);
                        Assert.False(decoded.ContainsAnyExceptInRange((byte)0, (byte)1));
                    }
                    catch (TickStoreException exception) when (exception.Code == ErrorCode.Corruption)
                    {
                        continue;
                    }
                }
            }
        }
    }

    [Fact]
    public void Every_truncation_is_corruption()
    {
        foreach (CodecLedgerEntry entry in CodecLedger.Entries)
        {
            var values = new long[100];
            for (int i = 0; i < values.Length; i++)
                values[i] = entry.Id == CodecId.Constant ? 4 : i * i / 7;
            var encoded = new byte[10_000];
            if (!VectorEncoder.TryEncode<long>(values, entry.Id, encoded, out int encodedBytes))
                continue;
            for (int bytes = 0; bytes < encodedBytes; bytes++)
            {
                byte[] cut = encoded[..bytes];
                AssertCorrupt(() => VectorDecoder.Decode<long>(cut, 100, new long[100]));
                if (bytes < VectorHeader.SizeInBytes)
                    continue;
                // The header agrees with the cut, so only the codec itself can see what is missing.
                BinaryPrimitives.WriteInt32LittleEndian(cut.AsSpan(4), bytes - VectorHeader.SizeInBytes);
                AssertCorrupt(() => VectorDecoder.Decode<long>(cut, 100, new long[100]));
            }
        }
    }

    [Fact]
    public void A_sound_vector_of_another_count_or_type_is_refused()
    {
        var encoded = new byte[100];
        _ = VectorEncoder.Encode<int>([1, 2, 3], encoded);
        AssertCorrupt(() => VectorDecoder.Decode<int>(encoded, 4, new int[4]));
        AssertCorrupt(() => VectorDecoder.Decode<long>(encoded, 3, new long[4]));
        AssertCorrupt(() => ValidityCodec.Decode(encoded, 3, new byte[3]));
        AssertCorrupt(() => VectorDecoder.DecodedStringBytes(encoded, 3));
        AssertCorrupt(() => VectorDecoder.Decode<int>(new byte[100], 1, new int[1]));
    }

    private static void AssertCorrupt(Action decode) =>
        Assert.Equal(ErrorCode.Corruption, Assert.Throws<TickStoreException>(decode).Code);

    private static void DamageAll<T>()
        where T : unmanaged
    {
        using var source = new GuardedBuffer(1 << 16);
        using var destination = new GuardedBuffer(VectorHeader.CountMax * Unsafe.SizeOf<T>());
        var random = new Random(Seed);
        foreach ((string _, T[] values) in EdgeData.All<T>())
        {
            var encoded = new byte[(4 * VectorEncoder.MaxEncodedBytes(values.Length, Unsafe.SizeOf<T>())) + 64];
            foreach (CodecLedgerEntry entry in CodecLedger.Entries)
            {
                if (!VectorEncoder.TryEncode<T>(values, entry.Id, encoded, out int encodedBytes))
                    continue;
                Span<byte> bytes = destination.AtEnd(values.Length * Unsafe.SizeOf<T>());
                Span<T> decoded = MemoryMarshal.Cast<byte, T>(bytes);
                // Undamaged first: between guards the sound vector must decode too.
                ReadOnlySpan<byte> sound = Place(source, encoded.AsSpan(0, encodedBytes), random);
                _ = VectorDecoder.Decode(sound, values.Length, decoded);
                Assert.True(bytes.SequenceEqual(MemoryMarshal.AsBytes(values.AsSpan())));
                for (int i = 0; i < DamagedCount; i++)
                {
                    ReadOnlySpan<byte> damaged = Place(source, Damage(encoded.AsSpan(0, encodedBytes), random), random);
                    try
                    {
                        // One value first: it must be as safe when nothing has been decoded before it.
                        _ = VectorDecoder.DecodeOne<T>(damaged, values.Length, random.Next(values.Length));
                        _ = VectorDecoder.Decode(damaged, values.Length, decoded);
                    }
                    catch (TickStoreException exception) when (exception.Code == ErrorCode.Corruption)
                    {
                        continue;
                    }
                }
            }
        }
    }

    private static ReadOnlySpan<byte> Place(GuardedBuffer buffer, ReadOnlySpan<byte> bytes, Random random)
    {
        Span<byte> place = random.Next(4) == 0 ? buffer.AtStart(bytes.Length) : buffer.AtEnd(bytes.Length);
        bytes.CopyTo(place);
        return place;
    }

    /// <summary>
    /// A damaged copy. Most keep the header's outer fields sound, or the header alone would stop them all.
    /// </summary>
    private static byte[] Damage(ReadOnlySpan<byte> encoded, Random random)
    {
        byte[] bytes = encoded.ToArray();
        switch (random.Next(8))
        {
            case 0:
                for (int i = random.Next(1, 5); i > 0; i--)
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[1] = (byte)random.Next(70);
                break;
            case 2:
                random.NextBytes(bytes.AsSpan(VectorHeader.SizeInBytes));
                break;
            case 3:
                // Where the codecs keep their own counts and widths.
                int head = Math.Min(32, bytes.Length - VectorHeader.SizeInBytes);
                for (int i = random.Next(1, 4); i > 0 && head > 0; i--)
                    bytes[VectorHeader.SizeInBytes + random.Next(head)] = (byte)random.Next(256);
                break;
            case 4:
                bytes = bytes[..random.Next(bytes.Length + 1)];
                if (bytes.Length >= VectorHeader.SizeInBytes)
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - VectorHeader.SizeInBytes);
                break;
            case 5:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)random.NextInt64(uint.MaxValue + 1L));
                break;
            case 6:
                bytes[0] = (byte)random.Next(CodecLedger.Entries.Length + 2);
                break;
            default:
                int from = random.Next(bytes.Length),
                    length = random.Next(bytes.Length - from);
                bytes.AsSpan(from, length).Fill((byte)(random.Next(2) * 255));
                break;
        }
        return bytes;
    }
}
