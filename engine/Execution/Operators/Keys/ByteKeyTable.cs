using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A key table for keys with text, intervals or many columns: a key is written as bytes (a byte for NULL, lengths
/// before texts), kept in one growing text vector, and compared whole where hashes agree.
/// </summary>
internal sealed class ByteKeyTable : KeyTable
{
    private readonly ColumnVector stored;
    private LeasedArray<Slot>? slots;

    public ByteKeyTable(IReadOnlyList<KeyType> types, BlockPool pool)
        : base(types, pool)
    {
        try
        {
            stored = ColumnVector.Allocate(DataType.Varchar, Batch.VectorRows, pool);
        }
        catch
        {
            base.Dispose();
            throw;
        }
    }

    public override void Find(ReadOnlySpan<ColumnVector> columns, int rowCount, Span<int> numbers, KeyScratch scratch)
    {
        if (slots is null)
        {
            numbers[..rowCount].Fill(-1);
            return;
        }

        KeyBytes.Write(columns, rowCount, scratch);
        var table = slots.Span;
        for (var i = 0; i < rowCount; i++)
        {
            var key = scratch.Bytes.AsSpan(scratch.Starts[i]..scratch.Starts[i + 1]);
            numbers[i] = table[Locate(table, key, HashOf(key))].NumberPlusOne - 1;
        }
    }

    protected override void ResetSlots()
    {
        if (slots is { Length: > 4096 } && Count < slots.Length / 16)
        {
            slots.Dispose();
            slots = null;
        }

        slots?.Span.Clear();
        stored.SetRowCount(0);
    }

    public override void Dispose()
    {
        slots?.Dispose();
        slots = null;
        stored.Dispose();
        base.Dispose();
    }

    protected override int AssignCore(
        ReadOnlySpan<ColumnVector> columns,
        int rowCount,
        Span<int> numbers,
        KeyScratch scratch
    )
    {
        EnsureSlots(rowCount);
        KeyBytes.Write(columns, rowCount, scratch);
        var table = slots!.Span;
        var newCount = 0;
        for (var i = 0; i < rowCount; i++)
        {
            var key = scratch.Bytes.AsSpan(scratch.Starts[i]..scratch.Starts[i + 1]);
            var hash = HashOf(key);
            ref var slot = ref table[Locate(table, key, hash)];
            if (slot.NumberPlusOne == 0)
            {
                stored.AppendUtf8(key);
                slot = new Slot { Hash = hash, NumberPlusOne = ++Count };
                scratch.NewRows[newCount++] = i;
            }

            numbers[i] = slot.NumberPlusOne - 1;
        }

        return newCount;
    }

    private static uint HashOf(ReadOnlySpan<byte> key)
    {
        var hash = XxHash3.HashToUInt64(key);
        return (uint)(hash ^ (hash >> 32));
    }

    private int Locate(ReadOnlySpan<Slot> table, ReadOnlySpan<byte> key, uint hash)
    {
        var at = (int)(hash & (uint)(table.Length - 1));
        while (
            table[at].NumberPlusOne != 0
            && (table[at].Hash != hash || !stored.Utf8(table[at].NumberPlusOne - 1).SequenceEqual(key))
        )
        {
            at = (at + 1) & (table.Length - 1);
        }

        return at;
    }

    private void EnsureSlots(int moreKeys)
    {
        var wanted = 2L * ((long)Count + moreKeys);
        if (slots is not null && wanted <= slots.Length)
        {
            return;
        }

        if (wanted > 1 << 30)
        {
            Throw.Error(ErrorCode.MemoryBudget, $"More than {1 << 29:N0} distinct keys do not fit one table");
        }

        var grown = new LeasedArray<Slot>((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(wanted, 1024)), Pool);
        var target = grown.Span;
        target.Clear();
        foreach (ref readonly var slot in slots is null ? default : slots.Span)
        {
            if (slot.NumberPlusOne != 0)
            {
                var at = (int)(slot.Hash & (uint)(target.Length - 1));
                while (target[at].NumberPlusOne != 0)
                {
                    at = (at + 1) & (target.Length - 1);
                }

                target[at] = slot;
            }
        }

        slots?.Dispose();
        slots = grown;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        public uint Hash;
        public int NumberPlusOne;
    }
}
