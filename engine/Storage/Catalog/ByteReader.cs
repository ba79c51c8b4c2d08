using System.Buffers.Binary;
using System.Text;
using TickStore.Core;

namespace TickStore.Storage.Catalog;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Every length is checked before it is used: bytes that are not
/// what they
/// should be give <see cref="ErrorCode.Corruption"/> naming the place.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, string location)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private readonly string location = location;

    public int Position { get; private set; }

    public readonly int Remaining => bytes.Length - Position;

    public byte Byte() => Take(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>A count of things that take at least <paramref name="leastBytesEach"/>: more than fit are refused at
    /// once.</summary>
    public int Count(int leastBytesEach)
    {
        var count = Int32();
        if (count < 0 || (long)count * leastBytesEach > Remaining)
        {
            Fail($"a count of {count} does not fit the {Remaining} bytes that follow");
        }

        return count;
    }

    public string Text() => Encoding.UTF8.GetString(Take(Count(1)));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Remaining)
        {
            Fail($"{count} bytes are wanted, {Remaining} are left");
        }

        Position += count;
        return bytes.Slice(Position - count, count);
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
}
