using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A growing list of values in memory of the pool. Spans taken before it grows are stale afterwards.</summary>
internal sealed class PooledList<T>(BlockPool pool) : IDisposable
    where T : unmanaged
{
    private LeasedArray<T>? values;

    /// <summary>Values in the list.</summary>
    public int Count { get; private set; }

    /// <summary>The values.</summary>
    public Span<T> Span => values is null ? default : values.Span[..Count];

    /// <summary>A value.</summary>
    public ref T this[int index] => ref values!.Span[index];

    /// <summary>Appends a value.</summary>
    public void Add(T value)
    {
        SetCount(Count + 1);
        values!.Span[Count - 1] = value;
    }

    /// <summary>Makes the list longer or shorter; what values it gains hold is undefined.</summary>
    public void SetCount(int count)
    {
        if (count > (values?.Length ?? 0))
        {
            var grown = new LeasedArray<T>(Math.Max(Math.Max(64, count), 2 * Count), pool);
            Span.CopyTo(grown.Span);
            values?.Dispose();
            values = grown;
        }

        Count = count;
    }

    /// <summary>Makes the list at least that long, with one value in each new place.</summary>
    public void Extend(int count, T value)
    {
        var before = Count;
        if (count > before)
        {
            SetCount(count);
            Span[before..].Fill(value);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        values?.Dispose();
        values = null;
        Count = 0;
    }
}
