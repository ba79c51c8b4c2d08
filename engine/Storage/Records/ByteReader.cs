using System.Buffers.Binary;
using System.Text;
using TickStore.Core;

namespace TickStore.Storage.Records;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Every length is checked before it is used: bytes that are not
/// what they should be give <see cref="ErrorCode.Corruption"/> naming the place.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, string location)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private readonly string location = location;

    public int Position { get; private set; }

    public readonly int Remaining => bytes.Length - Position;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }

        return Fail<ulong>("a number has more than 64 bits");
    }

    /// <summary>A count in 32 bits of things that take at least <paramref name="leastBytesEach"/>: more than fit are
    /// refused at once.</summary>
    public int Count(int leastBytesEach)
    {
        var count = Int32();
        return count < 0 ? Fail<int>($"a count of {count} is negative") : CheckCount((ulong)count, leastBytesEach);
    }

    /// <summary>A count as a varint, otherwise as <see cref="Count"/>.</summary>
    public int ShortCount(int leastBytesEach) => CheckCount(Varint(), leastBytesEach);

    /// <summary>What <see cref="ByteWriter.Text"/> wrote.</summary>
    public string Text() => Encoding.UTF8.GetString(Take(Count(1)));

    /// <summary>What <see cref="ByteWriter.ShortText"/> wrote.</summary>
    public string ShortText() => Encoding.UTF8.GetString(Take(ShortCount(1)));

    public ReadOnlySpan<byte> Take(long count)
    {
        if ((ulong)count > (ulong)Remaining)
        {
            Fail($"{count} bytes are wanted, {Remaining} are left");
        }

        Position += (int)count;
        return bytes.Slice(Position - (int)count, (int)count);
    }

    /// <summary>Nothing may follow.</summary>
    public readonly void ExpectEnd()
    {
        if (Remaining != 0)
        {
            Fail($"{Remaining} bytes are left over");
        }
    }

    public readonly void Fail(string what) => Throw.Corrupt(location, $"offset {Position}: {what}");

    public readonly T Fail<T>(string what)
    {
        Fail(what);
        return default!;
    }

    private readonly int CheckCount(ulong count, int leastBytesEach)
    {
        if (count > (ulong)(Remaining / leastBytesEach))
        {
            Fail($"a count of {count} does not fit the {Remaining} bytes that follow");
        }

        return (int)count;
    }
}
