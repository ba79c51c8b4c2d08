using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// prev(x, n): the value n rows before, NULL included, of any type of fixed width: the bytes of the last n rows of each key, in a ring.
/// </summary>
internal sealed class PreviousValue(int offset, DataType type, EvaluationContext context) : StatefulState
{
    private readonly int width = type.ElementBytes;
    private readonly GroupArray<byte> values = new(context.Pool);
    private readonly GroupArray<byte> present = new(context.Pool);
    private readonly GroupArray<long> counts = new(context.Pool);

    public override void EnsureSlots(int slotCount)
    {
        values.EnsureCount(checked(slotCount * offset * width));
        present.EnsureCount(checked(slotCount * offset));
        counts.EnsureCount(slotCount);
    }

    public override void Update(in FactorRows rows, ColumnVector result)
    {
        var slots = rows.Slots;
        result.SetRowCount(0);
        result.EnsureCapacity(slots.Length);
        var source = rows.Arguments[0];
        var from = source.LevelBytes(0);
        var into = result.Writable<byte>();
        var validity = result.WritableValidity();
        var all = values.Values;
        var flags = present.Values;
        var seen = counts.Values;
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[i];
            var place = (slot * offset) + (int)(seen[slot]++ % offset);
            var kept = all.Slice(place * width, width);
            kept.CopyTo(into[(i * width)..]);
            validity[i] = flags[place];
            from.Slice(i * width, width).CopyTo(kept);
            flags[place] = source.IsNull(i) ? (byte)0 : (byte)1;
        }

        result.SetRowCount(slots.Length);
    }

    public override void Reset(int slot)
    {
        present.Values.Slice(slot * offset, offset).Clear();
        counts.Values[slot] = 0;
    }

    public override void Save(StateWriter writer)
    {
        writer.WriteSpan<byte>(values.Values);
        writer.WriteSpan<byte>(present.Values);
        writer.WriteSpan<long>(counts.Values);
    }

    public override void Load(StateReader reader)
    {
        Read(reader, values);
        Read(reader, present);
        Read(reader, counts);
    }

    public override int SlotBytes(int slot) => (offset * (width + 1)) + sizeof(long);

    public override int CopyOut(int slot, Span<byte> target)
    {
        values.Values.Slice(slot * offset * width, offset * width).CopyTo(target);
        present.Values.Slice(slot * offset, offset).CopyTo(target[(offset * width)..]);
        MemoryMarshal.Write(target[(offset * (width + 1))..], counts.Values[slot]);
        return SlotBytes(slot);
    }

    public override int CopyIn(int slot, ReadOnlySpan<byte> source)
    {
        source[..(offset * width)].CopyTo(values.Values[(slot * offset * width)..]);
        source.Slice(offset * width, offset).CopyTo(present.Values[(slot * offset)..]);
        counts.Values[slot] = MemoryMarshal.Read<long>(source[(offset * (width + 1))..]);
        return SlotBytes(slot);
    }

    public override void Dispose()
    {
        values.Dispose();
        present.Dispose();
        counts.Dispose();
        base.Dispose();
    }

    private static void Read<T>(StateReader reader, GroupArray<T> target)
        where T : unmanaged
    {
        var saved = reader.ReadSpan<T>();
        target.EnsureCount(saved.Length);
        saved.CopyTo(target.Values);
    }
}
