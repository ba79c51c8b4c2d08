using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A value for each group, in memory of the query's budget; new groups begin with zero bytes.</summary>
internal sealed class GroupArray<T>(BlockPool pool) : IDisposable
    where T : unmanaged
{
    private MemoryLease? lease;

    // Of the lease; here because values are asked for far more often than the array grows.
    private byte[] memory = [];
    private int offset;
    private int capacity;

    /// <summary>Groups that have a value.</summary>
    public int Count { get; private set; }

    /// <summary>The values; stale once the array grows.</summary>
    public Span<T> Values
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => MemoryMarshal.CreateSpan(ref First, Count);
    }

    // Lies in the lease, for as many values as there is capacity for.
    private ref T First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.As<byte, T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(memory), offset));
    }

    /// <summary>Makes sure that there are that many groups. Amortised O(1) a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnsureCount(int count)
    {
        if (count > Count)
        {
            Extend(count);
        }
    }

    /// <summary>Adds one group with its value. Amortised O(1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T value)
    {
        if (Count == capacity)
        {
            Grow(Count + 1);
        }

        Unsafe.Add(ref First, Count++) = value;
    }

    /// <summary>Forgets the last groups, down to that many.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    /// <summary>Writes the values of chosen groups.</summary>
    public void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        foreach (var group in groups)
        {
            writer.Write(Values[group]);
        }
    }

    /// <summary>Reads the values of as many groups, which exist.</summary>
    public void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        foreach (var group in groups)
        {
            Values[group] = reader.Read<T>();
        }
    }

    /// <summary>Forgets all groups, and keeps the memory.</summary>
    public void Reset() => Count = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        lease?.Dispose();
        lease = null;
        memory = [];
        (Count, capacity, offset) = (0, 0, 0);
    }

    private void Extend(int count)
    {
        if (count > capacity)
        {
            Grow(count);
        }

        lease!.As<T>()[Count..count].Clear();
        Count = count;
    }

    private void Grow(int count)
    {
        var bytes = Math.Max(count, Count * 2L) * Unsafe.SizeOf<T>();
        var grown = pool.Rent((int)Math.Min(bytes, int.MaxValue));
        Values.CopyTo(grown.As<T>());
        lease?.Dispose();
        lease = grown;
        (memory, offset, capacity) = (grown.Array, grown.Offset, grown.As<T>().Length);
    }
}
