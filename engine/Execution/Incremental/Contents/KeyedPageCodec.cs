using System.Runtime.InteropServices;
using TickStore.Codecs;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Pages between their values and encoded bytes: for each column its validity, if it may hold NULL, then its levels, each one vector of as
/// many values as places of the page were ever taken. For one thread.
/// </summary>
internal sealed class KeyedPageCodec(KeyedLayout layout)
{
    private byte[] bytes = [];
    private byte[] texts = [];
    private int[] offsets = [];

    /// <summary>Encodes a page that is not; on loan until the next call.</summary>
    public ReadOnlySpan<byte> Encode(KeyedPage page)
    {
        var count = page.UsedCount;
        var slab = page.Slab;
        var at = 0;
        foreach (ref readonly var column in layout.Columns.AsSpan())
        {
            if (column.ValidityOffsetBytes >= 0)
            {
                var room = Reserve(at, ValidityCodec.MaxEncodedBytes(count));
                at += ValidityCodec.Encode(slab.Slice(column.ValidityOffsetBytes, count), room);
            }

            if (column.IsText)
            {
                at += EncodeTexts(page, column, at);
                continue;
            }

            for (var level = 0; level < column.LevelCount; level++)
            {
                var values = slab.Slice(
                    column.OffsetBytes + (level * KeyedLayout.PageRows * column.Width),
                    count * column.Width
                );
                at += EncodeLevel(
                    column.Type.Physical,
                    values,
                    Reserve(at, VectorEncoder.MaxEncodedBytes(count, column.Width))
                );
            }
        }

        return bytes.AsSpan(0, at);
    }

    /// <summary>Decodes into a page with a cleared block and as many places taken.</summary>
    public void Decode(ReadOnlySpan<byte> encoded, KeyedPage page)
    {
        var count = page.UsedCount;
        var slab = page.Slab;
        foreach (ref readonly var column in layout.Columns.AsSpan())
        {
            if (column.ValidityOffsetBytes >= 0)
            {
                encoded = encoded[ValidityCodec.Decode(encoded, count, slab[column.ValidityOffsetBytes..])..];
            }

            if (column.IsText)
            {
                encoded = encoded[DecodeTexts(encoded, count)..];
                page.ReserveText(offsets[count]);
                for (var place = 0; place < count; place++)
                {
                    page.WriteText(column, place, texts.AsSpan(offsets[place]..offsets[place + 1]));
                }

                continue;
            }

            for (var level = 0; level < column.LevelCount; level++)
            {
                var values = slab.Slice(
                    column.OffsetBytes + (level * KeyedLayout.PageRows * column.Width),
                    count * column.Width
                );
                encoded = encoded[DecodeLevel(column.Width, encoded, count, values)..];
            }
        }
    }

    /// <summary>Decodes all places of a page into an empty owning batch.</summary>
    public void Decode(ReadOnlySpan<byte> encoded, int count, Batch target)
    {
        for (var i = 0; i < layout.Columns.Length; i++)
        {
            ref readonly var column = ref layout.Columns[i];
            var vector = target[i];
            var validity = encoded;
            if (column.ValidityOffsetBytes >= 0)
            {
                encoded = encoded[VectorHeader.Read(encoded).EncodedBytes..];
            }

            if (column.IsText)
            {
                encoded = encoded[DecodeTexts(encoded, count)..];
                vector.AppendText(offsets.AsSpan(0, count + 1), texts);
            }
            else
            {
                vector.EnsureCapacity(count);
                for (var level = 0; level < column.LevelCount; level++)
                {
                    encoded = encoded[DecodeLevel(column.Width, encoded, count, BytesOf(vector, level))..];
                }

                vector.SetRowCount(count);
            }

            if (column.ValidityOffsetBytes >= 0 && !ValidityCodec.IsAllValid(validity))
            {
                ValidityCodec.Decode(validity, count, vector.WritableValidity());
            }
        }

        target.SetRowCount(count);
    }

