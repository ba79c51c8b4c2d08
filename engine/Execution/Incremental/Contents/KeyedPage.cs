using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// 1,024 places for rows, in memory as they are or encoded. Counted references: the writer's and each snapshot's. What others hold as
/// well never changes; the writer changes a copy.
/// </summary>
internal sealed class KeyedPage
{
    private readonly KeyedLayout layout;
    private readonly BlockPool pool;
    private readonly ulong[] live;
    private MemoryLease? slab;
    private MemoryLease? texts;
    private int textBytesUsed;
    private int textBytesReserved;
    private int references = 1;

    private KeyedPage(KeyedLayout layout, BlockPool pool, ulong[] live)
    {
        this.layout = layout;
        this.pool = pool;
        this.live = live;
    }

    /// <summary>The values; null where the page is encoded.</summary>
    public byte[]? Data { get; private set; }

    /// <summary>Where the page's block begins in <see cref="Data"/>.</summary>
    public int DataOffset { get; private set; }

    /// <summary>The page encoded, by <see cref="KeyedPageCodec"/>; null where it is not.</summary>
    public byte[]? Encoded { get; private set; }

    /// <summary>Rows that are there.</summary>
    public int LiveCount { get; private set; }

    /// <summary>Places that were ever taken: rows lie below it.</summary>
    public int UsedCount { get; private set; }

    /// <summary>How often the clock's hand passed since the page last changed. The writer's.</summary>
    public int Age { get; set; }

    /// <summary>
    /// A bit for each column, counted modulo 64, that may hold a NULL in this page; validity is 1 everywhere for the others.
    /// </summary>
    public ulong NullColumns { get; set; }

    /// <summary>True while the page is among those with free places. The writer's.</summary>
    public bool IsOpen { get; set; }

    /// <summary>True where a snapshot holds the page as well.</summary>
    public bool IsShared => Volatile.Read(ref references) > 1;

    /// <summary>The bytes that texts point into.</summary>
    public ReadOnlySpan<byte> TextBytes => texts is null ? default : texts.Span[..textBytesUsed];

    /// <summary>The block.</summary>
    public Span<byte> Slab => Data.AsSpan(DataOffset, layout.SlabBytes);

    /// <summary>Makes an empty page.</summary>
    public static KeyedPage Create(KeyedLayout layout, BlockPool pool)
    {
        var page = new KeyedPage(layout, pool, new ulong[KeyedLayout.PageRows / 64]);
        page.TakeSlab(clear: true);
        return page;
    }

    /// <summary>An encoded copy; null where the budget does not allow it.</summary>
    public KeyedPage? TryCopyEncoded(KeyedPageCodec codec)
    {
        var bytes = codec.Encode(this);
        if (!pool.Budget.TryReserve(bytes.Length))
        {
            return null;
        }

        var copy = CopyPlaces();
        copy.Encoded = bytes.ToArray();
        return copy;
    }

    /// <summary>A copy that is nobody else's, decoded if need be.</summary>
    public KeyedPage Copy(KeyedPageCodec codec)
    {
        var copy = CopyPlaces();
        try
        {
            if (Encoded is not null)
            {
                copy.TakeSlab(clear: true);
                codec.Decode(Encoded, copy);
            }
            else
            {
                copy.TakeSlab(clear: false);
                Slab.CopyTo(copy.Slab);
                if (textBytesUsed > 0)
                {
                    copy.texts = pool.Rent(texts!.LengthBytes);
                    TextBytes.CopyTo(copy.texts.Span);
                    copy.textBytesUsed = textBytesUsed;
                }
            }
        }
        catch
        {
            copy.Release();
            throw;
        }

        return copy;
    }

    /// <summary>One more holder.</summary>
    public void AddReference() => Interlocked.Increment(ref references);

