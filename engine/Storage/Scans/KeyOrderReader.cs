using TickStore.Core;

namespace TickStore.Storage.Scans;

/// <summary>
/// All wanted rows by (event time, <c>_seq</c>) or by <c>_seq</c>. Runs whose keys do not overlap follow each other,
/// such as those of different days; those that overlap are merged window by window. Memory is that of a window,
/// whatever the table holds.
/// </summary>
internal sealed class KeyOrderReader : IBatchReader
{
    private readonly ScanPlan plan;
    private readonly VectorLoader loader;
    private readonly PieceReader stream;
    private readonly List<List<RowPiece>> groups;
    private readonly bool byTime;
    private SortedWindow? window;
    private WindowPlan? windows;
    private bool streams;
    private int nextGroup;

    public KeyOrderReader(ScanPlan plan, IReadOnlyList<RowPiece> pieces, bool byTime)
    {
        this.plan = plan;
        this.byTime = byTime;
        groups = Group(pieces, byTime);
        loader = new VectorLoader(plan.Schema, plan.Pool);
        stream = new PieceReader(plan, [], loader);
    }

    public Batch? Next()
    {
        while (true)
        {
            var batch = streams ? stream.Next() : window?.Next();
            if (batch is not null)
            {
                return batch;
            }

            streams = false;
            if (windows is not null && windows.MoveNext(out var range))
            {
                Fill(range);
            }
            else if (nextGroup < groups.Count)
            {
                Open(groups[nextGroup++]);
            }
            else
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        windows?.Dispose();
        windows = null;
        window?.Dispose();
        window = null;
        stream.Dispose();
        loader.Dispose();
    }

    private void Open(List<RowPiece> group)
    {
        windows?.Dispose();
        windows = null;
        window?.Clear();
        if (IsSorted(group))
        {
            streams = true;
            stream.Start(group, KeyRange.Everything);
            return;
        }

        windows = new WindowPlan(plan, group, byTime);
    }

    private void Fill(in KeyRange range)
    {
        window ??= new SortedWindow(plan, loader, windows!.WindowRows);
        window.Clear();
        foreach (var slice in windows!.Active)
        {
            plan.Cancellation.ThrowIfCancellationRequested();
            window.Add(slice.Slice, range);
        }

        window.Sort(byTime ? WindowSort.Time : WindowSort.Sequence);
    }

    private bool IsSorted(List<RowPiece> group)
    {
        foreach (var piece in group)
        {
            if (!ReferenceEquals(piece.Run, group[0].Run))
            {
                return false;
            }
        }

        return byTime ? group[0].Run.IsInTimeOrder : group[0].Run.Symbols is null;
    }

    private static List<List<RowPiece>> Group(IReadOnlyList<RowPiece> pieces, bool byTime)
    {
        var runs = new Dictionary<ScanRun, List<RowPiece>>();
        foreach (var piece in pieces)
        {
            if (!runs.TryGetValue(piece.Run, out var own))
            {
                runs.Add(piece.Run, own = []);
            }

            own.Add(piece);
        }

        var sorted = new List<((long Min, long Max) Keys, (long Min, long Max) Sequences, List<RowPiece> Pieces)>();
        foreach (var (run, own) in runs)
        {
            sorted.Add((byTime ? run.TimeBounds : run.SequenceBounds, run.SequenceBounds, own));
        }

        sorted.Sort((a, b) => (a.Keys.Min, a.Sequences.Min).CompareTo((b.Keys.Min, b.Sequences.Min)));
        var groups = new List<List<RowPiece>>();
        var (reached, reachedSequence) = (long.MinValue, long.MinValue);
        foreach (var (keys, sequences, own) in sorted)
        {
            // Equal keys at the border may interleave by _seq: such runs belong together unless one came first whole.
            if (groups.Count == 0 || keys.Min > reached || (keys.Min == reached && sequences.Min > reachedSequence))
            {
                groups.Add([]);
            }

            groups[^1].AddRange(own);
            (reached, reachedSequence) = (Math.Max(reached, keys.Max), Math.Max(reachedSequence, sequences.Max));
        }

        return groups;
    }
}
