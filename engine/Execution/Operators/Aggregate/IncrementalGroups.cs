using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The groups of an incremental aggregation, each at a place of its own: finds the place of each row by its keys, and remembers which ones
/// a step has touched, in the order in which it did, and which ones earlier steps have touched that hold back what they changed. Places
/// of groups that are gone are used again. Without keys there is one group, at place 0, from the start.
/// </summary>
internal sealed class IncrementalGroups : IDisposable
{
    private const byte TouchedFlag = 1;
    private const byte NewFlag = 2;
    private const byte LateFlag = 4;
    private const byte SourceFlag = 8;
    private const byte RebuildFlag = 16;
    private const byte HeldFlag = 32;
    private const byte HeldNewFlag = 64;
    private const int CompactAfter = 1024;

    private readonly KeyType[] types;
    private readonly BlockPool pool;
    private readonly KeyScratch scratch = new();

    // Numbers of the key table to places plus one (0 where the group is gone), and back.
    private readonly GroupArray<int> placeOfNumber;
    private readonly GroupArray<int> numberOfPlace;
    private readonly GroupArray<long> rowCounts;
    private readonly GroupArray<byte> flags;
    private readonly GroupArray<int> touched;
    private readonly GroupArray<int> held;
    private readonly GroupArray<int> free;
    private KeyTable? table;
    private int[] places = new int[Batch.VectorRows];
    private int[] gathered = new int[Batch.VectorRows];
    private int heldHead;

    // A group with one of these flags need not be marked again.
    private byte seenFlags = TouchedFlag;

    public IncrementalGroups(IReadOnlyList<BoundExpression> keys, BlockPool pool)
    {
        this.pool = pool;
        types = [.. keys.Select(k => new KeyType(k.Type, k.Nullable))];
        placeOfNumber = new GroupArray<int>(pool);
        numberOfPlace = new GroupArray<int>(pool);
        rowCounts = new GroupArray<long>(pool);
        flags = new GroupArray<byte>(pool);
        touched = new GroupArray<int>(pool);
        held = new GroupArray<int>(pool);
        free = new GroupArray<int>(pool);
        if (types.Length > 0)
        {
            table = KeyTable.Create(types, pool);
        }
        else
        {
            Mark(NewPlace(), NewFlag);
        }
    }

    /// <summary>Places that were ever in use: states need that many.</summary>
    public int PlaceCount => flags.Count;

    /// <summary>Groups that there are.</summary>
    public int LiveCount => flags.Count - free.Count;

    /// <summary>The places that were touched since <see cref="ClearTouched"/>, in the order of the first touch.</summary>
    public ReadOnlySpan<int> Touched => touched.Values;

    /// <summary>The groups that the last <see cref="Assign"/> made.</summary>
    public ReadOnlySpan<int> Added => gathered.AsSpan(0, addedCount);

    private int addedCount;

    /// <summary>Finds the group of each row, and makes those that are new. Touches nothing else.</summary>
    /// <returns>A place for each row; valid until the next call.</returns>
    public ReadOnlySpan<int> Assign(ReadOnlySpan<ColumnVector> keys, int rowCount)
    {
        var result = Room(rowCount);
        addedCount = 0;
        if (table is null)
        {
            result.Clear();
            return result;
        }

        table.Assign(keys, rowCount, result);
        placeOfNumber.EnsureCount(table.Count);
        for (var i = 0; i < result.Length; i++)
        {
            var number = result[i];
            var place = placeOfNumber.Values[number] - 1;
            if (place < 0)
            {
                place = NewPlace();
                placeOfNumber.Values[number] = place + 1;
                numberOfPlace.Values[place] = number;
                Mark(place, NewFlag);
                gathered = gathered.Length == addedCount ? new int[addedCount * 2] : gathered;
                gathered[addedCount++] = place;
            }

            result[i] = place;
        }

        return result;
    }

    /// <summary>Finds the group of each row; -1 where there is none.</summary>
    /// <returns>A place for each row; valid until the next call.</returns>
    public ReadOnlySpan<int> Find(ReadOnlySpan<ColumnVector> keys, int rowCount)
    {
        var result = Room(rowCount);
        if (table is null)
        {
            result.Clear();
            return result;
        }

        scratch.EnsureRows(rowCount);
        table.Find(keys, rowCount, result, scratch);
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = result[i] < 0 ? -1 : placeOfNumber.Values[result[i]] - 1;
        }

