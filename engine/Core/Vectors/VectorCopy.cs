using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TickStore.Core;

/// <summary>Copies of rows between vectors of one type: ranges and gathers, by width and not by type.</summary>
public static class VectorCopy
{
    /// <summary>Appends rows of <paramref name="source"/> to the owning vector <paramref name="target"/>.</summary>
    public static void AppendRange(ColumnVector source, int startRow, int rowCount, ColumnVector target)
    {
        if (rowCount == 0)
        {
            return;
        }

        var at = target.RowCount;
        if (source.Type.Kind == TypeKind.Varchar)
        {
            target.AppendText(source.Offsets.Slice(startRow, rowCount + 1), source.TextBytes);
        }
        else
        {
            target.EnsureCapacity(at + rowCount);
            var width = source.Type.ElementBytes;
            for (var level = 0; level < source.Type.LevelCount; level++)
            {
                source
                    .LevelBytes(level)
                    .Slice(startRow * width, rowCount * width)
                    .CopyTo(target.Writable<byte>(level)[(at * width)..]);
            }

            target.SetRowCount(at + rowCount);
        }

        if (source.MayHaveNulls)
        {
            source.Validity.Slice(startRow, rowCount).CopyTo(target.WritableValidity()[at..]);
        }
        else if (target.MayHaveNulls)
        {
            target.WritableValidity().Slice(at, rowCount).Fill(1);
        }
    }

    /// <summary>
    /// Appends the rows of <paramref name="source"/> at <paramref name="rows"/>, in that order; a negative index
    /// appends a NULL (the missing side of an outer join).
    /// </summary>
    public static void AppendGather(ColumnVector source, ReadOnlySpan<int> rows, ColumnVector target)
    {
        if (rows.IsEmpty)
        {
            return;
        }

        var at = target.RowCount;
        if (source.Type.Kind == TypeKind.Varchar)
        {
            GatherText(source, rows, target);
        }
        else
        {
            target.EnsureCapacity(at + rows.Length);
            for (var level = 0; level < source.Type.LevelCount; level++)
            {
                switch (source.Type.ElementBytes)
                {
                    case 1:
                        Gather(source.Level<byte>(level), rows, target.Writable<byte>(level)[at..]);
                        break;
                    case 2:
                        Gather(source.Level<short>(level), rows, target.Writable<short>(level)[at..]);
                        break;
                    case 4:
                        Gather(Cast<int>(source.LevelBytes(level)), rows, target.Writable<int>(level)[at..]);
                        break;
                    case 8:
                        Gather(Cast<long>(source.LevelBytes(level)), rows, target.Writable<long>(level)[at..]);
                        break;
                    default:
                        Gather(source.Level<Interval>(level), rows, target.Writable<Interval>(level)[at..]);
                        break;
                }
            }

            target.SetRowCount(at + rows.Length);
        }

        GatherValidity(source, rows, target, at);
    }

    private static ReadOnlySpan<T> Cast<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);

    private static void Gather<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> rows, Span<T> target)
        where T : unmanaged
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            target[i] = (uint)row < (uint)source.Length ? source[row] : default;
        }
    }

    private static void GatherText(ColumnVector source, ReadOnlySpan<int> rows, ColumnVector target)
    {
        foreach (var row in rows)
        {
            target.AppendUtf8(row < 0 ? default : source.Utf8(row));
        }
    }

    private static void GatherValidity(ColumnVector source, ReadOnlySpan<int> rows, ColumnVector target, int at)
    {
        var from = source.Validity;
        var missing = MemoryExtensions.IndexOfAnyInRange(rows, int.MinValue, -1) >= 0;
        if (from.IsEmpty && !missing && !target.MayHaveNulls)
        {
            return;
        }

        var to = target.WritableValidity()[at..];
        for (var i = 0; i < rows.Length; i++)
        {
            to[i] =
                rows[i] < 0 ? (byte)0
                : from.IsEmpty ? (byte)1
                : from[rows[i]];
        }
    }
}
