using System.Buffers.Binary;

namespace TickStore.Codecs.Kernels;

/// <summary>
/// Writes fields of 1 to 64 bits, least significant first; spans check that nothing is written outside.
/// </summary>
internal ref struct BitWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private ulong _pending;
    private int _pendingBits,
        _position;

    /// <summary>Appends a field; bits above the width must be 0.</summary>
    internal void Write(ulong bits, int width)
    {
        _pending |= bits << _pendingBits;
        _pendingBits += width;
        if (_pendingBits < 64)
            return;
        BinaryPrimitives.WriteUInt64LittleEndian(_destination[_position..], _pending);
        _position += 8;
        _pendingBits -= 64;
        _pending = _pendingBits == 0 ? 0 : bits >> (width - _pendingBits);
    }

    /// <summary>Writes the last, partly filled bytes.</summary>
    internal void Flush()
    {
        for (; _pendingBits > 0; _pendingBits -= 8, _pending >>= 8)
            _destination[_position++] = (byte)_pending;
    }
}

/// <summary>Reads what <see cref="BitWriter"/> wrote; a field past the end is corruption.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private int _bit;

    /// <summary>Bytes no field has touched.</summary>
    internal readonly int UnreadBytes => _source.Length - ((_bit + 7) >> 3);

    internal ulong Read(int width)
    {
        int end = _bit + width;
        if (end > _source.Length * 8)
            CodecErrors.ThrowCorrupt(CodecId.Gorilla, "bit position", end, _source.Length * 8L);
        ulong bits = LinearBits.ReadBits(_source, _bit, width, (ulong)Lane.Mask<long>(width));
        _bit = end;
        return bits;
    }
}
