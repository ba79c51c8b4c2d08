using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>A request made ready: what all morsels of a scan share. Read by any number of threads.</summary>
internal sealed class ScanPlan
{
    private readonly ulong[] symbolBits = [];

    public ScanPlan(
        TableSchema schema,
        long snapshotSequence,
        ScanRequest request,
        BlockPool pool,
        CancellationToken cancellation
    )
    {
        Schema = schema;
        SnapshotSequence = snapshotSequence;
        Request = request;
        Pool = pool;
        Cancellation = cancellation;
        Columns = [.. request.Columns];
        var columns = new ColumnSchema[Columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            if ((uint)Columns[i] >= (uint)schema.AllColumns.Count)
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"A scan of {schema.Name} names column {Columns[i]} of {schema.AllColumns.Count}"
                );
            }

            columns[i] = schema.AllColumns[Columns[i]];
        }

        BatchSchema = new BatchSchema(columns);
        Predicates = new CompiledPredicate[request.Predicates.Count];
        for (var i = 0; i < Predicates.Length; i++)
        {
            Predicates[i] = new CompiledPredicate(schema, request.Predicates[i]);
        }

        if (request.Latest != LatestRow.All && (request.Order != ScanOrder.Clustered || schema.ClusterColumn < 0))
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A scan of {schema.Name} asks for the latest row of each symbol: that takes a cluster column and its order"
            );
        }

        if (request.Symbols is { } symbols)
        {
            symbolBits = BitsOf(schema, symbols);
        }
    }

    public TableSchema Schema { get; }

    public long SnapshotSequence { get; }

    public ScanRequest Request { get; }

    public BlockPool Pool { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Wanted columns, in the order of the batches.</summary>
    public int[] Columns { get; }

    public BatchSchema BatchSchema { get; }

    public CompiledPredicate[] Predicates { get; }

    /// <summary>True where a symbol is asked for, or all are.</summary>
    public bool WantsSymbol(int symbol) =>
        Request.Symbols is null
        || ((uint)symbol >> 6 < (uint)symbolBits.Length && (symbolBits[symbol >> 6] >> (symbol & 63) & 1) != 0);

    /// <summary>
    /// The rows of a run that may be wanted, as far as the directory and the zone maps tell: whole vectors but for the
    /// borders of symbols.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="pieces">Receives them, in the run's order.</param>
    /// <param name="vectorCount">Is raised by the vectors that are left.</param>
    public void Prune(ScanRun run, List<RowPiece> pieces, ref long vectorCount)
    {
        if (
            run.SequenceBounds.Min > SnapshotSequence
            || run.TimeBounds.Min > Request.TimeTo
            || run.TimeBounds.Max < Request.TimeFrom
        )
        {
            return;
        }

        if (run.Symbols is null || Request.Symbols is null)
        {
            PruneVectors(new RowPiece(run, 0, run.RowCount), pieces, ref vectorCount);
            return;
        }

        foreach (var piece in PiecesOf(run, Request.Symbols))
        {
            PruneVectors(piece, pieces, ref vectorCount);
        }
    }

    /// <summary>The rows of these symbols (ascending), those that are neighbours in one piece.</summary>
    public static List<RowPiece> PiecesOf(ScanRun run, ReadOnlySpan<int> symbols)
    {
        var pieces = new List<RowPiece>();
        foreach (var symbol in symbols)
        {
            var (from, to) = run.Symbols!.RowsOf(symbol, symbol);
            if (from == to)
            {
                continue;
            }

            if (pieces.Count > 0 && pieces[^1].To == from)
            {
                pieces[^1] = pieces[^1] with { To = to };
            }
            else
            {
                pieces.Add(new RowPiece(run, from, to));
            }
        }

        return pieces;
    }

    /// <summary>False where no row of the vector can be wanted.</summary>
    public bool MayMatch(ScanRun run, int vector)
    {
        var (minTime, maxTime) = run.TimeBoundsOf(vector);
        if (
            minTime > Request.TimeTo
            || maxTime < Request.TimeFrom
            || run.SequenceBoundsOf(vector).Min > SnapshotSequence
        )
        {
            return false;
        }

        foreach (var predicate in Predicates)
        {
            if (run.Test(predicate, vector) == ZoneAnswer.None)
            {
                return false;
            }
        }

        return true;
    }

    private void PruneVectors(RowPiece piece, List<RowPiece> pieces, ref long vectorCount)
    {
        var run = piece.Run;
        var openFrom = -1L;
        var last = run.VectorOf(piece.To - 1);
        for (var vector = run.VectorOf(piece.From); vector <= last; vector++)
        {
            if (MayMatch(run, vector))
            {
                openFrom = openFrom < 0 ? Math.Max(piece.From, run.VectorStart(vector)) : openFrom;
                vectorCount++;
            }
            else if (openFrom >= 0)
            {
                pieces.Add(new RowPiece(run, openFrom, run.VectorStart(vector)));
                openFrom = -1;
            }
        }

        if (openFrom >= 0)
        {
            pieces.Add(new RowPiece(run, openFrom, piece.To));
        }
    }

    private static ulong[] BitsOf(TableSchema schema, int[] symbols)
    {
        if (schema.ClusterColumn < 0)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A scan of {schema.Name} asks for symbols, and the table is not clustered by one"
            );
        }

        var bits = new ulong[symbols.Length == 0 ? 0 : (symbols[^1] >> 6) + 1];
        for (var i = 0; i < symbols.Length; i++)
        {
            if (symbols[i] < 0 || (i > 0 && symbols[i] <= symbols[i - 1]))
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"The symbols that a scan of {schema.Name} asks for do not ascend"
                );
            }

            bits[symbols[i] >> 6] |= 1UL << (symbols[i] & 63);
        }

        return bits;
    }
}
