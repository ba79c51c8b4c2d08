using System.Buffers.Binary;
using System.Text;
using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>Reads what <see cref="ByteWriter"/> wrote; bytes that end too early are
/// <see cref="ErrorCode.Corruption"/>.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, string location)
{
    private ReadOnlySpan<byte> rest = bytes;

    public readonly int RestBytes => rest.Length;

    public ReadOnlySpan<byte> Bytes(long count)
    {
        if ((ulong)count > (ulong)rest.Length)
        {
            Fail($"{count} more bytes are needed, and {rest.Length} are there");
        }

        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    public byte U8() => Bytes(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public long I64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = U8();
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }

        return Fail<ulong>("a number has more than 64 bits");
    }

    /// <summary>A count of things of which each takes at least <paramref name="bytesEach"/> of the bytes that
    /// follow.</summary>
    public int Count(ulong value, int bytesEach)
    {
        if (value > (ulong)(rest.Length / bytesEach))
        {
            Fail($"{value} entries cannot lie in {rest.Length} bytes");
        }

        return (int)value;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes(Count(Varint(), 1)));

    public readonly void Fail(string what) => Throw.Corrupt(location, what);

    public readonly T Fail<T>(string what)
    {
        Throw.Corrupt(location, what);
        return default!;
    }
}
