using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A value for each group, in memory of the query's budget; new groups begin with zero bytes.</summary>
internal sealed class GroupArray<T>(BlockPool pool) : IDisposable
    where T : unmanaged
{
    private MemoryLease? lease;

    /// <summary>Groups that have a value.</summary>
    public int Count { get; private set; }

    /// <summary>The values; stale once the array grows.</summary>
    public Span<T> Values => lease is null ? default : lease.As<T>()[..Count];

    /// <summary>Makes sure that there are that many groups. Amortised O(1) a group.</summary>
    public void EnsureCount(int count)
    {
        if (count <= Count)
        {
            return;
        }

        if (lease is null || lease.As<T>().Length < count)
        {
            var bytes = Math.Max(count, Count * 2L) * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
            var grown = pool.Rent((int)Math.Min(bytes, int.MaxValue));
            Values.CopyTo(grown.As<T>());
            lease?.Dispose();
            lease = grown;
        }

        lease.As<T>()[Count..count].Clear();
        Count = count;
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
        Count = 0;
    }
}
