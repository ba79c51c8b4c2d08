using TickStore.Core;

namespace TickStore.Storage.Scans;

/// <summary>
/// Decides which rows of a slice are wanted: by zone maps where they suffice, else by comparing the decoded columns
/// that the conditions name, and only those. For one thread.
/// </summary>
internal sealed class RowFilter(ScanPlan plan)
{
    private readonly byte[] flags = new byte[Batch.VectorRows];
    private readonly int[] rows = new int[Batch.VectorRows + 1];
    private int start;

    /// <summary>Rows that passed.</summary>
    public int Count { get; private set; }

    /// <summary>True where they are all rows from <see cref="First"/> on, without a gap.</summary>
    public bool IsContiguous { get; private set; }

    /// <summary>The first row that passed, counted in its vector.</summary>
    public int First => IsContiguous ? start : rows[0];

    /// <summary>The rows that passed, counted in their vector; not where <see cref="IsContiguous"/> says it
    /// all.</summary>
    public ReadOnlySpan<int> Rows => rows.AsSpan(0, Count);

    /// <summary>Filters a slice, to whose vector the loader moves.</summary>
    /// <returns>False where no row is left.</returns>
    public bool Apply(VectorLoader loader, in RowSlice slice, in KeyRange window)
    {
        Count = 0;
        if (slice.RowCount == 0 || !plan.MayMatch(slice.Run, slice.Vector))
        {
            return false;
        }

        loader.MoveTo(slice.Run, slice.Vector);
        var wanted = flags.AsSpan(0, slice.RowCount);
        wanted.Fill(1);
        var (timeFrom, timeTo) = (plan.Request.TimeFrom, plan.Request.TimeTo);
        if (window.ByTime)
        {
            (timeFrom, timeTo) = (Math.Max(timeFrom, window.From), Math.Min(timeTo, window.To));
        }

        var (sequenceFrom, sequenceTo) = (long.MinValue, plan.SnapshotSequence);
        if (window.BySequence)
        {
            (sequenceFrom, sequenceTo) = (window.From, Math.Min(sequenceTo, window.To));
        }

        var passes =
            AndRange(
                loader,
                plan.Schema.TimeIndex,
                slice,
                slice.Run.TimeBoundsOf(slice.Vector),
                timeFrom,
                timeTo,
                wanted
            )
            && AndRange(
                loader,
                plan.Schema.SequenceIndex,
                slice,
                slice.Run.SequenceBoundsOf(slice.Vector),
                sequenceFrom,
                sequenceTo,
                wanted
            )
            && AndSymbols(loader, slice, wanted)
            && AndPredicates(loader, slice, wanted);
        if (passes)
        {
            Select(slice, wanted);
        }

        return Count > 0;
    }

    private static bool AndRange(
        VectorLoader loader,
        int column,
        in RowSlice slice,
        (long Min, long Max) bounds,
        long from,
        long to,
        Span<byte> wanted
    )
    {
        if (bounds.Max < from || bounds.Min > to)
        {
            return false;
        }

        if (bounds.Min >= from && bounds.Max <= to)
        {
            return true;
        }

        var values = loader.Column(column).Values<long>()[slice.Start..slice.End];
        if (bounds.Min < from)
        {
            CompareFlags.And(values, ScanOperator.GreaterOrEqual, from, wanted);
        }

        if (bounds.Max > to)
        {
            CompareFlags.And(values, ScanOperator.LessOrEqual, to, wanted);
        }

        return wanted.Contains((byte)1);
    }

    // Runs with a directory were cut to the wanted symbols already.
    private bool AndSymbols(VectorLoader loader, in RowSlice slice, Span<byte> wanted)
    {
        if (plan.Request.Symbols is null || slice.Run.Symbols is not null)
        {
            return true;
        }

        var symbols = loader.Column(plan.Schema.ClusterColumn).Values<int>()[slice.Start..slice.End];
        for (var i = 0; i < symbols.Length; i++)
        {
            wanted[i] &= plan.WantsSymbol(symbols[i]) ? (byte)1 : (byte)0;
        }

        return wanted.Contains((byte)1);
    }

    private bool AndPredicates(VectorLoader loader, in RowSlice slice, Span<byte> wanted)
    {
        foreach (var predicate in plan.Predicates)
        {
            if (slice.Run.Test(predicate, slice.Vector) == ZoneAnswer.All)
            {
                continue;
            }

            predicate.And(loader.Column(predicate.Column), slice.Start, wanted);
            if (!wanted.Contains((byte)1))
            {
                return false;
            }
        }

        return true;
    }

    private void Select(in RowSlice slice, ReadOnlySpan<byte> wanted)
    {
        var first = wanted.IndexOf((byte)1);
        var last = wanted.LastIndexOf((byte)1);
        start = slice.Start + first;
        IsContiguous = !wanted[first..(last + 1)].Contains((byte)0);
        if (IsContiguous)
        {
            Count = last + 1 - first;
            return;
        }

        // Every row is stored, and only those that pass are counted: no branch to mispredict.
        var count = 0;
        for (var i = first; i <= last; i++)
        {
            rows[count] = slice.Start + i;
            count += wanted[i];
        }

        Count = count;
    }
}
