using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// How changes are applied: row by row the places of the keys are found, taken and freed; then the values are copied column by column
/// for a stretch of rows. A stretch ends where a place comes a second time and what lies there is looked at (for old rows, and for the
/// keys of hashes), so that each row sees what the one before it left.
/// </summary>
public sealed partial class KeyedRows
{
    private void ApplyRows(in DeltaBatch delta, Batch? oldRows)
    {
        var rowCount = delta.RowCount;
        var start = 0;
        var row = 0;
        nullColumns = 0;
        var mayLookBack = oldRows is not null || index.IsHashed;
        seen.Restart(rowCount);
        try
        {
            // Without deletes the only keys that what was found does not know are those of earlier rows of the batch.
            var hasDeletes = delta.Ops.Contains(DeltaOp.Delete);
            for (; row < rowCount; row++)
            {
                var number = numbers[row];
                if (number < 0 || hasDeletes)
                {
                    number = index.Find(row);
                }

                if (number >= 0 && mayLookBack && !seen.TryAdd(number))
                {
                    CopyRows(delta, start, row, oldRows);
                    start = row;
                    seen.Restart(rowCount);
                    seen.TryAdd(number);
                }

                had[row] = number >= 0 ? (byte)1 : (byte)0;
                if (delta.IsDelete(row))
                {
                    // What the row was is copied at the end of the stretch: its place is named as one that is read but not written.
                    numbers[row] = number < 0 ? int.MinValue : ~number;
                    if (number >= 0)
                    {
                        TakeOut(delta.Rows, row, number);
                    }

                    continue;
                }

                numbers[row] = PutIn(delta.Rows, row, number);
                if (number < 0 && mayLookBack)
                {
                    seen.TryAdd(numbers[row]);
                }
            }
        }
        finally
        {
            CopyRows(delta, start, row, oldRows);
        }

        FreeEmptyPages(delta);
    }

    // Everything that may fail comes first; then the key is added and the place taken.
    private int PutIn(Batch rows, int row, int number)
    {
        var isNew = number < 0;
        if (isNew)
        {
            number = FindPlace();
        }

        var page = Touch(number >> KeyedLayout.PageShift);
        var place = number & (KeyedLayout.PageRows - 1);
        if (!isNew && index.IsHashed)
        {
            CheckKey(rows, row, page, place);
        }

        if (layout.HasText)
        {
            ReserveTexts(rows, row, page);
        }

        if (isNew)
        {
            index.Add(row, number);
            page.MarkLive(place);
            if (page.LiveCount == KeyedLayout.PageRows)
            {
                page.IsOpen = false;
                openPages.RemoveAt(openPages.Count - 1);
            }
        }

        return number;
    }

    private void TakeOut(Batch rows, int row, int number)
    {
        var pageNumber = number >> KeyedLayout.PageShift;
        var page = Touch(pageNumber);
        var place = number & (KeyedLayout.PageRows - 1);
        if (index.IsHashed)
        {
            CheckKey(rows, row, page, place);
        }

        index.Remove(row);
        page.MarkFree(place);
        if (!page.IsOpen)
        {
            page.IsOpen = true;
            openPages.Add(pageNumber);
        }
    }

    // The page that was opened last has a free place; it stays the last one until it is full.
    private int FindPlace()
    {
        if (openPages.Count == 0)
        {
            var page = KeyedPage.Create(layout, pool);
            var number = pages.Count;
            if (freePageNumbers.Count > 0)
            {
                number = freePageNumbers[^1];
                freePageNumbers.RemoveAt(freePageNumbers.Count - 1);
                pages[number] = page;
            }
            else if (number >= int.MaxValue >> KeyedLayout.PageShift)
            {
                page.Release();
                Throw.Error(ErrorCode.MemoryBudget, $"{Name} has more rows than one set of rows can hold");
            }
            else
            {
                pages.Add(page);
            }

            page.IsOpen = true;
            openPages.Add(number);
            hotCount++;
        }

        var open = openPages[^1];
        return (open << KeyedLayout.PageShift) + pages[open]!.FindFree();
    }

    // A page that may be changed: in memory as it is, and nobody else's.
    private KeyedPage Touch(int pageNumber)
    {
        var page = pages[pageNumber]!;
        if (page.Data is null || page.IsShared)
        {
            var copy = page.Copy(codec);
            hotCount += page.Data is null ? 1 : 0;
            page.Release();
            pages[pageNumber] = page = copy;
        }

        page.Age = 0;
        nullColumns |= page.NullColumns;
        return page;
    }

