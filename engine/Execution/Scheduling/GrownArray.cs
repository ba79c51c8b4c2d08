using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Values from a pool that grow in number, zero at first; at least doubles each time.</summary>
internal sealed class GrownArray<T>(BlockPool pool) : IDisposable
    where T : unmanaged
{
    private LeasedArray<T>? array;

    /// <summary>The values there is room for; stale after the next growth.</summary>
    public Span<T> Span => array is null ? default : array.Span;

    /// <summary>Makes room; may throw MemoryBudget, and then changes nothing.</summary>
    public void EnsureLength(long length)
    {
        var before = array?.Length ?? 0;
        if (length <= before)
        {
            return;
        }

        if (length * Unsafe.SizeOf<T>() > 1 << 30)
        {
            Throw.Error(
                ErrorCode.MemoryBudget,
                $"{length:N0} values of {Unsafe.SizeOf<T>()} bytes do not fit one array"
            );
        }

        var most = (1 << 30) / Unsafe.SizeOf<T>();
        var grown = new LeasedArray<T>((int)Math.Min(most, Math.Max(Math.Max(length, 64), 2L * before)), pool);
        Span.CopyTo(grown.Span);
        grown.Span[before..].Clear();
        array?.Dispose();
        array = grown;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        array?.Dispose();
        array = null;
    }
}
