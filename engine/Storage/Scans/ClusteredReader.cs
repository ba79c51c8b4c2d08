using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>
/// The wanted rows of a range of symbols by (symbol, event time, <c>_seq</c>). Rows that lie in one run, or of one
/// symbol in runs that follow each other in time, are streamed as they lie; others are copied together, some symbols
/// (or some time of one symbol) at once, and sorted.
/// </summary>
internal sealed class ClusteredReader : IBatchReader
{
    /// <summary>Symbols with this many rows are worth looking for runs that follow each other.</summary>
    private const int OwnWindowRows = 4096;

    private const int WindowRowsMax = 1 << 16;

    private readonly ScanPlan plan;
    private readonly IReadOnlyList<ScanRun> runs;
    private readonly SymbolRuns symbols;
    private readonly VectorLoader loader;
    private readonly PieceReader stream;
    private readonly List<RowPiece> pieces = [];
    private readonly int windowRows;
    private int nextSymbol;
    private int endSymbol;
    private SortedWindow? window;
    private WindowPlan? windows;
    private bool streams;

    /// <summary>Reads nothing before <see cref="Start"/>.</summary>
    public ClusteredReader(ScanPlan plan, IReadOnlyList<ScanRun> runs, SymbolRuns symbols)
    {
        this.plan = plan;
        this.runs = runs;
        this.symbols = symbols;
        windowRows = Math.Min(WindowRowsMax, WindowPlan.RowsMax(plan));
        loader = new VectorLoader(plan.Schema, plan.Pool);
        stream = new PieceReader(plan, [], loader);
    }

    /// <summary>Goes to the symbols from one index in the merged directory to before another.</summary>
    public void Start(int newStartSymbol, int newEndSymbol)
    {
        (nextSymbol, endSymbol) = (newStartSymbol, newEndSymbol);
        windows?.Dispose();
        windows = null;
        window?.Clear();
        streams = false;
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
                FillTimes(range);
            }
            else if (nextSymbol < endSymbol)
            {
                windows?.Dispose();
                windows = null;
                window?.Clear();
                Open();
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

    private void Open()
    {
        var start = nextSymbol;
        var rows = RowsOf(nextSymbol++);
        while (rows < OwnWindowRows && nextSymbol < endSymbol && RowsOf(nextSymbol) < OwnWindowRows)
        {
            // Thin symbols together, up to a window's worth.
            var more = RowsOf(nextSymbol);
            if (rows + more > windowRows)
            {
                break;
            }

            rows += more;
            nextSymbol++;
        }

        Collect(start, nextSymbol);
        var isOneSymbol = nextSymbol - start == 1;
        if (IsOneRun() || (isOneSymbol && FollowInTime()))
        {
            streams = true;
            stream.Start(pieces, KeyRange.Everything);
        }
        else if (isOneSymbol && rows > 4 * windowRows)
        {
            windows = new WindowPlan(plan, pieces, byTime: true);
        }
        else
        {
            window ??= new SortedWindow(plan, loader, windowRows);
            window.Clear();
            foreach (var piece in pieces)
            {
                window.Add(piece, KeyRange.Everything);
            }

            window.Sort(WindowSort.Clustered);
        }
    }

    private long RowsOf(int index) => symbols.FirstRows[index + 1] - symbols.FirstRows[index];

    private void Collect(int start, int end)
    {
        pieces.Clear();
        foreach (var run in runs)
        {
            if (plan.Request.Symbols is not null)
            {
                pieces.AddRange(ScanPlan.PiecesOf(run, symbols.Symbols[start..end]));
                continue;
            }

            var (from, to) = run.Symbols!.RowsOf(symbols.Symbols[start], symbols.Symbols[end - 1]);
            if (from < to)
            {
                pieces.Add(new RowPiece(run, from, to));
            }
        }
    }

    private bool IsOneRun()
    {
        foreach (var piece in pieces)
        {
            if (!ReferenceEquals(piece.Run, pieces[0].Run))
            {
                return false;
            }
        }

        return true;
    }

    // Sorts the pieces by time. Their bounds are those of whole vectors, which may only make them seem to overlap.
    private bool FollowInTime()
    {
        pieces.Sort((a, b) => BoundsOf(a).Min.CompareTo(BoundsOf(b).Min));
        for (var i = 1; i < pieces.Count; i++)
        {
            if (BoundsOf(pieces[i]).Min <= BoundsOf(pieces[i - 1]).Max)
            {
                return false;
            }
        }

        return true;
    }

    private static (long Min, long Max) BoundsOf(in RowPiece piece)
    {
        var bounds = (Min: long.MaxValue, Max: long.MinValue);
        var last = piece.Run.VectorOf(piece.To - 1);
        for (var vector = piece.Run.VectorOf(piece.From); vector <= last; vector++)
        {
            var (min, max) = piece.Run.TimeBoundsOf(vector);
            bounds = (Math.Min(bounds.Min, min), Math.Max(bounds.Max, max));
        }

        return bounds;
    }

    private void FillTimes(in KeyRange range)
    {
        window ??= new SortedWindow(plan, loader, windows!.WindowRows);
        window.Clear();
        foreach (var slice in windows!.Active)
        {
            plan.Cancellation.ThrowIfCancellationRequested();
            window.Add(slice.Slice, range);
        }

        window.Sort(WindowSort.Time);
    }
}
