using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Finds the row of a key: open addressing over packed keys. A key that does not fit 128 bits stands for itself by its XXH3 hash of 128
/// bits (XXH128); whoever uses the table compares the columns of what it found, so that two keys of one hash never pass for one.
/// </summary>
internal abstract class KeyedIndex : IDisposable
{
    /// <summary>True where keys are hashes.</summary>
    public abstract bool IsHashed { get; }

    /// <summary>How many keys there are.</summary>
    public int Count { get; protected set; }

    /// <summary>Makes a table for keys of the given types.</summary>
    public static KeyedIndex Create(IReadOnlyList<KeyType> types, BlockPool pool)
    {
        var bits = 0;
        foreach (var key in types)
        {
            if (key.Type.IsArray)
            {
                Throw.Error(ErrorCode.TypeMismatch, $"Values of type {key.Type} cannot tell rows apart");
            }

            var isFixed = key.Type.Kind is not (TypeKind.Varchar or TypeKind.Interval);
            bits += isFixed ? (key.Type.ElementBytes * 8) + (key.Nullable ? 1 : 0) : 1000;
        }

        return bits switch
        {
            <= 64 => new PackedKeyedIndex<ulong>(types, pool, isHashed: false),
            <= 128 => new PackedKeyedIndex<UInt128>(types, pool, isHashed: false),
            _ => new PackedKeyedIndex<UInt128>(types, pool, isHashed: true),
        };
    }

    /// <summary>
    /// Packs the keys of a batch, which the other calls name by their rows, and makes room for as many new ones. The only call that may
    /// throw MemoryBudget.
    /// </summary>
    public abstract void Prepare(ReadOnlySpan<ColumnVector> columns, int rowCount, bool mayAdd);

    /// <summary>Looks all keys of the batch up; -1 where one is not there.</summary>
    public abstract void Find(Span<int> numbers);

    /// <summary>Looks one key of the batch up; -1 where it is not there.</summary>
    public abstract int Find(int row);

    /// <summary>Adds a key of the batch that is not there.</summary>
    public abstract void Add(int row, int number);

    /// <summary>Takes a key of the batch out that is there.</summary>
    public abstract void Remove(int row);

    /// <summary>Forgets all keys.</summary>
    public abstract void Clear();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>
/// Slots hold word and number together, so a hit costs one cache line. Deleting moves the slots behind back (Knuth, volume 3, 6.4,
/// algorithm R), so that there are no tombstones and lookups stay short however many keys come and go.
/// </summary>
internal sealed class PackedKeyedIndex<TWord>(IReadOnlyList<KeyType> types, BlockPool pool, bool isHashed) : KeyedIndex
    where TWord : unmanaged, IBinaryInteger<TWord>
{
    private readonly KeyScratch scratch = new();
    private LeasedArray<Slot>? slots;
    private int shift;
    private int preparedRows;

    public override bool IsHashed => isHashed;

    private Span<TWord> Words => scratch.Words<TWord>(preparedRows);

    public override void Prepare(ReadOnlySpan<ColumnVector> columns, int rowCount, bool mayAdd)
    {
        if (mayAdd || slots is null)
        {
            EnsureSlots(rowCount);
        }

        preparedRows = rowCount;
        if (!isHashed)
        {
            KeyPacking.Pack<TWord>(columns, types, rowCount, scratch);
            return;
        }

        KeyBytes.Write(columns, rowCount, scratch);
        var words = MemoryMarshal.Cast<TWord, UInt128>(Words);
        for (var i = 0; i < rowCount; i++)
        {
            words[i] = XxHash128.HashToUInt128(scratch.Bytes.AsSpan(scratch.Starts[i]..scratch.Starts[i + 1]));
        }
    }

    public override void Find(Span<int> numbers)
    {
        var words = Words;
        var table = slots!.Span;
        var mask = table.Length - 1;
        numbers = numbers[..words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            var at = (int)(KeyPacking.Hash(word) >> shift);
            ref var slot = ref table[at];
            while (slot.NumberPlusOne != 0 && slot.Word != word)
            {
                at = (at + 1) & mask;
                slot = ref table[at];
            }

            numbers[i] = slot.NumberPlusOne - 1;
        }
    }

    public override int Find(int row)
    {
        var table = slots!.Span;
        return table[Locate(table, Words[row])].NumberPlusOne - 1;
    }

    public override void Add(int row, int number)
    {
        var table = slots!.Span;
        var word = Words[row];
        table[Locate(table, word)] = new Slot { Word = word, NumberPlusOne = number + 1 };
        Count++;
    }

    public override void Remove(int row)
    {
        var table = slots!.Span;
        var mask = table.Length - 1;
        var hole = Locate(table, Words[row]);
        Count--;
        for (var next = (hole + 1) & mask; table[next].NumberPlusOne != 0; next = (next + 1) & mask)
        {
            // A slot may move back into the hole unless its own place lies behind the hole, going round.
            var home = (int)(KeyPacking.Hash(table[next].Word) >> shift);
            if (((next - home) & mask) >= ((next - hole) & mask))
            {
                table[hole] = table[next];
                hole = next;
            }
        }

        table[hole] = default;
    }

    public override void Clear()
    {
        slots?.Dispose();
        slots = null;
        Count = 0;
    }

    public override void Dispose() => Clear();

    private int Locate(ReadOnlySpan<Slot> table, TWord word)
    {
        var at = (int)(KeyPacking.Hash(word) >> shift);
        while (table[at].NumberPlusOne != 0 && table[at].Word != word)
        {
            at = (at + 1) & (table.Length - 1);
        }

        return at;
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

        var grown = new LeasedArray<Slot>((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(wanted, 256)), pool);
        var target = grown.Span;
        target.Clear();
        shift = 64 - BitOperations.Log2((uint)target.Length);
        foreach (ref readonly var slot in slots is null ? default : slots.Span)
        {
            if (slot.NumberPlusOne != 0)
            {
                target[Locate(target, slot.Word)] = slot;
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
