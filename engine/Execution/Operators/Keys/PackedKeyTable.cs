using System.Numerics;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A key table whose keys fit one word of 64 or 128 bits: columns are shifted into the word batch-wise, a nullable
/// column with one bit more. A slot holds word and number together, so a hit costs one cache line.
/// </summary>
internal sealed class PackedKeyTable<TWord>(IReadOnlyList<KeyType> types, BlockPool pool) : KeyTable(types, pool)
    where TWord : unmanaged, IBinaryInteger<TWord>
{
    private LeasedArray<Slot>? slots;

    public override void Find(ReadOnlySpan<ColumnVector> columns, int rowCount, Span<int> numbers, KeyScratch scratch)
    {
        if (slots is null)
        {
            numbers[..rowCount].Fill(-1);
            return;
        }

        var words = KeyPacking.Pack<TWord>(columns, Types, rowCount, scratch);
        var table = slots.Span;
        var shift = 64 - BitOperations.Log2((uint)table.Length);
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (i > 0 && word == words[i - 1])
            {
                numbers[i] = numbers[i - 1];
                continue;
            }

            var at = (int)(KeyPacking.Hash(word) >> shift);
            ref var slot = ref table[at];
            while (slot.NumberPlusOne != 0 && slot.Word != word)
            {
                at = (at + 1) & (table.Length - 1);
                slot = ref table[at];
            }

            numbers[i] = slot.NumberPlusOne - 1;
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
    }

    public override void Dispose()
    {
        slots?.Dispose();
        slots = null;
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
        var words = KeyPacking.Pack<TWord>(columns, Types, rowCount, scratch);
        var table = slots!.Span;
        var shift = 64 - BitOperations.Log2((uint)table.Length);
        var newRows = scratch.NewRows;
        var newCount = 0;
        numbers = numbers[..words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (i > 0 && word == words[i - 1])
            {
                numbers[i] = numbers[i - 1];
                continue;
            }

            var at = (int)(KeyPacking.Hash(word) >> shift);
            ref var slot = ref table[at];
            while (slot.NumberPlusOne != 0 && slot.Word != word)
            {
                at = (at + 1) & (table.Length - 1);
                slot = ref table[at];
            }

            if (slot.NumberPlusOne == 0)
            {
                slot.Word = word;
                slot.NumberPlusOne = ++Count;
                newRows[newCount++] = i;
            }

            numbers[i] = slot.NumberPlusOne - 1;
        }

        return newCount;
    }

    // Half of the slots stay free, also when every row of the batch should bring a new key.
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
        var shift = 64 - BitOperations.Log2((uint)target.Length);
        foreach (ref readonly var slot in slots is null ? default : slots.Span)
        {
            if (slot.NumberPlusOne != 0)
            {
                var at = (int)(KeyPacking.Hash(slot.Word) >> shift);
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
        public TWord Word;
        public int NumberPlusOne;
    }
}