    private void ReserveTexts(Batch rows, int row, KeyedPage page)
    {
        var lengthBytes = 0;
        for (var i = 0; i < layout.Columns.Length; i++)
        {
            if (layout.Columns[i].IsText)
            {
                lengthBytes += rows[i].Utf8(row).Length;
            }
        }

        page.ReserveText(lengthBytes);
    }

    private void CheckKey(Batch rows, int row, KeyedPage page, int place)
    {
        foreach (var key in KeyColumns)
        {
            ref readonly var column = ref layout.Columns[key];
            var isNull = column.ValidityOffsetBytes >= 0 && page.ValidityAt(column, place) == 0;
            if (isNull != rows[key].IsNull(row) || !(isNull || HasKeyValue(rows[key], row, page, column, place)))
            {
                Throw.Error(ErrorCode.Internal, $"Two keys of {Name} have one hash of 128 bits");
            }
        }
    }

    private static bool HasKeyValue(ColumnVector source, int row, KeyedPage page, in KeyedColumn column, int place) =>
        column.Type.Physical switch
        {
            PhysicalType.Utf8 => page.Utf8(column, place).SequenceEqual(source.Utf8(row)),
            PhysicalType.Interval => Unsafe
                .ReadUnaligned<Interval>(ref page.At(column, place))
                .CompareTo(source.Values<Interval>()[row]) == 0,
            PhysicalType.Float => SortCodes.OfDouble(Unsafe.ReadUnaligned<float>(ref page.At(column, place)))
                == SortCodes.OfDouble(source.Values<float>()[row]),
            PhysicalType.Double => SortCodes.OfDouble(Unsafe.ReadUnaligned<double>(ref page.At(column, place)))
                == SortCodes.OfDouble(source.Values<double>()[row]),
            _ => MemoryMarshal
                .CreateReadOnlySpan(ref page.At(column, place), column.Width)
                .SequenceEqual(source.LevelBytes(0).Slice(row * column.Width, column.Width)),
        };

    private void CopyRows(in DeltaBatch delta, int start, int end, Batch? oldRows)
    {
        try
        {
            if (oldRows is not null && had.AsSpan(0, end).Contains((byte)1))
            {
                CopyOld(end, oldRows);
            }
        }
        finally
        {
            for (var i = 0; i < layout.Columns.Length; i++)
            {
                WriteColumn(delta.Rows[i], i, start, end);
            }
        }
    }

    // Stretches with new keys only were passed over: their rows are filled with NULL when the first old row comes.
    private void CopyOld(int end, Batch oldRows)
    {
        var start = oldRows.RowCount;
        var hadAll = !had.AsSpan(0, end).Contains((byte)0);
        for (var i = 0; i < layout.Columns.Length; i++)
        {
            ref readonly var column = ref layout.Columns[i];
            var target = oldRows[i];
            if (column.IsText)
            {
                ReadTexts(target, column, start, end);
                continue;
            }

            for (var level = 0; level < column.LevelCount; level++)
            {
                switch (column.Width)
                {
                    case 1:
                        Read(target.Writable<byte>(level), column, level, start, end);
                        break;
                    case 2:
                        Read(target.Writable<short>(level), column, level, start, end);
                        break;
                    case 4:
                        Read(target.Writable<int>(level), column, level, start, end);
                        break;
                    case 8:
                        Read(target.Writable<long>(level), column, level, start, end);
                        break;
                    default:
                        Read(target.Writable<Interval>(level), column, level, start, end);
                        break;
                }
            }

            target.SetRowCount(end);
            if (!hadAll || (nullColumns >> i & 1) != 0)
            {
                ReadValidity(target, column, start, end);
            }
        }

        oldRows.SetRowCount(end);
    }

