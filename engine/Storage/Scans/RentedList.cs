using System.Buffers;
using System.Runtime.CompilerServices;

namespace TickStore.Storage.Scans;

/// <summary>A list whose array is rented, so that filling one anew for every scan makes no garbage. For one thread.</summary>
internal sealed class RentedList<T> : IDisposable
{
    private const int FirstCapacity = 256;

    private T[] items = [];
    private int count;

    /// <summary>What was added, on loan until the next change.</summary>
    public Span<T> Items => items.AsSpan(0, count);

    /// <summary>Adds an item behind the others. Amortised O(1).</summary>
    public void Add(in T item)
    {
        if (count == items.Length)
        {
            var larger = ArrayPool<T>.Shared.Rent(Math.Max(FirstCapacity, count * 2));
            Items.CopyTo(larger);
            GiveBack();
            items = larger;
        }

        items[count++] = item;
    }

    /// <summary>Forgets all but the first items.</summary>
    public void Truncate(int newCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)newCount, (uint)count);
        count = newCount;
    }

    /// <summary>Gives the array back; the list is empty then.</summary>
    public void Dispose()
    {
        GiveBack();
        (items, count) = ([], 0);
    }

    private void GiveBack()
    {
        if (items.Length > 0)
        {
            // What items refer to must not live on in an array that nobody uses.
            ArrayPool<T>.Shared.Return(items, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        }
    }
}
