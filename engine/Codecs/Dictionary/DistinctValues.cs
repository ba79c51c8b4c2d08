using System.Numerics;
using System.Runtime.CompilerServices;

namespace TickStore.Codecs.Dictionary;

/// <summary>Finds the distinct values of a vector with a small open-addressed hash table on the stack.</summary>
internal static class DistinctValues
{
    /// <summary>Twice the most entries, so that probes stay short; a power of two.</summary>
    private const int SlotCount = 2 * VectorHeader.CountMax;
    private const int SlotBits = 11;

    /// <summary>Collects distinct values in order of arrival, and each value's index among them.</summary>
    /// <param name="lanes">1 to 1,024 values.</param>
    /// <param name="entries">Room for the entries; collecting stops when it is full.</param>
    /// <param name="codes">At least as long as the lanes; the index of each lane's entry.</param>
    /// <returns>The entry count, or -1 if there is no room for all.</returns>
    [SkipLocalsInit]
    internal static int Collect<T>(ReadOnlySpan<T> lanes, Span<T> entries, Span<int> codes)
        where T : unmanaged, IBinaryInteger<T>
    {
        // A slot holds an entry's index plus one, 0 if free.
        Span<ushort> slots = stackalloc ushort[SlotCount];
        slots.Clear();
        int entryCount = 0;
        for (int i = 0; i < lanes.Length; i++)
        {
            T value = lanes[i];
            // Multiplicative hashing with 2^64 / golden ratio; the high bits are the well mixed ones.
            var slot = (int)((ulong.CreateTruncating(value) * 0x9E3779B97F4A7C15) >> (64 - SlotBits));
            int entry;
            while ((entry = slots[slot] - 1) >= 0 && entries[entry] != value)
                slot = (slot + 1) & (SlotCount - 1);
            if (entry < 0)
            {
                if (entryCount == entries.Length)
                    return -1;
                entry = entryCount++;
                entries[entry] = value;
                slots[slot] = (ushort)entryCount;
            }
            codes[i] = entry;
        }
        return entryCount;
    }
}
