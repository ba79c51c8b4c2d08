using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TickStore.Storage.Records;

/// <summary>Little-endian values one behind the other into bytes that grow: the small records of catalog and log, and
/// what stands around the values of a segment.</summary>
internal sealed class ByteWriter
{
    private readonly bool isRented;
    private byte[] bytes;

    public ByteWriter(int capacityBytes = 1024)
        : this(new byte[capacityBytes], false) { }

    private ByteWriter(byte[] bytes, bool isRented) => (this.bytes, this.isRented) = (bytes, isRented);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>A writer whose bytes are rented: for those that are large and short-lived.</summary>
    public static ByteWriter Rented(int capacityBytes) => new(ArrayPool<byte>.Shared.Rent(capacityBytes), true);

    public void Clear() => Length = 0;

    /// <summary>Gives rented bytes back; the writer is empty then. A writer that is dropped without it costs only their reuse.</summary>
    public void GiveBack()
    {
        if (isRented && bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            (bytes, Length) = ([], 0);
        }
    }

    /// <summary>Room for at least that many bytes, of which <see cref="Advance"/> keeps some.</summary>
    public Span<byte> Reserve(int moreBytes)
    {
        if (bytes.Length - Length < moreBytes)
        {
            Grow((int)Math.Min(Array.MaxLength, Math.Max((long)Length + moreBytes, 2L * bytes.Length)));
        }

        return bytes.AsSpan(Length);
    }

    public void Advance(int writtenBytes) => Length += writtenBytes;

    public void Byte(byte value) => Take(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    /// <summary>Seven bits a byte, the lowest first; the top bit says that more follow.</summary>
    public void Varint(ulong value)
    {
        for (; value >= 128; value >>= 7)
        {
            Byte((byte)(value | 128));
        }

        Byte((byte)value);
    }

    /// <summary>A length in 32 bits, then UTF-8.</summary>
    public void Text(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        Int32(count);
        Encoding.UTF8.GetBytes(value, Take(count));
    }

    /// <summary>A length as a varint, then UTF-8.</summary>
    public void ShortText(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)count);
        Encoding.UTF8.GetBytes(value, Take(count));
    }

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    private void Grow(int capacityBytes)
    {
        var larger = isRented ? ArrayPool<byte>.Shared.Rent(capacityBytes) : new byte[capacityBytes];
        Written.CopyTo(larger);
        if (isRented)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        bytes = larger;
    }

    private Span<byte> Take(int count)
    {
        var taken = Reserve(count)[..count];
        Length += count;
        return taken;
    }
}
