using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TickStore.Core;

/// <summary>
/// A block of memory on loan from a <see cref="BlockPool"/>: 64-byte aligned, pinned, of at least the size asked for,
/// with undefined contents. One owner, who disposes of it once; a second call does nothing. A class and not a struct,
/// because a copied struct could be returned twice.
/// </summary>
public sealed class MemoryLease : IDisposable
{
    private BlockPool? pool;

    internal MemoryLease(BlockPool pool, byte[] array, int offset, int lengthBytes, long reservedBytes)
    {
        this.pool = pool;
        Array = array;
        Offset = offset;
        LengthBytes = lengthBytes;
        ReservedBytes = reservedBytes;
    }

    /// <summary>The array that holds the block, which begins at <see cref="Offset"/>.</summary>
    public byte[] Array { get; }

    /// <summary>Where the block begins in <see cref="Array"/>; that address is 64-byte aligned.</summary>
    public int Offset { get; }

    /// <summary>Usable bytes.</summary>
    public int LengthBytes { get; }

    internal long ReservedBytes { get; }

    /// <summary>The block.</summary>
    public Span<byte> Span => new(Array, Offset, LengthBytes);

    /// <summary>The block as values of <typeparamref name="T"/>.</summary>
    public Span<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Span);

    /// <summary>Returns the block to its pool.</summary>
    public void Dispose() => Interlocked.Exchange(ref pool, null)?.Return(this);
}
