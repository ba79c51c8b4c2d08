using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Storage.Head;

/// <summary>
/// One column of a chunk. The memory of rows that were published never moves: a text block that is too small is copied
/// into a larger one, and the old one lives as long as the chunk, for readers that hold it.
/// </summary>
internal sealed class HeadColumn
{
    private const int FirstTextBytes = 4096;

    private readonly DataType type;
    private readonly int capacityRows;
    private readonly BlockPool pool;
    private readonly MemoryLease data;
    private readonly List<MemoryLease> outgrownText = [];
    private volatile MemoryLease? validity;
    private volatile MemoryLease? text;
    private int textBytes;

    public HeadColumn(DataType type, int capacityRows, BlockPool pool)
    {
        (this.type, this.capacityRows, this.pool) = (type, capacityRows, pool);
        data = pool.Rent(BytesFor(type, capacityRows));
        MemoryBytes = data.LengthBytes;
        if (type.Kind == TypeKind.Varchar)
        {
            data.As<int>()[0] = 0;
        }
    }

    /// <summary>Bytes held, with blocks that were outgrown.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>Bytes of text of all rows.</summary>
    public int TextBytes => textBytes;

    public static int BytesFor(DataType type, int capacityRows) =>
        (capacityRows + (type.Kind == TypeKind.Varchar ? 1 : 0)) * type.ElementBytes * type.LevelCount;

    /// <summary>Makes sure that an append of these rows needs no memory. All that may fail of an append, fails
    /// here.</summary>
    public void Prepare(ColumnVector source, int startRow, int rowCount)
    {
        if (validity is null && source.MayHaveNulls)
        {
            // Rows published so far have no NULL, so a reader may see the new map or none.
            var lease = pool.Rent(capacityRows);
            lease.Span[..capacityRows].Fill(1);
            validity = lease;
        }

        if (type.Kind == TypeKind.Varchar && rowCount > 0)
        {
            var offsets = source.Offsets;
            EnsureText(offsets[startRow + rowCount] - offsets[startRow]);
        }

        MemoryBytes = data.LengthBytes + (validity?.LengthBytes ?? 0) + (text?.LengthBytes ?? 0);
        foreach (var old in outgrownText)
        {
            MemoryBytes += old.LengthBytes;
        }
    }

    /// <summary>Copies rows behind the first <paramref name="at"/>, after <see cref="Prepare"/> for them.</summary>
    public void Append(ColumnVector source, int startRow, int rowCount, int at)
    {
        if (type.Kind == TypeKind.Varchar)
        {
            AppendText(source, startRow, rowCount, at);
        }
        else
        {
            var width = type.ElementBytes;
            for (var level = 0; level < type.LevelCount; level++)
            {
                source
                    .LevelBytes(level)
                    .Slice(startRow * width, rowCount * width)
                    .CopyTo(data.Span[(((level * capacityRows) + at) * width)..]);
            }
        }

        if (source.MayHaveNulls)
        {
            source.Validity.Slice(startRow, rowCount).CopyTo(validity!.Span[at..]);
        }
    }

    /// <summary>Room for the values of a scalar column, for those that the sequencer makes.</summary>
    public Span<T> Values<T>()
        where T : unmanaged => data.As<T>()[..capacityRows];

    /// <summary>Shows rows that were published.</summary>
    public void Borrow(ColumnVector view, int startRow, int rowCount)
    {
        // The order matters: the row count was read before, so what is read now holds at least those rows.
        var nulls = validity;
        var nullsOffset = nulls is null ? 0 : nulls.Offset + startRow;
        var start = data.Offset + (startRow * type.ElementBytes);
        if (type.Kind != TypeKind.Varchar)
        {
            view.BorrowMemory(data.Array, start, capacityRows, rowCount, nulls?.Array, nullsOffset);
            return;
        }

        var block = text;
        var usedBytes = MemoryMarshal.Read<int>(data.Span[((startRow + rowCount) * sizeof(int))..]);
        view.BorrowText(
            data.Array,
            start,
            block?.Array ?? [],
            block?.Offset ?? 0,
            usedBytes,
            rowCount,
            nulls?.Array,
            nullsOffset
        );
    }

    /// <summary>Compares two rows of which this column holds one: bit by bit, NULL equal to NULL.</summary>
    public bool RowEquals(int row, ColumnVector other, int otherRow)
    {
        var isNull = validity is { } map && map.Span[row] == 0;
        if (isNull || other.IsNull(otherRow))
        {
            return isNull && other.IsNull(otherRow);
        }

        if (type.Kind == TypeKind.Varchar)
        {
            var offsets = data.As<int>();
            var bytes = text is null ? default : text.Span[offsets[row]..offsets[row + 1]];
            return bytes.SequenceEqual(other.Utf8(otherRow));
        }

        var width = type.ElementBytes;
        for (var level = 0; level < type.LevelCount; level++)
        {
            var mine = data.Span.Slice(((level * capacityRows) + row) * width, width);
            if (!mine.SequenceEqual(other.LevelBytes(level).Slice(otherRow * width, width)))
            {
                return false;
            }
        }

        return true;
    }

    public void Free()
    {
        data.Dispose();
        validity?.Dispose();
        text?.Dispose();
        foreach (var old in outgrownText)
        {
            old.Dispose();
        }
    }

    private void AppendText(ColumnVector source, int startRow, int rowCount, int at)
    {
        var offsets = source.Offsets.Slice(startRow, rowCount + 1);
        var bytes = source.TextBytes[offsets[0]..offsets[rowCount]];
        if (bytes.Length > 0)
        {
            bytes.CopyTo(text!.Span[textBytes..]);
        }

        var target = data.As<int>()[(at + 1)..];
        var shift = textBytes - offsets[0];
        for (var i = 0; i < rowCount; i++)
        {
            target[i] = offsets[i + 1] + shift;
        }

        textBytes += bytes.Length;
    }

    private void EnsureText(int moreBytes)
    {
        var old = text;
        var wantedBytes = (long)textBytes + moreBytes;
        if (wantedBytes <= (old?.LengthBytes ?? 0))
        {
            return;
        }

        var grown = pool.Rent((int)Math.Min(1 << 30, Math.Max(Math.Max(wantedBytes, FirstTextBytes), 2L * textBytes)));
        if (old is not null)
        {
            old.Span[..textBytes].CopyTo(grown.Span);
            outgrownText.Add(old);
        }

        text = grown;
    }
}
