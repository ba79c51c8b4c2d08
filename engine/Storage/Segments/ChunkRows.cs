using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>
/// The rows of some chunks that lie in a time range, in segment order once they are sorted. A row is known by the
/// number of its chunk in the high bits and its place there in the low sixteen.
/// </summary>
internal sealed class ChunkRows : IDisposable
{
    private const int ChunkBits = 16;

    private readonly TableSchema schema;
    private readonly Batch[] pieces;
    private readonly RowSorter sorter;
    private readonly MemoryLease? keyLease;
    private readonly MemoryLease? orderLease;
    private readonly int[] local = new int[SegmentFormat.VectorRowsMax];

    public ChunkRows(TableSchema schema, IReadOnlyList<RowChunk> chunks, BlockPool pool, long timeFrom, long timeTo)
    {
        this.schema = schema;
        sorter = new RowSorter(pool);
        pieces = Cut(schema, chunks);
        var total = 0L;
        foreach (var piece in pieces)
        {
            total += piece.RowCount;
        }

        if (total is 0 or > int.MaxValue / 32)
        {
            if (total > 0)
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"{total:N0} rows are too many for one segment: at most {int.MaxValue / 32:N0}"
                );
            }

            return;
        }

        // Per row: time and sequence, then symbol and row number; and the order.
        keyLease = pool.Rent((int)total * 24);
        try
        {
            orderLease = pool.Rent((int)total * sizeof(int));
        }
        catch (TickStoreException)
        {
            keyLease.Dispose();
            throw;
        }

        Capacity = (int)total;
        Collect(timeFrom, timeTo);
    }

    /// <summary>Rows in the range.</summary>
    public int Count { get; private set; }

    public long MinSequence { get; private set; } = long.MaxValue;

    private int Capacity { get; }

    private Span<long> Times => keyLease!.As<long>()[..Capacity];

    private Span<long> Sequences => keyLease!.As<long>().Slice(Capacity, Capacity);

    private Span<int> Symbols => keyLease!.As<int>().Slice(4 * Capacity, Capacity);

    private Span<int> Rows => keyLease!.As<int>().Slice(5 * Capacity, Capacity);

    private Span<int> Order => orderLease!.As<int>()[..Count];

    /// <summary>Sorts the rows. Returns the symbols and how many rows each has.</summary>
    public SymbolRuns Sort()
    {
        var runs = new SymbolRuns();
        var symbols = schema.ClusterColumn >= 0 ? Symbols[..Count] : default;
        sorter.SortClustered(symbols, Times[..Count], Sequences[..Count], Order, runs);
        return runs;
    }

    /// <summary>Appends rows, counted in segment order, to a batch.</summary>
    public void Gather(int start, int count, Batch target)
    {
        var order = Order.Slice(start, count);
        var rows = Rows;
        for (var at = 0; at < count; )
        {
            var piece = rows[order[at]] >> ChunkBits;
            var n = 0;
            for (; at < count && rows[order[at]] >> ChunkBits == piece; at++)
            {
                local[n++] = rows[order[at]] & (RowChunk.RowsMax - 1);
            }

            target.AppendGather(pieces[piece], local.AsSpan(0, n));
        }
    }

    public void Dispose()
    {
        sorter.Dispose();
        keyLease?.Dispose();
        orderLease?.Dispose();
    }

    private static Batch[] Cut(TableSchema schema, IReadOnlyList<RowChunk> chunks)
    {
        var all = new BatchSchema([.. schema.AllColumns]);
        var pieces = new List<Batch>();
        foreach (var chunk in chunks)
        {
            for (var at = 0; at < chunk.RowCount; at += RowChunk.RowsMax)
            {
                var view = Batch.CreateView(all);
                view.Borrow(chunk.Rows, at, Math.Min(RowChunk.RowsMax, chunk.RowCount - at));
                pieces.Add(view);
            }
        }

        return [.. pieces];
    }

    private void Collect(long timeFrom, long timeTo)
    {
        var times = Times;
        var sequences = Sequences;
        var symbols = Symbols;
        var rows = Rows;
        var count = 0;
        for (var piece = 0; piece < pieces.Length; piece++)
        {
            var pieceTimes = pieces[piece][schema.TimeIndex].Values<long>();
            var pieceSequences = pieces[piece][schema.SequenceIndex].Values<long>();
            var pieceSymbols = schema.ClusterColumn >= 0 ? pieces[piece][schema.ClusterColumn].Values<int>() : default;
            for (var row = 0; row < pieceTimes.Length; row++)
            {
                if (pieceTimes[row] < timeFrom || pieceTimes[row] > timeTo)
                {
                    continue;
                }

                times[count] = pieceTimes[row];
                sequences[count] = pieceSequences[row];
                symbols[count] = pieceSymbols.IsEmpty ? 0 : pieceSymbols[row];
                rows[count] = (piece << ChunkBits) | row;
                MinSequence = Math.Min(MinSequence, pieceSequences[row]);
                count++;
            }
        }

        Count = count;
    }
}
