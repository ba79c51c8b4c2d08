using System.Buffers.Binary;
using System.Text;

namespace TickStore.Storage.Segments;

/// <summary>Little-endian numbers, texts and varints into bytes that grow.</summary>
internal sealed class ByteWriter(int capacityBytes = 4096)
{
    private byte[] bytes = new byte[capacityBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Room for at least that many bytes, of which <see cref="Advance"/> keeps some.</summary>
    public Span<byte> Reserve(int moreBytes)
    {
        if (bytes.Length - Length < moreBytes)
        {
            Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, Math.Max((long)Length + moreBytes, 2L * bytes.Length)));
        }

        return bytes.AsSpan(Length);
    }

    public void Advance(int writtenBytes) => Length += writtenBytes;

    public void Bytes(ReadOnlySpan<byte> source)
    {
        source.CopyTo(Reserve(source.Length));
        Length += source.Length;
    }

    public void U8(byte value) => Bytes([value]);

    public void U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), value);
        Length += 2;
    }

    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);
        Length += 4;
    }

    public void I64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), value);
        Length += 8;
    }

    public void U64(ulong value) => I64(unchecked((long)value));

    public void Varint(ulong value)
    {
        for (; value >= 128; value >>= 7)
        {
            U8((byte)(value | 128));
        }

        U8((byte)value);
    }

    public void Text(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        Varint((ulong)utf8.Length);
        Bytes(utf8);
    }
}
