using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>
/// Reads blocks of ClickHouse's Native format, see <see cref="NativeBlockWriter"/>. The columns of a block are taken in their order, by
/// the caller who knows their types; a type that differs is an error.
/// </summary>
internal ref struct NativeBlockReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>Rows of the current block.</summary>
    public int RowCount { get; private set; }

    /// <summary>Goes to the next block.</summary>
    /// <returns>False at the end.</returns>
    public bool Next(int columnCount)
    {
        if (rest.IsEmpty)
        {
            return false;
        }

        if (Varint() is var count && count != (ulong)columnCount)
        {
            throw new InvalidDataException($"A block of {count} columns instead of {columnCount}");
        }

        RowCount = checked((int)Varint());
        return true;
    }

    /// <summary>The next column, whose values have a fixed size.</summary>
    public ReadOnlySpan<T> Values<T>(string type)
        where T : unmanaged
    {
        Begin(type);
        return Take<T>(RowCount);
    }

    /// <summary>The next column, LowCardinality(String): its keys, and per row the number of the row's key.</summary>
    public ReadOnlySpan<byte> Symbols(List<string> keys, out int indexBytes)
    {
        Begin("LowCardinality(String)");
        keys.Clear();
        indexBytes = 1;
        if (RowCount == 0)
        {
            return [];
        }

        Take<ulong>(1);
        indexBytes = 1 << (int)(UInt64() & 0xFF);
        for (var left = UInt64(); left > 0; left--)
        {
            keys.Add(Text());
        }

        return Take<byte>(checked((int)UInt64() * indexBytes));
    }

    private void Begin(string type)
    {
        Text();
        if (Text() is var found && found != type)
        {
            throw new InvalidDataException($"A column of type {found} instead of {type}");
        }
    }

    private ReadOnlySpan<T> Take<T>(int count)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(rest)[..count];
        rest = rest[MemoryMarshal.AsBytes(values).Length..];
        return values;
    }

    private ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(MemoryMarshal.AsBytes(Take<ulong>(1)));

    private string Text() => Encoding.UTF8.GetString(Take<byte>((int)Varint()));

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take<byte>(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
