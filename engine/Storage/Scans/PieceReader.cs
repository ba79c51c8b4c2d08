using TickStore.Core;

namespace TickStore.Storage.Scans;

/// <summary>
/// Hands out the wanted rows of pieces one after the other, in the order that they have. Vectors that pass (nearly)
/// whole are shown where they were decoded; the few survivors of others are gathered until a batch is worth its
/// overhead.
/// </summary>
internal sealed class PieceReader : IBatchReader
{
    private const int BorrowRowsMin = 256;

    private readonly ScanPlan plan;
    private readonly VectorLoader loader;
    private readonly RowFilter filter;
    private readonly Batch view;
    private readonly bool ownsLoader;
    private Batch? pending;
    private IReadOnlyList<RowPiece> pieces = [];
    private KeyRange window;
    private int nextPiece;
    private RowPiece piece;
    private long nextRow;
    private bool hasRows;
    private bool pendingIsOnLoan;

    /// <summary>Reads the given pieces, or those of a later <see cref="Start"/>.</summary>
    public PieceReader(ScanPlan plan, IReadOnlyList<RowPiece> pieces, VectorLoader? sharedLoader = null)
    {
        this.plan = plan;
        ownsLoader = sharedLoader is null;
        loader = sharedLoader ?? new VectorLoader(plan.Schema, plan.Pool);
        filter = new RowFilter(plan);
        view = Batch.CreateView(plan.BatchSchema);
        Start(pieces, KeyRange.Everything);
    }

    /// <summary>Goes on with other pieces; what is left of those before is forgotten.</summary>
    public void Start(IReadOnlyList<RowPiece> newPieces, in KeyRange newWindow)
    {
        pieces = newPieces;
        window = newWindow;
        nextPiece = 0;
        piece = default;
        nextRow = 0;
        hasRows = false;
        pending?.Clear();
        pendingIsOnLoan = false;
    }

    public Batch? Next()
    {
        WorkPace.Step();
        plan.Cancellation.ThrowIfCancellationRequested();
        if (pendingIsOnLoan)
        {
            pending!.Clear();
            pendingIsOnLoan = false;
        }

        while (hasRows || MoveNext())
        {
            hasRows = true;
            var waiting = pending is null ? 0 : pending.RowCount;
            var shows = filter.IsContiguous && filter.Count >= BorrowRowsMin;
            if (waiting > 0 && (shows || waiting + filter.Count > Batch.VectorRows))
            {
                return Lend();
            }

            hasRows = false;
            if (shows)
            {
                return Show();
            }

            Gather();
        }

        return pending is { RowCount: > 0 } ? Lend() : null;
    }

    public void Dispose()
    {
        pending?.Dispose();
        pending = null;
        view.Dispose();
        if (ownsLoader)
        {
            loader.Dispose();
        }
    }

    /// <summary>Goes to the next slice of which rows pass.</summary>
    private bool MoveNext()
    {
        while (true)
        {
            if (nextRow >= piece.To)
            {
                if (nextPiece == pieces.Count)
                {
                    return false;
                }

                piece = pieces[nextPiece++];
                nextRow = piece.From;
                continue;
            }

            var slice = Cut(piece, nextRow);
            nextRow += slice.RowCount;
            if (filter.Apply(loader, slice, window))
            {
                return true;
            }

            plan.Cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The rows of a piece from one on that lie in the same vector.</summary>
    public static RowSlice Cut(in RowPiece piece, long row)
    {
        var vector = piece.Run.VectorOf(row);
        var start = piece.Run.VectorStart(vector);
        var end = Math.Min(piece.To, piece.Run.VectorStart(vector + 1));
        return new RowSlice(piece.Run, vector, (int)(row - start), (int)(end - start));
    }

    private Batch Lend()
    {
        pendingIsOnLoan = true;
        return pending!;
    }

    private Batch Show()
    {
        for (var i = 0; i < plan.Columns.Length; i++)
        {
            view[i].Borrow(loader.Column(plan.Columns[i]), filter.First, filter.Count);
        }

        view.SetRowCount(filter.Count);
        return view;
    }

    private void Gather()
    {
        pending ??= Batch.Allocate(plan.BatchSchema, Batch.VectorRows, plan.Pool);
        for (var i = 0; i < plan.Columns.Length; i++)
        {
            if (filter.IsContiguous)
            {
                VectorCopy.AppendRange(loader.Column(plan.Columns[i]), filter.First, filter.Count, pending[i]);
            }
            else
            {
                VectorCopy.AppendGather(loader.Column(plan.Columns[i]), filter.Rows, pending[i]);
            }
        }

        pending.SetRowCount(pending.RowCount + filter.Count);
    }
}
