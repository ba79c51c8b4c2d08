using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;

namespace TickStore.Core;

/// <summary>
/// The dictionary in memory: open addressing over hashes, symbols in chunks that never move. Readers take no lock:
/// an entry is complete before the slot that names it is published, and a grown table replaces the old one whole.
/// </summary>
public sealed class SymbolTable : ISymbolTable
{
    /// <summary>The longest symbol, in bytes of UTF-8.</summary>
    public const int SymbolBytesMax = 4096;

    private readonly Lock growth = new();
    private volatile Table table = new(1024);
    private int count;

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref count);

    /// <inheritdoc/>
    public int Find(ReadOnlySpan<byte> utf8)
    {
        var current = table;
        var hash = Hash(utf8);
        for (var slot = (int)hash & current.Mask; ; slot = (slot + 1) & current.Mask)
        {
            var stored = Volatile.Read(ref current.Slots[slot]);
            if (stored == 0)
            {
                return -1;
            }

            var entry = current.Entries[stored - 1]!;
            if (entry.Hash == hash && utf8.SequenceEqual(entry.Utf8))
            {
                return stored - 1;
            }
        }
    }

    /// <inheritdoc/>
    public int Intern(ReadOnlySpan<byte> utf8)
    {
        var id = Find(utf8);
        return id >= 0 ? id : Add(utf8);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Utf8(int id) => EntryOf(id).Utf8;

    /// <inheritdoc/>
    public string Text(int id)
    {
        var entry = EntryOf(id);
        return entry.Text ??= Encoding.UTF8.GetString(entry.Utf8);
    }

    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = XxHash3.HashToUInt64(utf8);
        return (uint)(hash ^ (hash >> 32));
    }

    private Entry EntryOf(int id)
    {
        if ((uint)id >= (uint)Count)
        {
            Throw.Error(ErrorCode.OutOfRange, $"Symbol id {id} was never given: {Count} symbols are known");
        }

        return table.Entries[id]!;
    }

    private int Add(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > SymbolBytesMax)
        {
            Throw.Error(
                ErrorCode.MalformedData,
                $"A symbol of {utf8.Length:N0} bytes is too long: at most {SymbolBytesMax:N0}; use VARCHAR for free text"
            );
        }

        lock (growth)
        {
            var id = Find(utf8);
            if (id >= 0)
            {
                return id;
            }

            var entry = new Entry(utf8.ToArray(), Hash(utf8));
            if (count == table.Entries.Length)
            {
                table = table.Grow();
            }

            id = count;
            table.Entries[id] = entry;
            table.Publish(entry.Hash, id);
            Volatile.Write(ref count, id + 1);
            return id;
        }
    }

    private sealed class Entry(byte[] utf8, uint hash)
    {
        public byte[] Utf8 { get; } = utf8;

        public uint Hash { get; } = hash;

        public string? Text { get; set; }
    }

    // Slots hold id + 1, and 0 where empty. Twice as many slots as entries keep probes short.
    private sealed class Table(int capacity)
    {
        public Entry?[] Entries { get; } = new Entry?[capacity];

        public int[] Slots { get; } = new int[capacity * 2];

        public int Mask => Slots.Length - 1;

        public Table Grow()
        {
            var grown = new Table(Entries.Length * 2);
            for (var id = 0; id < Entries.Length; id++)
            {
                grown.Entries[id] = Entries[id];
                grown.Publish(Entries[id]!.Hash, id);
            }

            return grown;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Publish(uint hash, int id)
        {
            var slot = (int)hash & Mask;
            while (Slots[slot] != 0)
            {
                slot = (slot + 1) & Mask;
            }

            Volatile.Write(ref Slots[slot], id + 1);
        }
    }
}