    /// <summary>Appends chosen texts of a page that is not encoded.</summary>
    public static void AppendTexts(KeyedPage page, in KeyedColumn column, ReadOnlySpan<int> places, ColumnVector target)
    {
        foreach (var place in places)
        {
            if (column.ValidityOffsetBytes >= 0 && page.ValidityAt(column, place) == 0)
            {
                target.AppendNull();
                continue;
            }

            target.AppendUtf8(page.Utf8(column, place));
            if (target.MayHaveNulls)
            {
                target.WritableValidity()[target.RowCount - 1] = 1;
            }
        }
    }

    private static Span<byte> BytesOf(ColumnVector vector, int level) =>
        vector.Type.ElementBytes switch
        {
            1 => vector.Writable<byte>(level),
            2 => MemoryMarshal.AsBytes(vector.Writable<short>(level)),
            4 => MemoryMarshal.AsBytes(vector.Writable<int>(level)),
            8 => MemoryMarshal.AsBytes(vector.Writable<long>(level)),
            _ => MemoryMarshal.AsBytes(vector.Writable<Interval>(level)),
        };

    private static int EncodeLevel(PhysicalType type, ReadOnlySpan<byte> values, Span<byte> room) =>
        type switch
        {
            PhysicalType.Byte => VectorEncoder.Encode(values, room),
            PhysicalType.Int16 => VectorEncoder.Encode(MemoryMarshal.Cast<byte, short>(values), room),
            PhysicalType.Int32 => VectorEncoder.Encode(MemoryMarshal.Cast<byte, int>(values), room),
            PhysicalType.Int64 => VectorEncoder.Encode(MemoryMarshal.Cast<byte, long>(values), room),
            PhysicalType.Float => VectorEncoder.Encode(MemoryMarshal.Cast<byte, float>(values), room),
            PhysicalType.Double => VectorEncoder.Encode(MemoryMarshal.Cast<byte, double>(values), room),
            PhysicalType.Interval => VectorEncoder.Encode(MemoryMarshal.Cast<byte, Interval>(values), room),
            PhysicalType.Utf8 => Throw.Error<int>(ErrorCode.Internal, "Strings have no levels"),
        };

    private static int DecodeLevel(int width, ReadOnlySpan<byte> encoded, int count, Span<byte> values) =>
        width switch
        {
            1 => VectorDecoder.Decode(encoded, count, values),
            2 => VectorDecoder.Decode(encoded, count, MemoryMarshal.Cast<byte, short>(values)),
            4 => VectorDecoder.Decode(encoded, count, MemoryMarshal.Cast<byte, int>(values)),
            8 => VectorDecoder.Decode(encoded, count, MemoryMarshal.Cast<byte, long>(values)),
            _ => VectorDecoder.Decode(encoded, count, MemoryMarshal.Cast<byte, Interval>(values)),
        };

    private int EncodeTexts(KeyedPage page, in KeyedColumn column, int at)
    {
        var count = page.UsedCount;
        offsets = offsets.Length > count ? offsets : new int[KeyedLayout.PageRows + 1];
        var used = 0;
        for (var place = 0; place < count; place++)
        {
            var text = page.Utf8(column, place);
            Grow(ref texts, used + text.Length);
            text.CopyTo(texts.AsSpan(used));
            offsets[place] = used;
            used += text.Length;
        }

        offsets[count] = used;
        var room = Reserve(at, VectorEncoder.MaxEncodedStringBytes(count, used));
        return VectorEncoder.EncodeStrings(offsets.AsSpan(0, count + 1), texts.AsSpan(0, used), room);
    }

    private int DecodeTexts(ReadOnlySpan<byte> encoded, int count)
    {
        offsets = offsets.Length > count ? offsets : new int[KeyedLayout.PageRows + 1];
        Grow(ref texts, VectorDecoder.DecodedStringBytes(encoded, count));
        return VectorDecoder.DecodeStrings(encoded, count, offsets, texts);
    }

    private Span<byte> Reserve(int at, int sizeBytes)
    {
        Grow(ref bytes, at + sizeBytes);
        return bytes.AsSpan(at);
    }

    private static void Grow(ref byte[] array, int wantedBytes)
    {
        if (array.Length < wantedBytes)
        {
            Array.Resize(ref array, Math.Max(wantedBytes, array.Length * 2));
        }
    }
}