        return result;
    }

    /// <summary>Marks the groups of rows as touched by a batch of changes.</summary>
    public void Touch(ReadOnlySpan<int> rowPlaces, in DeltaBatch delta)
    {
        var all = flags.Values;
        var seen = seenFlags;
        foreach (var place in rowPlaces)
        {
            if ((all[place] & seen) == 0)
            {
                Mark(place, 0);
            }
        }

        for (var i = 0; i < delta.Causes.Length; i++)
        {
            Touch(rowPlaces[i], delta.Causes[i]);
        }
    }

    /// <summary>Marks one group as touched, for a reason.</summary>
    public void Touch(int place, DeltaCause cause) =>
        Mark(
            place,
            cause switch
            {
                DeltaCause.LateCorrection => LateFlag,
                DeltaCause.SourceCorrection => SourceFlag,
                _ => 0,
            }
        );

    /// <summary>Says that the state of a group no longer tells what its rows are, until it is built again.</summary>
    public void AskToRebuild(int place) => Mark(place, RebuildFlag);

    /// <summary>True where <see cref="AskToRebuild"/> was called in this step.</summary>
    public bool MustRebuild(int place) => (flags.Values[place] & RebuildFlag) != 0;

    /// <summary>True for a group that this step has made.</summary>
    public bool IsNew(int place) => (flags.Values[place] & NewFlag) != 0;

    /// <summary>Rows of a group, where the caller counts them.</summary>
    public ref long RowsOf(int place) => ref rowCounts.Values[place];

    /// <summary>Why a touched group changed.</summary>
    public DeltaCause CauseOf(int place)
    {
        var flag = flags.Values[place];
        return (flag & SourceFlag) != 0 ? DeltaCause.SourceCorrection
            : (flag & (NewFlag | RebuildFlag)) == NewFlag ? DeltaCause.New
            : (flag & LateFlag) != 0 ? DeltaCause.LateCorrection
            : DeltaCause.Update;
    }

    /// <summary>Appends the keys of groups to the first columns of a batch.</summary>
    public void AppendKeys(ReadOnlySpan<int> chosen, Batch target)
    {
        if (types.Length == 0)
        {
            return;
        }

        var numbers = NumbersOf(chosen);
        for (var i = 0; i < types.Length; i++)
        {
            VectorCopy.AppendGather(table!.Keys[i], numbers, target[i]);
        }
    }

    /// <summary>Appends one key of groups to a column.</summary>
    public void AppendKey(int key, ReadOnlySpan<int> chosen, ColumnVector target) =>
        VectorCopy.AppendGather(table!.Keys[key], NumbersOf(chosen), target);

    /// <summary>The values of one key, a row for each of <see cref="NumberOf"/>.</summary>
    public ColumnVector KeysOf(int key) => table!.Keys[key];

    /// <summary>Where the keys of a group stand.</summary>
    public int NumberOf(int place) => numberOfPlace.Values[place];

    /// <summary>A key that is a TIMESTAMP.</summary>
    public long BucketOf(int key, int place) => table!.Keys[key].Values<long>()[numberOfPlace.Values[place]];

    /// <summary>Lets go of a group. Its place may be used again at once, so its states must be empty.</summary>
    public void Release(int place)
    {
        placeOfNumber.Values[numberOfPlace.Values[place]] = 0;
        rowCounts.Values[place] = 0;
        free.Add(place);
    }

    /// <summary>Begins a new step.</summary>
    public void ClearTouched()
    {
        var all = flags.Values;
        foreach (var place in touched.Values)
        {
            all[place] &= HeldFlag | HeldNewFlag;
        }

        touched.Reset();
    }

    /// <summary>
    /// True where a group that is held need not be told apart from one that this step touches: then touching it costs nothing, and only
    /// groups that are not held, or are touched for a reason, are among <see cref="Touched"/>.
    /// </summary>
    public bool HidesHeld
    {
        get => (seenFlags & HeldFlag) != 0;
        set => seenFlags = value ? (byte)(TouchedFlag | HeldFlag) : TouchedFlag;
    }

    /// <summary>True where no touched group came late, was corrected or is to be built again.</summary>
    public bool AreTouchedPlain
    {
        get
        {
            var all = flags.Values;
            byte any = 0;
            foreach (var place in touched.Values)
            {
                any |= all[place];
            }

            return (any & (LateFlag | SourceFlag | RebuildFlag)) == 0;
        }
    }

    /// <summary>The groups that are held, first held first. A span of memory of this object.</summary>
    public ReadOnlySpan<int> Held => held.Values[heldHead..];

    /// <summary>How many groups are held.</summary>
    public int HeldCount => held.Count - heldHead;

    /// <summary>Groups that were made since, or when, they were held.</summary>
    public int HeldNewCount { get; private set; }

    /// <summary>True for a group that is held.</summary>
    public bool IsHeld(int place) => (flags.Values[place] & HeldFlag) != 0;

    /// <summary>Why a held group changed, all steps taken together.</summary>
    public DeltaCause HeldCauseOf(int place) =>
        (flags.Values[place] & HeldNewFlag) != 0 ? DeltaCause.New : DeltaCause.Update;

    /// <summary>Holds the touched groups, and begins a new step.</summary>
    public void HoldTouched()
    {
        var all = flags.Values;
        foreach (var place in touched.Values)
        {
            ref var flag = ref all[place];
            if ((flag & HeldFlag) != 0)
            {
                flag &= HeldFlag | HeldNewFlag;
                continue;
            }

            held.Add(place);
            var isNew = (flag & NewFlag) != 0;
            HeldNewCount += isNew ? 1 : 0;
            flag = isNew ? (byte)(HeldFlag | HeldNewFlag) : HeldFlag;
        }

        touched.Reset();
    }

    /// <summary>Holds the first ones no longer.</summary>
    public void LetGo(int count)
    {
        var all = flags.Values;
        foreach (var place in Held[..count])
        {
            HeldNewCount -= (all[place] & HeldNewFlag) != 0 ? 1 : 0;
            all[place] &= unchecked((byte)~(HeldFlag | HeldNewFlag));
        }

        heldHead += count;
        if (heldHead == held.Count)
        {
            held.Reset();
            heldHead = 0;
        }
        else if (heldHead > held.Count / 2)
        {
            Held.CopyTo(held.Values);
            held.Truncate(held.Count - heldHead);
            heldHead = 0;
        }
    }

    /// <summary>The groups that there are, in the order of their places.</summary>
    public int[] ListLive()
    {
        var isFree = new bool[PlaceCount];
        foreach (var place in free.Values)
        {
            isFree[place] = true;
        }

        return [.. Enumerable.Range(0, PlaceCount).Where(p => !isFree[p])];
    }

    /// <summary>Writes the groups, whose places will be 0, 1 and so on.</summary>
    public void Save(StateWriter writer, ReadOnlySpan<int> live)
    {
        writer.Write(live.Length);
        for (var i = 0; i < types.Length; i++)
        {
            using var column = ColumnVector.Allocate(types[i].Type, live.Length, pool);
            AppendKey(i, live, column);
            writer.WriteVector(column);
        }

        rowCounts.Save(writer, live);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, into an object that has seen no row.</summary>
    public int[] Load(StateReader reader)
    {
        var count = reader.Read<int>();
        var columns = new ColumnVector[types.Length];
        for (var i = 0; i < types.Length; i++)
        {
            columns[i] = ColumnVector.Allocate(types[i].Type, count, pool);
            reader.ReadVector(columns[i]);
        }

        if (table is not null && count > 0)
        {
            Assign(columns, count);
        }

        foreach (var column in columns)
        {
            column.Dispose();
        }

        ClearTouched();
        int[] live = [.. Enumerable.Range(0, count)];
        rowCounts.Load(reader, live);
        return live;
    }

    /// <summary>
    /// The key table cannot drop a key: once most of its keys are of groups that are gone, it is made anew. Amortised O(1) a group.
    /// </summary>
    public void CompactIfDue()
    {
        if (table is null || table.Count < CompactAfter || table.Count < 2 * LiveCount)
        {
            return;
        }

        var kept = new LeasedArray<int>(Math.Max(LiveCount, 1), pool);
        var count = 0;
        for (var number = 0; number < placeOfNumber.Count; number++)
        {
            if (placeOfNumber.Values[number] != 0)
            {
                kept.Span[count++] = number;
            }
        }

        var smaller = KeyTables.Keep(table, types, kept.Span[..count], pool);
        for (var i = 0; i < count; i++)
        {
            var place = placeOfNumber.Values[kept.Span[i]];
            placeOfNumber.Values[i] = place;
            numberOfPlace.Values[place - 1] = i;
        }

        placeOfNumber.Truncate(count);
        kept.Dispose();
        table.Dispose();
        table = smaller;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        table?.Dispose();
        placeOfNumber.Dispose();
        numberOfPlace.Dispose();
        rowCounts.Dispose();
        flags.Dispose();
        touched.Dispose();
        held.Dispose();
        free.Dispose();
    }

    private ReadOnlySpan<int> NumbersOf(ReadOnlySpan<int> chosen)
    {
        if (gathered.Length < chosen.Length)
        {
            gathered = new int[Math.Max(chosen.Length, gathered.Length * 2)];
        }

        var all = numberOfPlace.Values;
        var numbers = gathered.AsSpan(0, chosen.Length);
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = all[chosen[i]];
        }

        addedCount = 0;
        return numbers;
    }

    private Span<int> Room(int rowCount)
    {
        places = places.Length < rowCount ? new int[Math.Max(rowCount, places.Length * 2)] : places;
        return places.AsSpan(0, rowCount);
    }

    private int NewPlace()
    {
        if (free.Count > 0)
        {
            var place = free.Values[^1];
            free.Truncate(free.Count - 1);
            return place;
        }

        flags.EnsureCount(flags.Count + 1);
        numberOfPlace.EnsureCount(flags.Count);
        rowCounts.EnsureCount(flags.Count);
        return flags.Count - 1;
    }

    private void Mark(int place, byte more)
    {
        ref var flag = ref flags.Values[place];
        if ((flag & TouchedFlag) == 0)
        {
            touched.Add(place);
        }

        flag |= (byte)(TouchedFlag | more);
    }
}
