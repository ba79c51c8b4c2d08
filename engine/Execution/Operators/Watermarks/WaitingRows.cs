using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Rows by key, and for each of some columns of times a queue: whose time has come is found without looking at the others. A row that
/// goes leaves its place behind; when most places are empty the rest move together.
/// </summary>
internal sealed class WaitingRows : IDisposable
{
    private const int PlacesMin = 1024;

    private readonly IReadOnlyList<int> keyColumns;
    private readonly BlockPool pool;
    private readonly KeyedIndex index;
    private readonly PriorityQueue<int, long>[] queues;
    private readonly ColumnVector[] keys;
    private readonly int[] one = new int[1];
    private Batch rows;
    private Batch spare;
    private long[] times = new long[64];
    private byte[] isLive = new byte[64];
    private int[] moved = [];

    /// <summary>Makes an empty set.</summary>
    /// <param name="schema">Columns of the rows.</param>
    /// <param name="keyColumns">The columns that tell them apart.</param>
    /// <param name="timeCount">How many times a row has.</param>
    /// <param name="pool">Lends the memory of the rows.</param>
    public WaitingRows(BatchSchema schema, IReadOnlyList<int> keyColumns, int timeCount, BlockPool pool)
    {
        this.keyColumns = keyColumns;
        this.pool = pool;
        index = KeyedIndex.Create([.. keyColumns.Select(k => new KeyType(schema[k].Type, schema[k].Nullable))], pool);
        queues = new PriorityQueue<int, long>[timeCount];
        for (var i = 0; i < timeCount; i++)
        {
            queues[i] = new PriorityQueue<int, long>();
        }

        keys = new ColumnVector[keyColumns.Count];
        rows = Batch.Allocate(schema, 64, pool);
        spare = Batch.Allocate(schema, 64, pool);
    }

    /// <summary>Lends the memory.</summary>
    public BlockPool Pool => pool;

    /// <summary>How many rows wait.</summary>
    public int Count { get; private set; }

    /// <summary>The rows; places that are not taken hold what once was there.</summary>
    public Batch Rows => rows;

    /// <summary>
    /// Packs the keys of a batch, which <see cref="Find"/>, <see cref="Add"/> and <see cref="Remove"/> name by their rows.
    /// </summary>
    public void Prepare(Batch batch)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = batch[keyColumns[i]];
        }

        index.Prepare(keys, batch.RowCount, mayAdd: true);
    }

    /// <summary>The place of a row's key, or -1.</summary>
    public int Find(Batch batch, int row)
    {
        var place = index.Find(row);
        if (place >= 0 && index.IsHashed && !HasKey(place, batch, row))
        {
            Throw.Error(ErrorCode.Internal, "Two keys of rows that wait have one hash of 128 bits");
        }

        return place;
    }

    /// <summary>A time of a row that waits; the least value for none.</summary>
    public long TimeOf(int place, int time) => times[(place * queues.Length) + time];

    /// <summary>Takes out the row of a key that is there.</summary>
    public void Remove(int row, int place)
    {
        index.Remove(row);
        isLive[place] = 0;
        Count--;
    }

    /// <summary>Puts in a row whose key is not there, to wait for those of its times that are after what has passed.</summary>
    public void Add(Batch batch, int row, ReadOnlySpan<long> rowTimes, ReadOnlySpan<long> passed)
    {
        var place = rows.RowCount;
        one[0] = row;
        rows.AppendGather(batch, one);
        if (place >= isLive.Length)
        {
            Array.Resize(ref isLive, isLive.Length * 2);
        }

        if ((place + 1) * queues.Length > times.Length)
        {
            Array.Resize(ref times, Math.Max(times.Length * 2, (place + 1) * queues.Length));
        }

        isLive[place] = 1;
        rowTimes.CopyTo(times.AsSpan(place * queues.Length));
        for (var i = 0; i < queues.Length; i++)
        {
            if (rowTimes[i] > passed[i])
            {
                queues[i].Enqueue(place, rowTimes[i]);
            }
        }

        index.Add(row, place);
        Count++;
    }

    /// <summary>
    /// The next row, in the order of a time, that waits for a time up to a limit; -1 for none. It stays until it is removed.
    /// </summary>
    public int Next(int time, long limit)
    {
        var queue = queues[time];
        while (queue.TryPeek(out var place, out var due) && due <= limit)
        {
            queue.Dequeue();
            if (isLive[place] != 0)
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>Moves the rows together where most places are empty. Places change.</summary>
    public void CompactIfDue(ReadOnlySpan<long> passed)
    {
        if (rows.RowCount < PlacesMin || Count > rows.RowCount / 2)
        {
            return;
        }

        if (moved.Length < Count)
        {
            moved = new int[Math.Max(Count, moved.Length * 2)];
        }

        var count = 0;
        for (var place = 0; place < rows.RowCount; place++)
        {
            if (isLive[place] != 0)
            {
                times.AsSpan(place * queues.Length, queues.Length).CopyTo(times.AsSpan(count * queues.Length));
                moved[count++] = place;
            }
        }

        spare.Clear();
        spare.AppendGather(rows, moved.AsSpan(0, count));
        (rows, spare) = (spare, rows);
        isLive.AsSpan(0, count).Fill(1);
        isLive.AsSpan(count).Clear();
        index.Clear();
        foreach (var queue in queues)
        {
            queue.Clear();
        }

        if (count == 0)
        {
            return;
        }

        Prepare(rows);
        for (var place = 0; place < count; place++)
        {
            index.Add(place, place);
            for (var i = 0; i < queues.Length; i++)
            {
                if (TimeOf(place, i) > passed[i])
                {
                    queues[i].Enqueue(place, TimeOf(place, i));
                }
            }
        }
    }

    /// <summary>The rows that wait, put together in a batch of their own.</summary>
    public Batch CopyLive()
    {
        var copy = Batch.Allocate(rows.Schema, Math.Max(1, Count), pool);
        for (var place = 0; place < rows.RowCount; place++)
        {
            if (isLive[place] != 0)
            {
                one[0] = place;
                copy.AppendGather(rows, one);
            }
        }

        return copy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rows.Dispose();
        spare.Dispose();
        index.Dispose();
    }

    private bool HasKey(int place, Batch batch, int row)
    {
        foreach (var key in keyColumns)
        {
            var (mine, other) = (rows[key], batch[key]);
            var isNull = mine.IsNull(place);
            if (isNull != other.IsNull(row))
            {
                return false;
            }

            var width = mine.Type.ElementBytes;
            var isSame =
                isNull
                || (
                    mine.Type.Kind == TypeKind.Varchar
                        ? mine.Utf8(place).SequenceEqual(other.Utf8(row))
                        : mine.LevelBytes(0)
                            .Slice(place * width, width)
                            .SequenceEqual(other.LevelBytes(0).Slice(row * width, width))
                );
            if (!isSame)
            {
                return false;
            }
        }

        return true;
    }
}
