using TickStore.Core;

namespace TickStore.Storage.Scans;

/// <summary>
/// Cuts rows that overlap in their key (event time, or <c>_seq</c>) into windows of the key, each small enough to be
/// sorted in memory and large enough that a vector falls into few of them, for each time it is decoded anew. What the
/// window of a vector's rows is comes from zone maps: its rows are taken to lie evenly between its bounds.
/// </summary>
/// <remarks>There are some entries a vector, which would be garbage after each scan: their arrays are rented.</remarks>
internal sealed class WindowPlan : IDisposable
{
    private const int PointsPerSlice = 4;
    private const int WindowRowsMin = 1 << 16;
    private const long WindowBytesMax = 64L << 20;

    /// <summary>Decoding is so much quicker than reading rows at random from a large window that it pays to repeat
    /// it.</summary>
    private const double DecodedTwiceMax = 3;

    private readonly RentedList<KeyedSlice> slices = new();
    private readonly bool byTime;
    private readonly long[] lastKeys;
    private readonly RentedList<KeyedSlice> active = new();
    private int nextSlice;
    private int nextWindow;

    /// <summary>Plans windows over the rows of pieces.</summary>
    public WindowPlan(ScanPlan plan, IReadOnlyList<RowPiece> pieces, bool byTime)
    {
        this.byTime = byTime;
        CutSlices(pieces);
        slices.Items.Sort(static (a, b) => a.MinKey.CompareTo(b.MinKey));
        using var points = new RentedList<KeyPoint>();
        foreach (ref readonly var slice in slices.Items)
        {
            Spread(slice, points);
        }

        points.Items.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        var rowsMax = RowsMax(plan);
        lastKeys = [];
        for (var rows = Math.Min(WindowRowsMin, rowsMax); ; rows = Math.Min(rows * 2, rowsMax))
        {
            WindowRows = rows;
            lastKeys = Cut(points.Items, rows);
            if (rows == rowsMax || DecodedTwice(slices.Items, lastKeys) <= DecodedTwiceMax)
            {
                break;
            }
        }
    }

    /// <summary>Rows that a window has, about.</summary>
    public int WindowRows { get; }

    /// <summary>How many windows there are.</summary>
    public int WindowCount => lastKeys.Length;

    /// <summary>The slices that may have rows in the current window.</summary>
    public ReadOnlySpan<KeyedSlice> Active => active.Items;

    /// <summary>Goes to the next window; false after the last.</summary>
    public bool MoveNext(out KeyRange window)
    {
        window = default;
        if (nextWindow == lastKeys.Length)
        {
            return false;
        }

        var from = nextWindow == 0 ? long.MinValue : lastKeys[nextWindow - 1] + 1;
        var to = lastKeys[nextWindow++];
        window = byTime ? KeyRange.OfTime(from, to) : KeyRange.OfSequence(from, to);
        KeepActive(from);
        for (var all = slices.Items; nextSlice < all.Length && all[nextSlice].MinKey <= to; nextSlice++)
        {
            active.Add(all[nextSlice]);
        }

        return true;
    }

    /// <summary>Gives the arrays back.</summary>
    public void Dispose()
    {
        slices.Dispose();
        active.Dispose();
    }

    private void KeepActive(long fromKey)
    {
        var kept = 0;
        var all = active.Items;
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].MaxKey >= fromKey)
            {
                all[kept++] = all[i];
            }
        }

        active.Truncate(kept);
    }

    private void CutSlices(IReadOnlyList<RowPiece> pieces)
    {
        foreach (var piece in pieces)
        {
            for (var row = piece.From; row < piece.To; )
            {
                var slice = PieceReader.Cut(piece, row);
                row += slice.RowCount;
                var (min, max) = byTime
                    ? piece.Run.TimeBoundsOf(slice.Vector)
                    : piece.Run.SequenceBoundsOf(slice.Vector);
                slices.Add(new KeyedSlice(slice, min, max));
            }
        }
    }

    /// <summary>Rows of the wanted columns that may be copied side by side under the budget.</summary>
    public static int RowsMax(ScanPlan plan)
    {
        // Keys, order and the sorter's scratch beside the columns; text is taken to be 32 bytes long.
        var rowBytes = 56L;
        foreach (var column in plan.Columns)
        {
            var type = plan.Schema.AllColumns[column].Type;
            rowBytes += (type.ElementBytes * (long)type.LevelCount) + (type.Kind == TypeKind.Varchar ? 32 : 0);
        }

        var budget = plan.Pool.Budget;
        var bytes = Math.Min(WindowBytesMax, (budget.LimitBytes - budget.UsedBytes) / 4);
        return (int)Math.Clamp(bytes / rowBytes, Batch.VectorRows * 4, 1 << 22);
    }

    private static void Spread(in KeyedSlice slice, RentedList<KeyPoint> points)
    {
        var rows = slice.Slice.RowCount;
        var step = unchecked((ulong)(slice.MaxKey - slice.MinKey)) / PointsPerSlice;
        for (var i = 1; i < PointsPerSlice; i++)
        {
            points.Add(new(unchecked(slice.MinKey + (long)(step * (ulong)i)), rows / PointsPerSlice));
        }

        points.Add(new(slice.MaxKey, rows - (rows / PointsPerSlice * (PointsPerSlice - 1))));
    }

    private static long[] Cut(ReadOnlySpan<KeyPoint> points, int windowRows)
    {
        var lastKeys = new List<long>();
        var rows = 0L;
        for (var i = 0; i < points.Length; i++)
        {
            rows += points[i].Rows;
            var isLast = i == points.Length - 1;
            if (isLast || (rows >= windowRows && points[i].Key != points[i + 1].Key))
            {
                lastKeys.Add(points[i].Key);
                rows = 0;
            }
        }

        return [.. lastKeys];
    }

    /// <summary>How often a row is decoded beyond the first time, on average.</summary>
    private static double DecodedTwice(ReadOnlySpan<KeyedSlice> slices, long[] lastKeys)
    {
        var (extra, total) = (0L, 1L);
        foreach (var slice in slices)
        {
            var windows = IndexOf(lastKeys, slice.MaxKey) - IndexOf(lastKeys, slice.MinKey);
            extra += (long)windows * slice.Slice.RowCount;
            total += slice.Slice.RowCount;
        }

        return (double)extra / total;
    }

    private static int IndexOf(long[] lastKeys, long key)
    {
        var found = lastKeys.AsSpan().BinarySearch(key);
        return found >= 0 ? found : ~found;
    }
}

/// <summary>Some rows of a slice, as if they all had this key.</summary>
internal readonly record struct KeyPoint(long Key, int Rows);

/// <summary>A slice and the bounds of its key.</summary>
internal readonly record struct KeyedSlice(RowSlice Slice, long MinKey, long MaxKey);
