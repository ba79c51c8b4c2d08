using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// An array of fixed length whose memory is on loan from the query's pool. Contents are undefined at first.
/// </summary>
internal sealed class LeasedArray<T> : IDisposable
    where T : unmanaged
{
    private readonly MemoryLease lease;

    public LeasedArray(int length, BlockPool pool)
    {
        Length = length;
        lease = pool.Rent(
            (int)Math.Min((long)length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>(), int.MaxValue)
        );
    }

    /// <summary>Values that the array holds.</summary>
    public int Length { get; }

    /// <summary>The values.</summary>
    public Span<T> Span => lease.As<T>()[..Length];

    /// <inheritdoc/>
    public void Dispose() => lease.Dispose();
}
