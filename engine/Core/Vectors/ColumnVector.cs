using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TickStore.Core;

/// <summary>
/// Values of one column for some rows. Fixed-width values lie back to back; an array column of depth d lies level by
/// level (all rows of level 0, then all rows of level 1 ...), so that <c>bid[1]</c> is a plain vector. VARCHAR is row
/// count + 1 offsets and the UTF-8 bytes they point into. Nulls are a byte a row, 1 for a value and 0 for NULL; no
/// bytes at all mean that nothing is NULL. What the value bytes of a NULL hold is undefined.
/// </summary>
/// <remarks>
/// A vector either owns its memory (<see cref="Allocate"/>: writable, disposed of by its owner) or borrows somebody
/// else's (<see cref="Borrow"/>, <see cref="BorrowMemory"/>: read-only, valid as long as the owner keeps it). Not
/// thread-safe for writing.
/// </remarks>
public sealed class ColumnVector : IDisposable
{
    private readonly BlockPool? pool;
    private MemoryLease? dataLease;
    private MemoryLease? validityLease;
    private MemoryLease? textLease;
    private byte[] data = [];
    private int dataOffset;
    private byte[]? validity;
    private int validityOffset;
    private byte[] text = [];
    private int textOffset;
    private int textLengthBytes;

    private ColumnVector(DataType type, BlockPool? pool)
    {
        Type = type;
        this.pool = pool;
    }

    /// <summary>The type of the column.</summary>
    public DataType Type { get; }

    /// <summary>Rows that hold values.</summary>
    public int RowCount { get; private set; }

    /// <summary>Rows between the starts of two levels of an array; the capacity of an owning vector.</summary>
    public int StrideRows { get; private set; }

    /// <summary>Rows that an owning vector has room for; 0 for one that borrows.</summary>
    public int CapacityRows => pool is null ? 0 : StrideRows;

    /// <summary>False where no row is NULL for certain.</summary>
    public bool MayHaveNulls => validity is not null;

    /// <summary>A byte a row, 1 for a value and 0 for NULL; empty where nothing is NULL.</summary>
    public ReadOnlySpan<byte> Validity => validity is null ? default : new(validity, validityOffset, RowCount);

    /// <summary>VARCHAR only: row count + 1 offsets into <see cref="TextBytes"/>; the first need not be 0.</summary>
    public ReadOnlySpan<int> Offsets => RowCount == 0 && data.Length == 0 ? [0] : Read<int>(0, RowCount + 1);

    /// <summary>VARCHAR only: the bytes that <see cref="Offsets"/> point into.</summary>
    public ReadOnlySpan<byte> TextBytes => new(text, textOffset, textLengthBytes);

    /// <summary>Makes a writable vector with room for <paramref name="capacityRows"/>, and no rows yet.</summary>
    public static ColumnVector Allocate(DataType type, int capacityRows, BlockPool pool)
    {
        var vector = new ColumnVector(type, pool);
        vector.EnsureCapacity(Math.Max(capacityRows, 1));
        return vector;
    }

    /// <summary>Makes a vector that will borrow its memory; it has no rows until then.</summary>
    public static ColumnVector CreateView(DataType type) => new(type, null);

    /// <summary>The values of a scalar column, one a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged => Read<T>(0, RowCount);

    /// <summary>The values of one level of an array (0 is the first), one a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Level<T>(int level)
        where T : unmanaged => Read<T>(level * StrideRows, RowCount);

    /// <summary>Room for the values of one level, as long as the capacity. Owning vectors only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Writable<T>(int level = 0)
        where T : unmanaged
    {
        Debug.Assert(pool is not null, "A vector that borrows its memory is read-only.");
        var bytes = new Span<byte>(
            data,
            dataOffset + (level * StrideRows * Type.ElementBytes),
            StrideRows * Type.ElementBytes
        );
        return MemoryMarshal.Cast<byte, T>(bytes);
    }

    /// <summary>The bytes of one level, for code that works on widths rather than types.</summary>
    public ReadOnlySpan<byte> LevelBytes(int level) =>
        new(data, dataOffset + (level * StrideRows * Type.ElementBytes), RowCount * Type.ElementBytes);

    /// <summary>A byte a row of the capacity, all 1 at first; the caller writes 0 for NULL. Owning vectors only.</summary>
    public Span<byte> WritableValidity()
    {
        if (validity is null)
        {
            validityLease ??= pool!.Rent(StrideRows);
            validity = validityLease.Array;
            validityOffset = validityLease.Offset;
            new Span<byte>(validity, validityOffset, StrideRows).Fill(1);
        }

        return new(validity, validityOffset, StrideRows);
    }

    /// <summary>Declares that no row is NULL.</summary>
    public void ClearValidity() => validity = null;

