using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>Columns of a row as bytes: equal bytes where all values are the same bits, NULL being like NULL.</summary>
internal sealed class KeyBytes(IReadOnlyList<int> columns)
{
    private byte[] scratch = new byte[64];

    /// <summary>The bytes of one row, on loan until the next call.</summary>
    public ReadOnlySpan<byte> Of(Batch rows, int row)
    {
        var length = 0;
        for (var c = 0; c < columns.Count; c++)
        {
            var column = rows[columns[c]];
            if (column.IsNull(row))
            {
                Write([0], ref length);
                continue;
            }

            Write([1], ref length);
            if (column.Type.Kind == TypeKind.Varchar)
            {
                var text = column.Utf8(row);
                var textBytes = text.Length;
                Write(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in textBytes)), ref length);
                Write(text, ref length);
                continue;
            }

            var width = column.Type.ElementBytes;
            for (var level = 0; level < column.Type.LevelCount; level++)
            {
                Write(column.LevelBytes(level).Slice(row * width, width), ref length);
            }
        }

        return scratch.AsSpan(0, length);
    }

    private void Write(ReadOnlySpan<byte> bytes, ref int length)
    {
        if (length + bytes.Length > scratch.Length)
        {
            Array.Resize(ref scratch, Math.Max(length + bytes.Length, scratch.Length * 2));
        }

        bytes.CopyTo(scratch.AsSpan(length));
        length += bytes.Length;
    }
}

/// <summary>Compares keys as bytes, those in a dictionary with those on loan.</summary>
internal sealed class KeyBytesComparer
    : IEqualityComparer<byte[]>,
        IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly KeyBytesComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