    /// <summary>One holder less; the last one returns the memory.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
        {
            slab?.Dispose();
            texts?.Dispose();
            slab = texts = null;
            if (Encoded is not null)
            {
                pool.Budget.Release(Encoded.Length);
                Encoded = null;
            }
        }
    }

    /// <summary>True where a row is there.</summary>
    public bool IsLive(int place) => (live[place >> 6] & (1UL << place)) != 0;

    /// <summary>The first free place.</summary>
    public int FindFree()
    {
        for (var i = 0; i < live.Length; i++)
        {
            if (live[i] != ulong.MaxValue)
            {
                return (i << 6) + BitOperations.TrailingZeroCount(~live[i]);
            }
        }

        return -1;
    }

    /// <summary>Says that a row is there.</summary>
    public void MarkLive(int place)
    {
        live[place >> 6] |= 1UL << place;
        LiveCount++;
        UsedCount = Math.Max(UsedCount, place + 1);
    }

    /// <summary>Says that a row is gone.</summary>
    public void MarkFree(int place)
    {
        live[place >> 6] &= ~(1UL << place);
        LiveCount--;
    }

    /// <summary>Writes the places of the rows that are there, ascending.</summary>
    /// <returns>How many there are.</returns>
    public int ListLive(Span<int> places)
    {
        var count = 0;
        for (var i = 0; i < live.Length; i++)
        {
            for (var word = live[i]; word != 0; word &= word - 1)
            {
                places[count++] = (i << 6) + BitOperations.TrailingZeroCount(word);
            }
        }

        return count;
    }

    /// <summary>Where a value of the first level lies in <see cref="Data"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte At(in KeyedColumn column, int place) =>
        ref Data![DataOffset + column.OffsetBytes + (place * column.Width)];

    /// <summary>Where a row's validity lies in <see cref="Data"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte ValidityAt(in KeyedColumn column, int place) =>
        ref Data![DataOffset + column.ValidityOffsetBytes + place];

    /// <summary>Shows all places of a page that is not encoded, but for its texts, which do not lie in order.</summary>
    public void Show(Batch view)
    {
        for (var i = 0; i < layout.Columns.Length; i++)
        {
            ref readonly var column = ref layout.Columns[i];
            if (!column.IsText)
            {
                view[i]
                    .BorrowMemory(
                        Data!,
                        DataOffset + column.OffsetBytes,
                        KeyedLayout.PageRows,
                        UsedCount,
                        MayHoldNulls(column, i) ? Data : null,
                        DataOffset + column.ValidityOffsetBytes
                    );
            }
        }

        view.SetRowCount(UsedCount);
    }

    /// <summary>The bytes of one text.</summary>
    public ReadOnlySpan<byte> Utf8(in KeyedColumn column, int place)
    {
        var text = Unsafe.ReadUnaligned<KeyedText>(ref At(column, place));
        return text.Length == 0 ? default : TextBytes.Slice(text.Start, text.Length);
    }

    /// <summary>
    /// Makes room for texts that will be written; what is not used any more is left out as the room grows. May throw MemoryBudget, and
    /// then leaves everything as it was.
    /// </summary>
    public void ReserveText(int lengthBytes)
    {
        textBytesReserved += lengthBytes;
        var wantedBytes = (long)textBytesUsed + textBytesReserved;
        if (wantedBytes <= (texts?.LengthBytes ?? 0))
        {
            return;
        }

        try
        {
            GrowText();
        }
        catch
        {
            textBytesReserved -= lengthBytes;
            throw;
        }
    }

    /// <summary>Keeps a text, for which there is room.</summary>
    public void WriteText(in KeyedColumn column, int place, ReadOnlySpan<byte> utf8)
    {
        textBytesReserved = Math.Max(0, textBytesReserved - utf8.Length);
        ref var at = ref At(column, place);
        var text = Unsafe.ReadUnaligned<KeyedText>(ref at);
        if (utf8.Length > text.Capacity)
        {
            text = new KeyedText(textBytesUsed, 0, utf8.Length);
            textBytesUsed += utf8.Length;
        }

        utf8.CopyTo(utf8.IsEmpty ? default : texts!.Span[text.Start..]);
        Unsafe.WriteUnaligned(ref at, text with { Length = utf8.Length });
    }

    private bool MayHoldNulls(in KeyedColumn column, int index) =>
        column.ValidityOffsetBytes >= 0
        && (NullColumns >> index & 1) != 0
        && Slab.Slice(column.ValidityOffsetBytes, UsedCount).Contains((byte)0);

    // Places that longer texts left are not carried over. Those of rows that are gone are, for a row may be asked for as it was until its
    // place is taken: at most one text a place.
    private void GrowText()
    {
        var neededBytes = (long)textBytesReserved;
        foreach (ref readonly var column in layout.Columns.AsSpan())
        {
            for (var place = 0; column.IsText && place < UsedCount; place++)
            {
                neededBytes += Unsafe.ReadUnaligned<KeyedText>(ref At(column, place)).Capacity;
            }
        }

        var grown = pool.Rent((int)Math.Min(int.MaxValue, neededBytes + (neededBytes / 2)));
        var used = 0;
        foreach (ref readonly var column in layout.Columns.AsSpan())
        {
            for (var place = 0; column.IsText && place < UsedCount; place++)
            {
                ref var at = ref At(column, place);
                var text = Unsafe.ReadUnaligned<KeyedText>(ref at);
                Utf8(column, place).CopyTo(grown.Span[used..]);
                Unsafe.WriteUnaligned(ref at, text with { Start = used });
                used += text.Capacity;
            }
        }

        texts?.Dispose();
        texts = grown;
        textBytesUsed = used;
    }

    private void TakeSlab(bool clear)
    {
        slab = pool.Rent(layout.SlabBytes);
        Data = slab.Array;
        DataOffset = slab.Offset;
        if (clear)
        {
            Slab.Clear();
            foreach (ref readonly var column in layout.Columns.AsSpan())
            {
                if (column.ValidityOffsetBytes >= 0)
                {
                    Slab.Slice(column.ValidityOffsetBytes, KeyedLayout.PageRows).Fill(1);
                }
            }
        }
    }

    private KeyedPage CopyPlaces() =>
        new(layout, pool, [.. live])
        {
            LiveCount = LiveCount,
            UsedCount = UsedCount,
            Age = Age,
            IsOpen = IsOpen,
            NullColumns = NullColumns,
        };
}
