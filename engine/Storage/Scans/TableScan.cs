using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>A planned scan: what is left of each run after pruning, and how it is cut into morsels.</summary>
internal sealed class TableScan : ITableScan
{
    private const long MorselRows = 1 << 16;
    private const int ClusteredMorselsMax = 64;

    private readonly ScanPlan plan;
    private readonly List<ScanRun> runs = [];
    private readonly List<RowPiece> pieces = [];
    private readonly List<Morsel> morsels = [];
    private readonly SymbolRuns symbols = new();
    private readonly List<string> description = [];
    private readonly ReusedReaders<PieceReader> pieceReaders;
    private readonly ReusedReaders<ClusteredReader> clusteredReaders;

    public TableScan(ScanPlan plan, IReadOnlyList<SegmentReader> segments, IReadOnlyList<RowChunk> head)
    {
        this.plan = plan;
        pieceReaders = new(() => new PieceReader(plan, []));
        clusteredReaders = new(() => new ClusteredReader(plan, runs, symbols));
        try
        {
            PruneSegments(segments);
            PruneHead(head);
            CutMorsels();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public BatchSchema Schema => plan.BatchSchema;

    public int MorselCount => morsels.Count;

    public long EstimateRows(int morsel) => morsels[morsel].RowCount;

    public IBatchReader OpenMorsel(int morsel)
    {
        var wanted = morsels[morsel];
        return plan.Request.Order switch
        {
            ScanOrder.None => OpenPieces(wanted),
            ScanOrder.Clustered when plan.Request.Latest != LatestRow.All => new LatestReader(
                plan,
                runs,
                symbols.Symbols[wanted.StartSymbol..wanted.EndSymbol]
            ),
            ScanOrder.Clustered => OpenSymbols(wanted),
            ScanOrder.EventTime => new KeyOrderReader(plan, pieces, byTime: true),
            ScanOrder.Sequence => new KeyOrderReader(plan, pieces, byTime: false),
        };
    }

    public IReadOnlyList<string> Describe() => description;

    public void Dispose()
    {
        pieceReaders.Dispose();
        clusteredReaders.Dispose();
        foreach (var run in runs)
        {
            (run as IDisposable)?.Dispose();
        }

        runs.Clear();
        morsels.Clear();
    }

    private IBatchReader OpenPieces(in Morsel wanted)
    {
        var lent = pieceReaders.Lend();
        lent.Reader.Start(wanted.Pieces, KeyRange.Everything);
        return lent;
    }

    private IBatchReader OpenSymbols(in Morsel wanted)
    {
        var lent = clusteredReaders.Lend();
        lent.Reader.Start(wanted.StartSymbol, wanted.EndSymbol);
        return lent;
    }

    private void PruneSegments(IReadOnlyList<SegmentReader> segments)
    {
        var (vectors, allVectors, rows, allRows, kept) = (0L, 0L, 0L, 0L, 0);
        foreach (var segment in segments)
        {
            var run = new SegmentRun(segment);
            var before = pieces.Count;
            plan.Prune(run, pieces, ref vectors);
            allVectors += run.VectorCount;
            allRows += run.RowCount;
            if (pieces.Count == before)
            {
                continue;
            }

            kept++;
            runs.Add(run);
            for (var i = before; i < pieces.Count; i++)
            {
                rows += pieces[i].RowCount;
            }
        }

        description.Add(
            $"segments: {kept} of {segments.Count}, vectors: {vectors} of {allVectors}, rows: {rows} of {allRows}"
        );
    }

    private void PruneHead(IReadOnlyList<RowChunk> head)
    {
        using var sorter = plan.Request.Order == ScanOrder.Clustered ? new RowSorter(plan.Pool) : null;
        var (vectors, rows, allRows, kept) = (0L, 0L, 0L, 0);
        foreach (var chunk in head)
        {
            allRows += chunk.RowCount;
            if (chunk.RowCount == 0)
            {
                continue;
            }

            ScanRun run = sorter is null
                ? new HeadRun(plan.Schema, chunk)
                : new SortedHeadRun(plan.Schema, chunk, sorter, plan.Pool);
            var before = pieces.Count;
            plan.Prune(run, pieces, ref vectors);
            if (pieces.Count == before)
            {
                (run as IDisposable)?.Dispose();
                continue;
            }

            kept++;
            runs.Add(run);
            for (var i = before; i < pieces.Count; i++)
            {
                rows += pieces[i].RowCount;
            }
        }

        description.Add($"head: {kept} of {head.Count} chunks, rows: {rows} of {allRows}");
    }

    private void CutMorsels()
    {
        switch (plan.Request.Order)
        {
            case ScanOrder.None:
                CutPieces();
                break;
            case ScanOrder.Clustered:
                CutSymbols();
                break;
            default:
                var rows = 0L;
                foreach (var piece in pieces)
                {
                    rows += piece.RowCount;
                }

                if (rows > 0)
                {
                    morsels.Add(new Morsel(rows, pieces, 0, 0));
                }

                break;
        }

        description.Add($"order: {plan.Request.Order}, morsels: {morsels.Count}, predicates: {plan.Predicates.Length}");
    }

    // About 64 k rows each. A long piece is cut between blocks, so that no block is read by two morsels.
    private void CutPieces()
    {
        var (open, rows) = (new List<RowPiece>(), 0L);
        foreach (var piece in pieces)
        {
            for (var from = piece.From; from < piece.To; )
            {
                var vector = piece.Run.VectorOf(from);
                var blockEnd = (vector / SegmentFormat.VectorsPerBlock + 1) * SegmentFormat.VectorsPerBlock;
                var to =
                    blockEnd >= piece.Run.VectorCount ? piece.To : Math.Min(piece.To, piece.Run.VectorStart(blockEnd));
                open.Add(new RowPiece(piece.Run, from, to));
                rows += to - from;
                from = to;
                if (rows >= MorselRows / 2)
                {
                    morsels.Add(new Morsel(rows, open, 0, 0));
                    (open, rows) = ([], 0);
                }
            }
        }

        if (rows > 0)
        {
            morsels.Add(new Morsel(rows, open, 0, 0));
        }
    }

    private void CutSymbols()
    {
        var directories = new List<SymbolRuns>();
        foreach (var run in runs)
        {
            directories.Add(run.Symbols!);
        }

        var merged = SymbolRuns.Merge(directories);
        for (var i = 0; i < merged.Count; i++)
        {
            if (merged.Symbols[i] < 0 || plan.WantsSymbol(merged.Symbols[i]))
            {
                symbols.Add(merged.Symbols[i], merged.FirstRows[i + 1] - merged.FirstRows[i]);
            }
        }

        var wantedRows = Math.Max(MorselRows, symbols.RowCount / ClusteredMorselsMax);
        for (var start = 0; start < symbols.Count; )
        {
            var end = start + 1;
            while (end < symbols.Count && symbols.FirstRows[end] - symbols.FirstRows[start] < wantedRows)
            {
                end++;
            }

            morsels.Add(new Morsel(symbols.FirstRows[end] - symbols.FirstRows[start], [], start, end));
            start = end;
        }
    }

    private readonly record struct Morsel(
        long RowCount,
        IReadOnlyList<RowPiece> Pieces,
        int StartSymbol,
        int EndSymbol
    );
}
