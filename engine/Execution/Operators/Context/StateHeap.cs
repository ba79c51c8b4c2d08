using System.Numerics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Pieces of memory of any size for saved states, out of chunks that are never moved. A piece that is given back is used again for one of
/// its size, rounded up to an eighth of a power of two. One thread at a time.
/// </summary>
internal sealed class StateHeap(BlockPool pool) : IDisposable
{
    private const int ChunkBytes = 1 << 17;
    private const int SmallestBytes = 64;

    private readonly List<MemoryLease> chunks = [];
    private readonly List<Stack<StatePiece>?> free = [];
    private int chunk = -1;
    private int used = ChunkBytes;

    /// <summary>Bytes of the pieces on loan.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Lends a piece of that size, with undefined contents.</summary>
    public StatePiece Take(int lengthBytes)
    {
        var (size, index) = ClassOf(lengthBytes);
        UsedBytes += size;
        if (index < free.Count && free[index] is { } pieces && pieces.TryPop(out var piece))
        {
            return piece with { LengthBytes = lengthBytes };
        }

        if (size > ChunkBytes / 2)
        {
            Add(size);
            return new StatePiece(chunks.Count - 1, 0, lengthBytes);
        }

        if (used + size > ChunkBytes)
        {
            Add(ChunkBytes);
            chunk = chunks.Count - 1;
            used = 0;
        }

        used += size;
        return new StatePiece(chunk, used - size, lengthBytes);
    }

    /// <summary>The memory of a piece.</summary>
    public Span<byte> BytesOf(StatePiece piece) => chunks[piece.Chunk].Span.Slice(piece.Offset, piece.LengthBytes);

    /// <summary>Takes a piece back.</summary>
    public void Free(StatePiece piece)
    {
        var (size, index) = ClassOf(piece.LengthBytes);
        UsedBytes -= size;
        while (free.Count <= index)
        {
            free.Add(null);
        }

        (free[index] ??= new Stack<StatePiece>()).Push(piece);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var lease in chunks)
        {
            lease.Dispose();
        }

        chunks.Clear();
    }

    private void Add(int sizeBytes)
    {
        chunks.Add(pool.Rent(sizeBytes));
    }

    private static (int SizeBytes, int Index) ClassOf(int lengthBytes)
    {
        var length = Math.Max(lengthBytes, SmallestBytes);
        var step = BitOperations.Log2((uint)length) - 3;
        var eighths = (length + (1 << step) - 1) >> step;
        return (eighths << step, (step * 8) + eighths);
    }
}

/// <summary>A piece of a <see cref="StateHeap"/>.</summary>
/// <param name="Chunk">In which chunk it lies.</param>
/// <param name="Offset">Where it begins there.</param>
/// <param name="LengthBytes">How many bytes were asked for; 0 for no piece.</param>
internal readonly record struct StatePiece(int Chunk, int Offset, int LengthBytes);