    /// <summary>True where the row is NULL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int row) => validity is not null && validity[validityOffset + row] == 0;

    /// <summary>The bytes of one VARCHAR value; empty for NULL as for an empty string.</summary>
    public ReadOnlySpan<byte> Utf8(int row)
    {
        var offsets = Offsets;
        return new(text, textOffset + offsets[row], offsets[row + 1] - offsets[row]);
    }

    /// <summary>Declares how many rows were written. For VARCHAR only 0 is allowed: its rows are appended.</summary>
    public void SetRowCount(int rowCount)
    {
        Debug.Assert(
            rowCount <= StrideRows && (Type.Kind != TypeKind.Varchar || rowCount == 0),
            "Rows beyond the capacity."
        );
        RowCount = rowCount;
        if (rowCount == 0)
        {
            validity = null;
            textLengthBytes = 0;
        }
    }

    /// <summary>Appends one VARCHAR value, growing as needed. Owning vectors only.</summary>
    public void AppendUtf8(ReadOnlySpan<byte> value)
    {
        EnsureCapacity(RowCount + 1);
        EnsureText(value.Length);
        value.CopyTo(new Span<byte>(text, textOffset + textLengthBytes, value.Length));
        var offsets = MemoryMarshal.Cast<byte, int>(new Span<byte>(data, dataOffset, (StrideRows + 1) * sizeof(int)));
        if (RowCount == 0)
        {
            offsets[0] = 0;
        }

        textLengthBytes += value.Length;
        RowCount++;
        offsets[RowCount] = textLengthBytes;
    }

    /// <summary>Appends a NULL of any type, growing as needed. Owning vectors only.</summary>
    public void AppendNull()
    {
        if (Type.Kind == TypeKind.Varchar)
        {
            AppendUtf8(default);
        }
        else
        {
            EnsureCapacity(RowCount + 1);
            for (var level = 0; level < Type.LevelCount; level++)
            {
                new Span<byte>(
                    data,
                    dataOffset + (((level * StrideRows) + RowCount) * Type.ElementBytes),
                    Type.ElementBytes
                ).Clear();
            }

            RowCount++;
        }

        WritableValidity()[RowCount - 1] = 0;
    }

    /// <summary>
    /// Makes room for <paramref name="capacityRows"/> rows in all, and keeps what is there. Spans taken before are
    /// stale afterwards. Amortised O(1) a row, for the capacity at least doubles.
    /// </summary>
    public void EnsureCapacity(int capacityRows)
    {
        if (capacityRows <= StrideRows && data.Length > 0)
        {
            return;
        }

        Debug.Assert(pool is not null, "A vector that borrows its memory cannot grow.");
        var rows = Math.Max(capacityRows, (int)Math.Min(2L * StrideRows, int.MaxValue / 2));
        var isText = Type.Kind == TypeKind.Varchar;
        var wantedBytes = (long)(rows + (isText ? 1 : 0)) * Type.ElementBytes * Type.LevelCount;
        var grown = pool.Rent((int)Math.Min(wantedBytes, int.MaxValue));
        var oldRows = RowCount + (isText ? 1 : 0);
        for (var level = 0; level < Type.LevelCount && RowCount > 0; level++)
        {
            var from = new ReadOnlySpan<byte>(
                data,
                dataOffset + (level * StrideRows * Type.ElementBytes),
                oldRows * Type.ElementBytes
            );
            from.CopyTo(grown.Span[(level * rows * Type.ElementBytes)..]);
        }

        dataLease?.Dispose();
        dataLease = grown;
        data = grown.Array;
        dataOffset = grown.Offset;
        if (validityLease is not null)
        {
            var grownValidity = pool.Rent(rows);
            grownValidity.Span[..rows].Fill(1);
            if (validity is not null)
            {
                Validity.CopyTo(grownValidity.Span);
                validity = grownValidity.Array;
                validityOffset = grownValidity.Offset;
            }

            validityLease.Dispose();
            validityLease = grownValidity;
        }

        StrideRows = rows;
    }

    /// <summary>Makes room for <paramref name="moreBytes"/> more bytes of text. Owning VARCHAR vectors only.</summary>
    public void EnsureText(int moreBytes)
    {
        var wantedBytes = (long)textLengthBytes + moreBytes;
        if (textLease is not null && wantedBytes <= textLease.LengthBytes)
        {
            return;
        }

        var grown = pool!.Rent((int)Math.Min(int.MaxValue, Math.Max(wantedBytes, 16L * StrideRows)));
        TextBytes.CopyTo(grown.Span);
        textLease?.Dispose();
        textLease = grown;
        text = grown.Array;
        textOffset = grown.Offset;
    }

