using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The values of a moving window for each of many slots, oldest first and always side by side in memory: a slot has a stretch of some
/// capacity that its window slides along; at its end the window moves back to the start, or to a stretch twice as long. A value of
/// several numbers has a plane for each. Amortised O(1) for a value in and out; stretches that are let go of are used again.
/// </summary>
internal sealed class SlidingRows(int planes, EvaluationContext context) : IDisposable
{
    private readonly int planes = planes;

    private const int SmallestCapacity = 8;

    // Of such windows every row is read, and they span but a few lines.
    private const int ShortRows = 40;
    private const int CapacityMax = 1 << 26;

    private readonly GroupArray<Stretch> stretches = new(context.Pool);
    private readonly GroupArray<double> memory = new(context.Pool);
    private readonly List<Stack<int>> free = [];

    /// <summary>Makes sure that there are that many slots; new ones are empty.</summary>
    public void EnsureSlots(int slotCount) => stretches.EnsureCount(slotCount);

    /// <summary>How many slots there are.</summary>
    public int SlotCount => stretches.Count;

    /// <summary>How many values a slot's window holds.</summary>
    public int CountOf(int slot) => stretches.Values[slot].Count;

    /// <summary>The window's numbers of one plane, oldest first. Stale after the next change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<double> Plane(int slot, int plane)
    {
        ref readonly var stretch = ref stretches.Values[slot];
        return memory.Values.Slice(stretch.Offset + (plane * stretch.Capacity) + stretch.Start, stretch.Count);
    }

    /// <summary>Adds a value at the end of a window; its first number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int slot, double first, double second = 0, double third = 0)
    {
        ref var stretch = ref stretches.Values[slot];
        if (stretch.Start + stretch.Count == stretch.Capacity)
        {
            MakeRoom(slot);
            stretch = ref stretches.Values[slot];
        }

        var at = stretch.Offset + stretch.Start + stretch.Count++;
        var values = memory.Values;
        values[at] = first;
        if (planes > 1)
        {
            values[at + stretch.Capacity] = second;
        }

        if (planes > 2)
        {
            values[at + (2 * stretch.Capacity)] = third;
        }
    }

    /// <summary>Takes the oldest values out.</summary>
    public void DropFirst(int slot, int count)
    {
        ref var stretch = ref stretches.Values[slot];
        stretch.Start += count;
        stretch.Count -= count;
    }

    /// <summary>Takes the newest values out.</summary>
    public void DropLast(int slot, int count) => stretches.Values[slot].Count -= count;

    /// <summary>Empties a window, and lets go of its memory.</summary>
    public void Reset(int slot)
    {
        ref var stretch = ref stretches.Values[slot];
        Free(stretch);
        stretch = default;
    }

    /// <summary>The windows for a batch of rows, without the way to their memory for each of them; stale once slots are added.</summary>
    public OpenWindows Open() => new(this);

    /// <summary>How many bytes <see cref="CopyOut"/> writes.</summary>
    public int SlotBytes(int slot) => sizeof(int) + (stretches.Values[slot].Count * planes * sizeof(double));

    /// <summary>Writes one window, and says how many bytes it took.</summary>
    public int CopyOut(int slot, Span<byte> target)
    {
        var count = CountOf(slot);
        MemoryMarshal.Write(target, count);
        var values = target[sizeof(int)..];
        for (var plane = 0; plane < planes; plane++)
        {
            MemoryMarshal.AsBytes(Plane(slot, plane)).CopyTo(values[(plane * count * sizeof(double))..]);
        }

        return SlotBytes(slot);
    }

    /// <summary>Puts a window that <see cref="CopyOut"/> wrote in the place of another, and says how many bytes it took.</summary>
    public int CopyIn(int slot, ReadOnlySpan<byte> source)
    {
        Reset(slot);
        var count = MemoryMarshal.Read<int>(source);
        if (count > 0)
        {
            Grow(slot, Math.Max((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count), SmallestCapacity));
            stretches.Values[slot].Count = count;
            var values = source[sizeof(int)..];
            for (var plane = 0; plane < planes; plane++)
            {
                values
                    .Slice(plane * count * sizeof(double), count * sizeof(double))
                    .CopyTo(MemoryMarshal.AsBytes(Plane(slot, plane)));
            }
        }

        return SlotBytes(slot);
    }

