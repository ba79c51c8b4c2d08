using System.Numerics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// One value of any scalar type for each group. Text lies in one arena: a value that fits the place of the one before takes
/// it, else it goes to the end, and the arena is packed once more than half of it is waste.
/// </summary>
internal sealed class GroupValues(DataType type, BlockPool pool) : IDisposable
{
    private readonly GroupArray<Int128> values = new(pool);
    private readonly GroupArray<byte> arena = new(pool);
    private long usedBytes;

    /// <summary>Makes sure that there are that many groups.</summary>
    public void EnsureGroups(int count) => values.EnsureCount(count);

    /// <summary>Takes over the value of one row.</summary>
    public void Set(int group, ColumnVector source, int row)
    {
        if (type.Kind == TypeKind.Varchar)
        {
            SetText(group, source.Utf8(row));
            return;
        }

        values.Values[group] = type.Physical switch
        {
            PhysicalType.Byte => source.Values<byte>()[row],
            PhysicalType.Int16 => source.Values<short>()[row],
            PhysicalType.Int32 => source.Values<int>()[row],
            PhysicalType.Int64 => source.Values<long>()[row],
            PhysicalType.Float => BitConverter.SingleToInt32Bits(source.Values<float>()[row]),
            PhysicalType.Double => BitConverter.DoubleToInt64Bits(source.Values<double>()[row]),
            _ => Pack(source.Values<Interval>()[row]),
        };
    }

    /// <summary>Takes over the value of a group of another holder.</summary>
    public void Set(int group, GroupValues other, int otherGroup)
    {
        if (type.Kind == TypeKind.Varchar)
        {
            SetText(group, other.Text(otherGroup));
        }
        else
        {
            values.Values[group] = other.values.Values[otherGroup];
        }
    }

    /// <summary>Appends the value of a group.</summary>
    public void Append(int group, ColumnVector result)
    {
        if (type.Kind == TypeKind.Varchar)
        {
            Results.Append(result, Text(group));
            return;
        }

        var value = values.Values[group];
        switch (type.Physical)
        {
            case PhysicalType.Byte:
                Results.Append(result, (byte)value);
                break;
            case PhysicalType.Int16:
                Results.Append(result, (short)value);
                break;
            case PhysicalType.Int32:
                Results.Append(result, (int)value);
                break;
            case PhysicalType.Int64:
                Results.Append(result, (long)value);
                break;
            case PhysicalType.Float:
                Results.Append(result, BitConverter.Int32BitsToSingle((int)value));
                break;
            case PhysicalType.Double:
                Results.Append(result, BitConverter.Int64BitsToDouble((long)value));
                break;
            default:
                Results.Append(result, Unpack(value));
                break;
        }
    }

    /// <summary>The text of a group; on loan until the next change.</summary>
    public ReadOnlySpan<byte> Text(int group)
    {
        var (offset, length) = Place(group);
        return arena.Values.Slice(offset, length);
    }

    /// <summary>The id of a SYMBOL.</summary>
    public int SymbolId(int group) => (int)values.Values[group];

    /// <summary>The interval of a group.</summary>
    public Interval Interval(int group) => Unpack(values.Values[group]);

    /// <summary>Lets go of the value of a group.</summary>
    public void ResetGroup(int group)
    {
        if (type.Kind == TypeKind.Varchar)
        {
            usedBytes -= Place(group).Length;
        }

        values.Values[group] = 0;
    }

    /// <summary>Writes the values of chosen groups.</summary>
    public void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        if (type.Kind != TypeKind.Varchar)
        {
            values.Save(writer, groups);
            return;
        }

        foreach (var group in groups)
        {
            writer.WriteSpan(Text(group));
        }
    }

    /// <summary>Reads the values of as many groups, which exist and are empty.</summary>
    public void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        if (type.Kind != TypeKind.Varchar)
        {
            values.Load(reader, groups);
            return;
        }

        foreach (var group in groups)
        {
            SetText(group, reader.ReadSpan<byte>());
        }
    }

    /// <summary>Forgets all groups.</summary>
    public void Reset()
    {
        values.Reset();
        arena.Reset();
        usedBytes = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        values.Dispose();
        arena.Dispose();
    }

    private static Int128 Pack(Interval value) =>
        new((ulong)(((long)value.Months << 32) | (uint)value.Days), (ulong)value.Nanos);

    private static Interval Unpack(Int128 value)
    {
        var upper = (long)(value >> 64);
        return new((int)(upper >> 32), (int)upper, (long)(ulong)(value & ulong.MaxValue));
    }

    private (int Offset, int Length) Place(int group)
    {
        var packed = (long)values.Values[group];
        return ((int)(packed >> 32), (int)packed);
    }

    private void SetText(int group, ReadOnlySpan<byte> text)
    {
        var (offset, length) = Place(group);
        usedBytes += text.Length - length;
        if (text.Length > length)
        {
            if (arena.Count > 4096 && usedBytes < arena.Count / 2)
            {
                // The old text of this group is waste, and its place is given up before the arena is packed.
                values.Values[group] = 0;
                PackArena();
            }

            offset = arena.Count;
            arena.EnsureCount(offset + text.Length);
        }

        text.CopyTo(arena.Values[offset..]);
        values.Values[group] = ((long)offset << 32) | (uint)text.Length;
    }

    private void PackArena()
    {
        var packed = new byte[arena.Count];
        var length = 0;
        for (var group = 0; group < values.Count; group++)
        {
            var text = Text(group);
            text.CopyTo(packed.AsSpan(length));
            values.Values[group] = ((long)length << 32) | (uint)text.Length;
            length += text.Length;
        }

        arena.Reset();
        arena.EnsureCount(length);
        packed.AsSpan(0, length).CopyTo(arena.Values);
    }
}
