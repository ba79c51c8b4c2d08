using System.Numerics;
using System.Runtime.CompilerServices;
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

        var words = Pack(columns, rowCount, scratch);
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

            var at = (int)(Hash(word) >> shift);
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
        var words = Pack(columns, rowCount, scratch);
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

            var at = (int)(Hash(word) >> shift);
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

    // Fibonacci hashing (Knuth, volume 3, 6.4): the product's high bits depend on all bits of the word.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(TWord word)
    {
        var low = ulong.CreateTruncating(word);
        if (typeof(TWord) == typeof(UInt128))
        {
            var high = ulong.CreateTruncating(word >>> 64);
            low ^= BitOperations.RotateLeft(high * 0xC2B2_AE3D_27D4_EB4F, 29);
        }

        return (low ^ (low >> 32)) * 0x9E37_79B9_7F4A_7C15;
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
                var at = (int)(Hash(slot.Word) >> shift);
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

    private Span<TWord> Pack(ReadOnlySpan<ColumnVector> columns, int rowCount, KeyScratch scratch)
    {
        var words = scratch.Words<TWord>(rowCount);
        words.Clear();
        for (var i = 0; i < columns.Length; i++)
        {
            var column = columns[i];
            switch (column.Type.Physical)
            {
                case PhysicalType.Byte:
                    Shift(MemoryMarshal.Cast<byte, byte>(column.Values<byte>()), words, 8);
                    break;
                case PhysicalType.Int16:
                    Shift(MemoryMarshal.Cast<short, ushort>(column.Values<short>()), words, 16);
                    break;
                case PhysicalType.Int32:
                    Shift(MemoryMarshal.Cast<int, uint>(column.Values<int>()), words, 32);
                    break;
                case PhysicalType.Int64:
                    Shift(MemoryMarshal.Cast<long, ulong>(column.Values<long>()), words, 64);
                    break;
                case PhysicalType.Float:
                    ShiftFloats(column.Values<float>(), words);
                    break;
                default:
                    ShiftDoubles(column.Values<double>(), words);
                    break;
            }

            if (Types[i].Nullable)
            {
                ShiftValidity(column, words);
            }
            else if (column.MayHaveNulls && column.Validity[..rowCount].Contains((byte)0))
            {
                Throw.Error(
                    ErrorCode.Internal,
                    $"NULL in a key column of type {column.Type} that is declared NOT NULL"
                );
            }
        }

        return words;
    }

    private static void Shift<T>(ReadOnlySpan<T> values, Span<TWord> words, int bits)
        where T : unmanaged, IBinaryInteger<T>
    {
        values = values[..words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            // A shift by the width of a word leaves it as it was, so the first column must not shift at all.
            words[i] =
                (bits == 64 && typeof(TWord) == typeof(ulong) ? TWord.Zero : words[i] << bits)
                | TWord.CreateTruncating(values[i]);
        }
    }

    private static void ShiftFloats(ReadOnlySpan<float> values, Span<TWord> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var value = values[i];
            var bits =
                value == 0 ? 0
                : float.IsNaN(value) ? 0x7FC0_0000u
                : BitConverter.SingleToUInt32Bits(value);
            words[i] = (words[i] << 32) | TWord.CreateTruncating(bits);
        }
    }

    private static void ShiftDoubles(ReadOnlySpan<double> values, Span<TWord> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var value = values[i];
            var bits =
                value == 0 ? 0
                : double.IsNaN(value) ? 0x7FF8_0000_0000_0000
                : BitConverter.DoubleToUInt64Bits(value);
            words[i] = (typeof(TWord) == typeof(ulong) ? TWord.Zero : words[i] << 64) | TWord.CreateTruncating(bits);
        }
    }

    // What a NULL's value bytes hold is undefined: they are cut out, so that all NULLs are one key.
    private static void ShiftValidity(ColumnVector column, Span<TWord> words)
    {
        var width = column.Type.ElementBytes * 8;
        var validity = column.Validity;
        for (var i = 0; i < words.Length; i++)
        {
            var isValid = validity.IsEmpty || validity[i] != 0;
            words[i] = isValid ? (words[i] << 1) | TWord.One : words[i] >>> width << width << 1;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        public TWord Word;
        public int NumberPlusOne;
    }
}