    private void Read<T>(Span<T> target, in KeyedColumn column, int level, int start, int end)
        where T : unmanaged
    {
        var all = CollectionsMarshal.AsSpan(pages);
        var found = numbers.AsSpan(0, end);
        target = target[..end];
        var offset = column.OffsetBytes + (level * KeyedLayout.PageRows * Unsafe.SizeOf<T>());
        for (var row = start; row < found.Length; row++)
        {
            if (had[row] == 0)
            {
                target[row] = default;
                continue;
            }

            var number = found[row] ^ (found[row] >> 31);
            var page = all[number >> KeyedLayout.PageShift]!;
            var place = (number & (KeyedLayout.PageRows - 1)) * Unsafe.SizeOf<T>();
            ref var block = ref MemoryMarshal.GetArrayDataReference(page.Data!);
            target[row] = Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref block, page.DataOffset + offset + place));
        }
    }

    private void ReadValidity(ColumnVector target, in KeyedColumn column, int start, int end)
    {
        for (var row = start; row < end; row++)
        {
            var isNull = had[row] == 0;
            if (!isNull && column.ValidityOffsetBytes >= 0)
            {
                var number = numbers[row] < 0 ? ~numbers[row] : numbers[row];
                var page = pages[number >> KeyedLayout.PageShift]!;
                isNull = page.ValidityAt(column, number & (KeyedLayout.PageRows - 1)) == 0;
            }

            if (isNull)
            {
                target.WritableValidity()[row] = 0;
            }
            else if (target.MayHaveNulls)
            {
                target.WritableValidity()[row] = 1;
            }
        }
    }

    private void ReadTexts(ColumnVector target, in KeyedColumn column, int start, int end)
    {
        Span<int> one = stackalloc int[1];
        for (var row = start; row < end; row++)
        {
            if (had[row] == 0)
            {
                target.AppendNull();
                continue;
            }

            var number = numbers[row] < 0 ? ~numbers[row] : numbers[row];
            one[0] = number & (KeyedLayout.PageRows - 1);
            KeyedPageCodec.AppendTexts(pages[number >> KeyedLayout.PageShift]!, column, one, target);
        }
    }

    private void WriteColumn(ColumnVector source, int index, int start, int end)
    {
        ref readonly var column = ref layout.Columns[index];
        if (column.IsText)
        {
            for (var row = start; row < end; row++)
            {
                if (numbers[row] is >= 0 and var number)
                {
                    var page = pages[number >> KeyedLayout.PageShift]!;
                    page.WriteText(column, number & (KeyedLayout.PageRows - 1), source.Utf8(row));
                }
            }
        }

        for (var level = 0; level < column.LevelCount && !column.IsText; level++)
        {
            var bytes = source.LevelBytes(level);
            switch (column.Width)
            {
                case 1:
                    Write(bytes, column, level, start, end);
                    break;
                case 2:
                    Write(MemoryMarshal.Cast<byte, short>(bytes), column, level, start, end);
                    break;
                case 4:
                    Write(MemoryMarshal.Cast<byte, int>(bytes), column, level, start, end);
                    break;
                case 8:
                    Write(MemoryMarshal.Cast<byte, long>(bytes), column, level, start, end);
                    break;
                default:
                    Write(MemoryMarshal.Cast<byte, Interval>(bytes), column, level, start, end);
                    break;
            }
        }

        // Where neither the rows nor the pages have a NULL in the column, validity is right as it is.
        if (column.ValidityOffsetBytes >= 0 && (source.MayHaveNulls || (nullColumns >> index & 1) != 0))
        {
            WriteValidity(source, index, start, end);
        }
    }

    // Places come from the table of keys, so they lie inside their pages: the block's own bounds need no check for every value.
    private void Write<T>(ReadOnlySpan<T> source, in KeyedColumn column, int level, int start, int end)
        where T : unmanaged
    {
        var all = CollectionsMarshal.AsSpan(pages);
        var found = numbers.AsSpan(0, end);
        source = source[..end];
        var offset = column.OffsetBytes + (level * KeyedLayout.PageRows * Unsafe.SizeOf<T>());
        for (var row = start; row < found.Length; row++)
        {
            var number = found[row];
            if (number >= 0)
            {
                var page = all[number >> KeyedLayout.PageShift]!;
                var place = (number & (KeyedLayout.PageRows - 1)) * Unsafe.SizeOf<T>();
                ref var block = ref MemoryMarshal.GetArrayDataReference(page.Data!);
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref block, page.DataOffset + offset + place), source[row]);
            }
        }
    }

    private void WriteValidity(ColumnVector source, int index, int start, int end)
    {
        ref readonly var column = ref layout.Columns[index];
        for (var row = start; row < end; row++)
        {
            if (numbers[row] is >= 0 and var number)
            {
                var page = pages[number >> KeyedLayout.PageShift]!;
                var isNull = source.IsNull(row);
                page.ValidityAt(column, number & (KeyedLayout.PageRows - 1)) = isNull ? (byte)0 : (byte)1;
                page.NullColumns |= isNull ? 1UL << index : 0;
            }
        }
    }
}