    /// <summary>Writes all windows.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(stretches.Count);
        for (var slot = 0; slot < stretches.Count; slot++)
        {
            for (var plane = 0; plane < planes; plane++)
            {
                writer.WriteSpan<double>(Plane(slot, plane));
            }
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, into windows that are empty.</summary>
    public void Load(StateReader reader)
    {
        var slotCount = reader.Read<int>();
        EnsureSlots(slotCount);
        for (var slot = 0; slot < slotCount; slot++)
        {
            for (var plane = 0; plane < planes; plane++)
            {
                var saved = reader.ReadSpan<double>();
                if (plane == 0)
                {
                    foreach (var value in saved)
                    {
                        Add(slot, value);
                    }
                }

                saved.CopyTo(Plane(slot, plane));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stretches.Dispose();
        memory.Dispose();
    }

    private void MakeRoom(int slot)
    {
        var old = stretches.Values[slot];
        if (old.Count == 0 && old.Capacity > 0)
        {
            stretches.Values[slot].Start = 0;
            return;
        }

        if (old.Capacity > 0 && old.Start >= old.Capacity / 2)
        {
            for (var plane = 0; plane < planes; plane++)
            {
                var from = memory.Values.Slice(old.Offset + (plane * old.Capacity), old.Capacity);
                from.Slice(old.Start, old.Count).CopyTo(from);
            }

            stretches.Values[slot].Start = 0;
            return;
        }

        if (old.Capacity >= CapacityMax)
        {
            Throw.Error(
                ErrorCode.MemoryBudget,
                $"A moving window holds more than {CapacityMax:N0} rows of one key; take a shorter one"
            );
        }

        Grow(slot, Math.Max(old.Capacity * 2, SmallestCapacity));
    }

    private void Grow(int slot, int capacity)
    {
        var old = stretches.Values[slot];
        var grown = new Stretch { Capacity = capacity, Count = old.Count };
        grown.Offset = Take(grown.Capacity);
        for (var plane = 0; plane < planes; plane++)
        {
            memory
                .Values.Slice(old.Offset + (plane * old.Capacity) + old.Start, old.Count)
                .CopyTo(memory.Values[(grown.Offset + (plane * grown.Capacity))..]);
        }

        Free(old);
        stretches.Values[slot] = grown;
    }

    private int Take(int capacity)
    {
        var size = ClassOf(capacity);
        if (size < free.Count && free[size].TryPop(out var offset))
        {
            return offset;
        }

        offset = memory.Count;
        memory.EnsureCount(checked(offset + (capacity * planes)));
        return offset;
    }

    private void Free(in Stretch stretch)
    {
        if (stretch.Capacity == 0)
        {
            return;
        }

        var size = ClassOf(stretch.Capacity);
        while (free.Count <= size)
        {
            free.Add(new Stack<int>());
        }

        free[size].Push(stretch.Offset);
    }

    private static int ClassOf(int capacity) => System.Numerics.BitOperations.Log2((uint)capacity);

    /// <summary>Windows for the time of a batch.</summary>
    public ref struct OpenWindows
    {
        private readonly SlidingRows owner;
        private Span<Stretch> stretches;
        private Span<double> memory;

        internal OpenWindows(SlidingRows owner)
        {
            this.owner = owner;
            stretches = owner.stretches.Values;
            memory = owner.memory.Values;
        }

        /// <summary>True where the next value of a window makes it move: what was remembered of its place is stale then.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool IsFull(int slot)
        {
            ref readonly var stretch = ref stretches[slot];
            return stretch.Start + stretch.Count == stretch.Capacity;
        }

        /// <summary>Adds a value of one number to a window that holds so many at most; says which values it holds then.</summary>
        /// <param name="slot">The window.</param>
        /// <param name="value">The value.</param>
        /// <param name="countMax">The oldest one leaves a window that holds so many.</param>
        /// <param name="leaving">The value that left; 0 where none did.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public FactorPlace Add(int slot, double value, int countMax, out double leaving)
        {
            ref var stretch = ref stretches[slot];
            if (stretch.Start + stretch.Count == stretch.Capacity)
            {
                stretch = ref MakeRoom(slot);
            }

            var from = stretch.Offset + stretch.Start;
            memory[from + stretch.Count] = value;
            leaving = 0;
            if (stretch.Count == countMax)
            {
                leaving = memory[from];
                stretch.Start++;
                return new FactorPlace(from + 1, countMax);
            }

            stretch.Count++;
            return new FactorPlace(from, stretch.Count);
        }

        /// <summary>The values of a window, oldest first; stale once the window has moved.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly ReadOnlySpan<double> ValuesAt(FactorPlace place) => memory.Slice(place.From, place.Count);

        /// <summary>
        /// Begins to bring near the ends of the windows of the first few rows, and all of short ones, for a loop over them.
        /// </summary>
        public readonly void PrefetchFirst(ReadOnlySpan<int> slots)
        {
            for (var i = 0; i < Math.Min(slots.Length, CacheLines.RowsAhead); i++)
            {
                Prefetch(slots[i]);
            }
        }

        /// <summary>The same for the row that lies some rows ahead of one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void PrefetchAhead(ReadOnlySpan<int> slots, int row)
        {
            if (row + CacheLines.RowsAhead < slots.Length)
            {
                Prefetch(slots[row + CacheLines.RowsAhead]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Prefetch(int slot)
        {
            ref readonly var stretch = ref stretches[slot];
            ref var first = ref Unsafe.Add(
                ref MemoryMarshal.GetReference(memory),
                (nint)(stretch.Offset + stretch.Start)
            );
            CacheLines.Prefetch(in first);
            CacheLines.Prefetch(in Unsafe.Add(ref first, stretch.Count));
            if (owner.planes > 1)
            {
                CacheLines.Prefetch(in Unsafe.Add(ref first, stretch.Capacity));
                CacheLines.Prefetch(in Unsafe.Add(ref first, stretch.Capacity + stretch.Count));
            }
            else if (stretch.Count <= ShortRows)
            {
                for (var at = CacheLines.Values64; at < stretch.Count; at += CacheLines.Values64)
                {
                    CacheLines.Prefetch(in Unsafe.Add(ref first, at));
                }
            }
        }

        /// <summary>
        /// Adds a key with its place at the end of a window of two planes, in the place of those at the end that are not above it; takes
        /// out those at the beginning that lie a length back, and gives the key that is the oldest then.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long Push(int slot, long key, long place, long length)
        {
            ref var stretch = ref stretches[slot];
            var keys = MemoryMarshal.Cast<double, long>(memory);
            var from = stretch.Offset + stretch.Start;
            var count = stretch.Count;
            while (count > 0 && keys[from + count - 1] <= key)
            {
                count--;
            }

            stretch.Count = count;
            if (stretch.Start + count == stretch.Capacity)
            {
                stretch = ref MakeRoom(slot);
                keys = MemoryMarshal.Cast<double, long>(memory);
                from = stretch.Offset + stretch.Start;
            }

            keys[from + count] = key;
            keys[from + count + stretch.Capacity] = place;
            var oldest = from;
            while (place - keys[oldest + stretch.Capacity] >= length)
            {
                oldest++;
            }

            stretch.Start += oldest - from;
            stretch.Count = count + 1 - (oldest - from);
            return keys[oldest];
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private ref Stretch MakeRoom(int slot)
        {
            owner.MakeRoom(slot);
            stretches = owner.stretches.Values;
            memory = owner.memory.Values;
            return ref stretches[slot];
        }
    }

    internal struct Stretch
    {
        public int Offset;
        public int Capacity;
        public int Start;
        public int Count;
    }
}

/// <summary>Where the values of a window lie.</summary>
/// <param name="From">The oldest one.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct FactorPlace(int From, int Count);