    /// <summary>
    /// Appends VARCHAR values whose bytes lie in one piece: one copy of bytes and one pass over the offsets.
    /// </summary>
    /// <param name="offsets">Value count + 1 ascending offsets into <paramref name="bytes"/>.</param>
    /// <param name="bytes">The text that the offsets point into.</param>
    public void AppendText(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> bytes)
    {
        var count = offsets.Length - 1;
        var used = bytes[offsets[0]..offsets[count]];
        EnsureCapacity(RowCount + count);
        EnsureText(used.Length);
        used.CopyTo(new Span<byte>(text, textOffset + textLengthBytes, used.Length));
        var target = MemoryMarshal.Cast<byte, int>(new Span<byte>(data, dataOffset, (StrideRows + 1) * sizeof(int)));
        if (RowCount == 0)
        {
            target[0] = 0;
        }

        var shift = textLengthBytes - offsets[0];
        for (var i = 1; i <= count; i++)
        {
            target[RowCount + i] = offsets[i] + shift;
        }

        textLengthBytes += used.Length;
        RowCount += count;
    }

    /// <summary>Shows rows of another vector of the same type (or one level of its array) without a copy.</summary>
    /// <param name="source">Whose memory is shown; it must outlive the use of this view.</param>
    /// <param name="startRow">First row shown.</param>
    /// <param name="rowCount">Rows shown.</param>
    /// <param name="level">For a scalar view of an array: the level.</param>
    public void Borrow(ColumnVector source, int startRow, int rowCount, int level = 0)
    {
        Debug.Assert(pool is null, "An owning vector cannot borrow.");
        Debug.Assert(startRow >= 0 && startRow + rowCount <= source.RowCount, "Rows outside the source.");
        // Storing a reference costs more than seeing that it is there already, as it is where a vector is shown batch after batch.
        if (data != source.data)
        {
            data = source.data;
        }

        dataOffset = source.dataOffset + ((startRow + (level * source.StrideRows)) * source.Type.ElementBytes);
        StrideRows = source.StrideRows;
        RowCount = rowCount;
        if (validity != source.validity)
        {
            validity = source.validity;
        }

        validityOffset = source.validityOffset + startRow;
        if (text != source.text)
        {
            text = source.text;
        }

        textOffset = source.textOffset;
        textLengthBytes = source.textLengthBytes;
    }

    /// <summary>
    /// Shows fixed-width values that lie in <paramref name="values"/> from <paramref name="offsetBytes"/> on.
    /// </summary>
    /// <param name="values">Holds the values; must outlive the use of this view.</param>
    /// <param name="offsetBytes">Where row 0 of level 0 begins.</param>
    /// <param name="strideRows">Rows from one level to the next (at least the row count).</param>
    /// <param name="rowCount">Rows shown.</param>
    /// <param name="validityBytes">A byte a row (1 value, 0 NULL), or null where nothing is NULL.</param>
    /// <param name="validityOffsetBytes">Where the validity of row 0 lies.</param>
    public void BorrowMemory(
        byte[] values,
        int offsetBytes,
        int strideRows,
        int rowCount,
        byte[]? validityBytes = null,
        int validityOffsetBytes = 0
    )
    {
        Debug.Assert(pool is null, "An owning vector cannot borrow.");
        data = values;
        dataOffset = offsetBytes;
        StrideRows = strideRows;
        RowCount = rowCount;
        validity = validityBytes;
        validityOffset = validityOffsetBytes;
    }

    /// <summary>Shows VARCHAR values: row count + 1 offsets, and the bytes they point into.</summary>
    public void BorrowText(
        byte[] offsets,
        int offsetsOffsetBytes,
        byte[] bytes,
        int bytesOffset,
        int bytesLength,
        int rowCount,
        byte[]? validityBytes = null,
        int validityOffsetBytes = 0
    )
    {
        BorrowMemory(offsets, offsetsOffsetBytes, rowCount, rowCount, validityBytes, validityOffsetBytes);
        text = bytes;
        textOffset = bytesOffset;
        textLengthBytes = bytesLength;
    }

    /// <summary>Returns owned memory. A view has none, and forgets what it showed.</summary>
    public void Dispose()
    {
        dataLease?.Dispose();
        validityLease?.Dispose();
        textLease?.Dispose();
        dataLease = validityLease = textLease = null;
        data = text = [];
        validity = null;
        RowCount = StrideRows = textLengthBytes = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<T> Read<T>(int startValue, int count)
        where T : unmanaged
    {
        Debug.Assert(Unsafe.SizeOf<T>() == Type.ElementBytes, "The element type does not fit the column's.");
        var bytes = new ReadOnlySpan<byte>(
            data,
            dataOffset + (startValue * Unsafe.SizeOf<T>()),
            count * Unsafe.SizeOf<T>()
        );
        return MemoryMarshal.Cast<byte, T>(bytes);
    }
}
