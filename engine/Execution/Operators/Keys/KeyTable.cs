using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Type of one column of a key, and whether it may be NULL.</summary>
internal readonly record struct KeyType(DataType Type, bool Nullable);

/// <summary>
/// Numbers distinct keys from 0 in the order of their first appearance: groups of an aggregate, build rows of a join,
/// partitions of an ASOF join. NULL is a value like others here, NaN equals NaN and -0 equals 0. Open addressing;
/// memory comes from the query's pool. For one thread, but <see cref="Find"/> of a table that no longer grows may be
/// called by many, each with its own <see cref="KeyScratch"/>.
/// </summary>
internal abstract class KeyTable : IDisposable
{
    private readonly ColumnVector[] keys;
    private readonly KeyScratch ownScratch = new();

    protected KeyTable(IReadOnlyList<KeyType> types, BlockPool pool)
    {
        Types = types;
        Pool = pool;
        keys = new ColumnVector[types.Count];
        try
        {
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i] = ColumnVector.Allocate(types[i].Type, Batch.VectorRows, pool);
            }
        }
        catch
        {
            DisposeKeys();
            throw;
        }
    }

    /// <summary>How many distinct keys there are.</summary>
    public int Count { get; protected set; }

    /// <summary>The values of the keys, column by column, as they first appeared; a row for each key.</summary>
    public ReadOnlySpan<ColumnVector> Keys => keys;

    protected IReadOnlyList<KeyType> Types { get; }

    protected BlockPool Pool { get; }

    /// <summary>Makes a table: of packed integers where the key fits 128 bits, else of bytes.</summary>
    public static KeyTable Create(IReadOnlyList<KeyType> types, BlockPool pool)
    {
        var bits = 0;
        foreach (var key in types)
        {
            if (key.Type.IsArray)
            {
                Throw.Error(
                    ErrorCode.TypeMismatch,
                    $"Values of type {key.Type} cannot be grouped, made distinct or joined on"
                );
            }

            var isFixed = key.Type.Kind is not (TypeKind.Varchar or TypeKind.Interval);
            bits += isFixed ? (key.Type.ElementBytes * 8) + (key.Nullable ? 1 : 0) : 1000;
        }

        return bits switch
        {
            <= 64 => new PackedKeyTable<ulong>(types, pool),
            <= 128 => new PackedKeyTable<UInt128>(types, pool),
            _ => new ByteKeyTable(types, pool),
        };
    }

    /// <summary>Numbers each row's key, and adds those that are new.</summary>
    /// <param name="columns">Dense vectors of the key's types.</param>
    /// <param name="rowCount">Rows of each, at least.</param>
    /// <param name="numbers">Takes a number for each row.</param>
    /// <returns>The rows whose keys were new, ascending; valid until the next call.</returns>
    public ReadOnlySpan<int> Assign(ReadOnlySpan<ColumnVector> columns, int rowCount, Span<int> numbers)
    {
        ownScratch.EnsureRows(rowCount);
        var newCount = AssignCore(columns, rowCount, numbers, ownScratch);
        var newRows = ownScratch.NewRows.AsSpan(0, newCount);
        for (var i = 0; i < keys.Length; i++)
        {
            VectorCopy.AppendGather(columns[i], newRows, keys[i]);
        }

        return newRows;
    }

    /// <summary>Looks each row's key up; -1 where it is not there.</summary>
    public abstract void Find(ReadOnlySpan<ColumnVector> columns, int rowCount, Span<int> numbers, KeyScratch scratch);

    /// <summary>Forgets all keys, and keeps the memory unless it is far more than the keys needed.</summary>
    public void Reset()
    {
        ResetSlots();
        Count = 0;
        foreach (var key in keys)
        {
            key.SetRowCount(0);
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose() => DisposeKeys();

    /// <summary>Empties the slots; <see cref="Count"/> still says how many keys there were.</summary>
    protected abstract void ResetSlots();

    protected abstract int AssignCore(
        ReadOnlySpan<ColumnVector> columns,
        int rowCount,
        Span<int> numbers,
        KeyScratch scratch
    );

    private void DisposeKeys()
    {
        foreach (var key in keys)
        {
            key?.Dispose();
        }
    }
}

/// <summary>Room for the keys of one batch, reused from batch to batch by one thread.</summary>
internal sealed class KeyScratch
{
    /// <summary>Rows whose keys were new.</summary>
    public int[] NewRows { get; private set; } = [];

    /// <summary>Packed keys of 64 bits.</summary>
    public ulong[] Words64 { get; private set; } = [];

    /// <summary>Packed keys of 128 bits.</summary>
    public UInt128[] Words128 { get; private set; } = [];

    /// <summary>Keys as bytes, one after the other.</summary>
    public byte[] Bytes { get; private set; } = new byte[16 * 1024];

    /// <summary>Where each key's bytes begin, and where the last one ends.</summary>
    public int[] Starts { get; private set; } = new int[1];

    public void EnsureRows(int rowCount)
    {
        if (NewRows.Length < rowCount)
        {
            NewRows = new int[Math.Max(rowCount, Batch.VectorRows)];
            Starts = new int[NewRows.Length + 1];
        }
    }

    public Span<TWord> Words<TWord>(int rowCount)
        where TWord : unmanaged
    {
        EnsureRows(rowCount);
        if (typeof(TWord) == typeof(ulong))
        {
            Words64 = Words64.Length < rowCount ? new ulong[NewRows.Length] : Words64;
            return System.Runtime.InteropServices.MemoryMarshal.Cast<ulong, TWord>(Words64.AsSpan(0, rowCount));
        }

        Words128 = Words128.Length < rowCount ? new UInt128[NewRows.Length] : Words128;
        return System.Runtime.InteropServices.MemoryMarshal.Cast<UInt128, TWord>(Words128.AsSpan(0, rowCount));
    }

    public void GrowBytes(int wantedBytes)
    {
        if (wantedBytes > Bytes.Length)
        {
            var grown = Bytes;
            Array.Resize(ref grown, Math.Max(wantedBytes, (int)Math.Min(2L * Bytes.Length, Array.MaxLength)));
            Bytes = grown;
        }
    }
}
