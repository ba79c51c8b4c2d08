using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>
/// Writes blocks of ClickHouse's Native format: counts of columns and rows, then per column its name, its type and its values as
/// they lie in memory. Arrays of numbers go to the library as they are.
/// </summary>
internal sealed class NativeBlockWriter(ChDbInsert insert, string[] symbolNames)
{
    /// <summary>
    /// Of a LowCardinality column: version 1 of its layout, then flags that say "the keys follow and are this block's own" in
    /// the second byte, with the width of the indexes (1: two bytes, 2: four bytes) in the first.
    /// </summary>
    private const ulong DictionaryVersion = 1;
    private const ulong OwnKeys = 0x600;

    private readonly ArrayBufferWriter<byte> header = new();
    private readonly int[] keyOfSymbol = new int[symbolNames.Length];

    /// <summary>Begins a block.</summary>
    public void Begin(int columnCount, int rowCount)
    {
        WriteVarint((ulong)columnCount);
        WriteVarint((ulong)rowCount);
    }

    /// <summary>A column of numbers, decimals (unscaled) or stamps, as ClickHouse has them in memory.</summary>
    public void Values<T>(string name, string type, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Begin(name, type);
        Append(values);
    }

    /// <summary>A tuple of levels, which is its elements one after the other; level k of row i lies at k * stride + i.</summary>
    public void Levels(string name, string type, ReadOnlySpan<int> values, int stride, int startRow, int count)
    {
        Begin(name, type);
        for (var level = 0; level < SnapshotBlock.Depth; level++)
        {
            Append(values.Slice((level * stride) + startRow, count));
        }
    }

    /// <summary>A LowCardinality(String) column: the symbols that occur, then per row the number of its symbol among them.</summary>
    public void Symbols(string name, ReadOnlySpan<int> symbols)
    {
        Begin(name, "LowCardinality(String)");
        var isWide = symbolNames.Length > ushort.MaxValue;
        if (isWide)
        {
            Dictionary<uint>(symbols, OwnKeys | 2);
        }
        else
        {
            Dictionary<ushort>(symbols, OwnKeys | 1);
        }
    }

    private void Dictionary<TIndex>(ReadOnlySpan<int> symbols, ulong flags)
        where TIndex : unmanaged, System.Numerics.INumberBase<TIndex>
    {
        var indexes = ArrayPool<TIndex>.Shared.Rent(symbols.Length);
        var keys = new List<string>();
        Array.Fill(keyOfSymbol, -1);
        for (var i = 0; i < symbols.Length; i++)
        {
            ref var key = ref keyOfSymbol[symbols[i]];
            if (key < 0)
            {
                key = keys.Count;
                keys.Add(symbolNames[symbols[i]]);
            }

            indexes[i] = TIndex.CreateTruncating(key);
        }

        WriteUInt64(DictionaryVersion);
        WriteUInt64(flags);
        WriteUInt64((ulong)keys.Count);
        keys.ForEach(WriteText);
        WriteUInt64((ulong)symbols.Length);
        Append<TIndex>(indexes.AsSpan(0, symbols.Length));
        ArrayPool<TIndex>.Shared.Return(indexes);
    }

    private void Begin(string name, string type)
    {
        WriteText(name);
        WriteText(type);
    }

    private void Append<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        insert.Append(header.WrittenSpan);
        header.ResetWrittenCount();
        insert.Append(values);
    }

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            header.Write([(byte)(value | 0x80)]);
        }

        header.Write([(byte)value]);
    }

    private void WriteText(string text)
    {
        WriteVarint((ulong)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, header);
    }

    private void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(header.GetSpan(8), value);
        header.Advance(8);
    }
}
