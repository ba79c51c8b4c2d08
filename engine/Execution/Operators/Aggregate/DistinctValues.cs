using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The distinct values of an aggregate's arguments in each group, and how often each is there. A group is known by a serial number that is
/// never used again, so the values of a group that is gone need not be looked for: they are dropped when the table is next made smaller.
/// </summary>
internal sealed class DistinctValues : IDisposable
{
    private const int CompactAfter = 1024;

    private readonly KeyType[] types;
    private readonly BlockPool pool;
    private readonly GroupArray<long> serialOfPlace;
    private readonly GroupArray<int> placeOfValue;
    private readonly GroupArray<long> counts;
    private readonly ColumnVector serials;
    private readonly ColumnVector[] keys;
    private KeyTable table;
    private int[] numbers = new int[Batch.VectorRows];
    private int[] oldNumbers = new int[Batch.VectorRows];
    private long nextSerial = 1;
    private int compactAt = CompactAfter;

    public DistinctValues(IReadOnlyList<BoundExpression> arguments, BlockPool pool)
    {
        this.pool = pool;
        types = [new KeyType(DataType.BigInt, false), .. arguments.Select(a => new KeyType(a.Type, a.Nullable))];
        serialOfPlace = new GroupArray<long>(pool);
        placeOfValue = new GroupArray<int>(pool);
        counts = new GroupArray<long>(pool);
        serials = ColumnVector.Allocate(DataType.BigInt, 1, pool);
        keys = new ColumnVector[types.Length];
        table = KeyTable.Create(types, pool);
    }

    /// <summary>How often a value of <see cref="Assign"/> is there.</summary>
    public ref long CountOf(int number) => ref counts.Values[number];

    /// <summary>Makes sure that there are that many groups.</summary>
    public void EnsureGroups(int placeCount)
    {
        var known = serialOfPlace.Count;
        serialOfPlace.EnsureCount(placeCount);
        for (var place = known; place < placeCount; place++)
        {
            serialOfPlace.Values[place] = nextSerial++;
        }
    }

    /// <summary>Forgets the values of a group.</summary>
    public void ResetGroup(int place) => serialOfPlace.Values[place] = nextSerial++;

    /// <summary>Numbers the values of rows; new ones are there 0 times.</summary>
    /// <param name="arguments">The values, a row each.</param>
    /// <param name="places">The group of each row.</param>
    /// <param name="ofOldRows">True for rows that are taken out, whose numbers stand beside those of new ones.</param>
    /// <returns>Valid until the next call of the same kind.</returns>
    public ReadOnlySpan<int> Assign(
        ReadOnlySpan<ColumnVector> arguments,
        ReadOnlySpan<int> places,
        bool ofOldRows = false
    )
    {
        var rowCount = places.Length;
        ref var target = ref ofOldRows ? ref oldNumbers : ref numbers;
        target = target.Length < rowCount ? new int[Math.Max(rowCount, target.Length * 2)] : target;
        serials.SetRowCount(0);
        serials.EnsureCapacity(Math.Max(rowCount, 1));
        var written = serials.Writable<long>();
        for (var i = 0; i < rowCount; i++)
        {
            written[i] = serialOfPlace.Values[places[i]];
        }

        serials.SetRowCount(rowCount);
        keys[0] = serials;
        arguments.CopyTo(keys.AsSpan(1));
        var newRows = table.Assign(keys, rowCount, target);
        var known = placeOfValue.Count;
        placeOfValue.EnsureCount(table.Count);
        counts.EnsureCount(table.Count);
        for (var i = 0; i < newRows.Length; i++)
        {
            placeOfValue.Values[known + i] = places[newRows[i]];
        }

        return target.AsSpan(0, rowCount);
    }

    /// <summary>Drops what is of no use, where that is due. Numbers do not hold afterwards.</summary>
    public void CompactIfDue()
    {
        if (table.Count < compactAt)
        {
            return;
        }

        using var kept = new LeasedArray<int>(table.Count, pool);
        var count = ListUsed(kept.Span);
        compactAt = Math.Max(CompactAfter, 2 * count);
        if (count > table.Count / 2)
        {
            compactAt = 2 * table.Count;
            return;
        }

        var smaller = KeyTables.Keep(table, types, kept.Span[..count], pool);
        for (var i = 0; i < count; i++)
        {
            placeOfValue.Values[i] = placeOfValue.Values[kept.Span[i]];
            counts.Values[i] = counts.Values[kept.Span[i]];
        }

        placeOfValue.Truncate(count);
        counts.Truncate(count);
        table.Dispose();
        table = smaller;
    }

    /// <summary>Writes the values of groups, whose places will be 0, 1 and so on.</summary>
    public void Save(StateWriter writer, ReadOnlySpan<int> live)
    {
        var newPlace = new int[serialOfPlace.Count];
        for (var i = 0; i < live.Length; i++)
        {
            newPlace[live[i]] = i;
        }

        using var kept = new LeasedArray<int>(Math.Max(table.Count, 1), pool);
        var used = kept.Span[..ListUsed(kept.Span)];
        writer.Write(used.Length);
        foreach (var number in used)
        {
            writer.Write(newPlace[placeOfValue.Values[number]]);
            writer.Write(counts.Values[number]);
        }

        for (var i = 1; i < types.Length; i++)
        {
            using var column = ColumnVector.Allocate(types[i].Type, Math.Max(used.Length, 1), pool);
            VectorCopy.AppendGather(table.Keys[i], used, column);
            writer.WriteVector(column);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, into an object without values whose groups exist.</summary>
    public void Load(StateReader reader)
    {
        var count = reader.Read<int>();
        var places = new int[count];
        var read = new long[count];
        for (var i = 0; i < count; i++)
        {
            places[i] = reader.Read<int>();
            read[i] = reader.Read<long>();
        }

        var columns = new ColumnVector[types.Length - 1];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = ColumnVector.Allocate(types[i + 1].Type, Math.Max(count, 1), pool);
            reader.ReadVector(columns[i]);
        }

        var loaded = Assign(columns, places);
        for (var i = 0; i < count; i++)
        {
            counts.Values[loaded[i]] = read[i];
        }

        foreach (var column in columns)
        {
            column.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        table.Dispose();
        serialOfPlace.Dispose();
        placeOfValue.Dispose();
        counts.Dispose();
        serials.Dispose();
    }

    private int ListUsed(Span<int> target)
    {
        var serialOf = table.Keys[0].Values<long>();
        var count = 0;
        for (var number = 0; number < table.Count; number++)
        {
            if (counts.Values[number] > 0 && serialOfPlace.Values[placeOfValue.Values[number]] == serialOf[number])
            {
                target[count++] = number;
            }
        }

        return count;
    }
}
