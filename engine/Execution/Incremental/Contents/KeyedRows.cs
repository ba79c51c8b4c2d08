using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The kept contents of a keyed set of rows: what a view or an operator holds to know what its rows were. Upserts and deletes by key;
/// snapshots at the cost of a reference for each page of 1,024 rows, which readers on other threads keep while the contents change.
/// </summary>
/// <remarks>
/// All calls on one thread at a time (the writer's: a view's step, under the sequencer's lock); snapshots may be read and disposed of on
/// any thread, block nobody and are blocked by nobody: a page that a snapshot holds is copied before it changes. Pages that have not
/// changed for a while are encoded as segments are, and decoded when a row of theirs changes. Memory comes from the pool and counts
/// against its budget; nothing is allocated for a row in the long run. An error of the budget leaves the rows that came before it
/// applied, and the contents whole.
/// </remarks>
public sealed partial class KeyedRows : IDisposable
{
    // A page grows older with each round of the clock's hand that finds it unchanged. One page is looked at for every 64 rows applied:
    // often enough that also a backfill, which fills pages one after the other, keeps few of them as they are.
    private const int AgeToEncode = 4;
    private const int RowsPerLook = 64;

    private readonly BlockPool pool;
    private readonly KeyedLayout layout;
    private readonly KeyedIndex index;
    private readonly KeyedPageCodec codec;
    private readonly int hotPagesMin;
    private readonly List<KeyedPage?> pages = [];
    private readonly List<int> openPages = [];
    private readonly List<int> freePageNumbers = [];
    private readonly ColumnVector[] keys;
    private readonly PlacesSeen seen = new();
    private int[] numbers = new int[64];
    private byte[] had = new byte[64];
    private readonly int[] places = new int[64];
    private Batch? shown;
    private int hotCount;

    // Of the pages that the batch touches.
    private ulong nullColumns;
    private int hand;
    private int rowsToLook;

    /// <summary>Makes an empty set of rows.</summary>
    /// <param name="name">Whose rows they are, for errors and <see cref="IKeyedSource.Name"/>.</param>
    /// <param name="schema">Columns of the rows. A column that is NOT NULL must never hold NULL.</param>
    /// <param name="keyColumns">The columns that tell rows apart; any type but arrays.</param>
    /// <param name="pool">Lends the memory, and outlives the rows and their snapshots.</param>
    public KeyedRows(string name, BatchSchema schema, IReadOnlyList<int> keyColumns, BlockPool pool)
        : this(name, schema, keyColumns, pool, hotPagesMin: 64) { }

    internal KeyedRows(string name, BatchSchema schema, IReadOnlyList<int> keyColumns, BlockPool pool, int hotPagesMin)
    {
        Name = name;
        KeyColumns = keyColumns;
        VisibleCount = schema.ColumnCount;
        this.pool = pool;
        this.hotPagesMin = hotPagesMin;
        layout = new KeyedLayout(schema);
        codec = new KeyedPageCodec(layout);
        index = KeyedIndex.Create([.. keyColumns.Select(k => new KeyType(schema[k].Type, schema[k].Nullable))], pool);
        keys = new ColumnVector[keyColumns.Count];
    }

    /// <summary>Whose rows they are.</summary>
    public string Name { get; }

    /// <summary>Names and types of the columns.</summary>
    public BatchSchema Schema => layout.Schema;

    /// <summary>The columns that tell rows apart.</summary>
    public IReadOnlyList<int> KeyColumns { get; }

    /// <summary>The first columns of the schema that a query may name; all of them unless set.</summary>
    public int VisibleCount { get; init; }

    /// <summary>The column that says when a row happened (a TIMESTAMP), or -1.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>How many rows there are.</summary>
    public long RowCount => index.Count;

    /// <summary>
    /// Puts in and takes out rows by key, in the order of the batch; deleting a key that is not there does nothing.
    /// </summary>
    /// <param name="delta">Rows of <see cref="Schema"/>; its own old rows are not looked at.</param>
    /// <param name="oldRows">
    /// An owning batch of the same columns, or null. Takes what each row of the batch was just before it, aligned; NULL in every column
    /// where its key was not there. Left empty where no key of the batch was there.
    /// </param>
    /// <returns>A byte a row: 1 where its key was there just before it. Valid until the next call.</returns>
    public ReadOnlySpan<byte> Apply(in DeltaBatch delta, Batch? oldRows = null)
    {
        var rowCount = delta.RowCount;
        EnsureRows(rowCount);
        oldRows?.Clear();
        if (rowCount == 0)
        {
            return default;
        }

        CheckNulls(delta);
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = delta.Rows[KeyColumns[i]];
        }

        index.Prepare(keys, rowCount, mayAdd: true);
        index.Find(numbers.AsSpan(0, rowCount));
        for (var i = 0; oldRows is not null && i < oldRows.ColumnCount; i++)
        {
            oldRows[i].EnsureCapacity(rowCount);
        }

        ApplyRows(delta, oldRows);
        LookForCold(rowCount);
        return had.AsSpan(0, rowCount);
    }

    /// <summary>
    /// Where <see cref="Apply"/> put the rows of its batch: a number for each that stays until the row is taken out, and may be another
    /// row's then; the complement of the number it had for one that was taken out. Valid until the next call.
    /// </summary>
    internal ReadOnlySpan<int> Numbers => numbers;

    /// <summary>Numbers of rows are below it.</summary>
    internal int NumberLimit => pages.Count << KeyedLayout.PageShift;

    /// <summary>Appends rows by their numbers to an owning batch of the same columns.</summary>
    internal void AppendRows(ReadOnlySpan<int> rowNumbers, Batch target)
    {
        var room = target.RowCount + rowNumbers.Length;
        for (var i = 0; i < target.ColumnCount; i++)
        {
            target[i].EnsureCapacity(room);
        }

        var view = shown ??= Batch.CreateView(Schema);
        for (var start = 0; start < rowNumbers.Length; )
        {
            // Neighbours often lie in one page.
            var pageNumber = rowNumbers[start] >> KeyedLayout.PageShift;
            var count = 0;
            while (
                start + count < rowNumbers.Length
                && count < places.Length
                && rowNumbers[start + count] >> KeyedLayout.PageShift == pageNumber
            )
            {
                places[count] = rowNumbers[start + count] & (KeyedLayout.PageRows - 1);
                count++;
            }

            var page = pages[pageNumber]!.Data is null ? Touch(pageNumber) : pages[pageNumber]!;
            page.Show(view);
            for (var i = 0; i < layout.Columns.Length; i++)
            {
                ref readonly var column = ref layout.Columns[i];
                if (column.IsText)
                {
                    KeyedPageCodec.AppendTexts(page, column, places.AsSpan(0, count), target[i]);
                }
                else
                {
                    VectorCopy.AppendGather(view[i], places.AsSpan(0, count), target[i]);
                }
            }

            start += count;
        }

        target.SetRowCount(room);
    }

    /// <summary>The rows as they are now, for readers on any thread. O(pages).</summary>
    public KeyedSnapshot OpenSnapshot()
    {
        var held = new KeyedPage[pages.Count - freePageNumbers.Count];
        var count = 0;
        foreach (var page in pages)
        {
            if (page is not null)
            {
                page.AddReference();
                held[count++] = page;
            }
        }

        return new KeyedSnapshot(this, layout, pool, held);
    }

    /// <summary>Takes all rows out.</summary>
    public void Clear()
    {
        foreach (var page in pages)
        {
            page?.Release();
        }

        pages.Clear();
        openPages.Clear();
        freePageNumbers.Clear();
        index.Clear();
        (hotCount, hand, rowsToLook) = (0, 0, 0);
    }

    /// <summary>Writes all rows, for a checkpoint.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(RowCount);
        using var snapshot = OpenSnapshot();
        using var reader = snapshot.Open();
        while (reader.Next() is { } batch)
        {
            writer.WriteBatch(batch);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, in place of what there is. Throws Corruption where it does not fit.</summary>
    public void Load(StateReader reader)
    {
        Clear();
        var expected = reader.Read<long>();
        using var batch = Batch.Allocate(Schema, KeyedLayout.PageRows, pool);
        for (var read = 0L; read < expected; read += batch.RowCount)
        {
            batch.Clear();
            reader.ReadBatch(batch);
            if (batch.RowCount == 0)
            {
                break;
            }

            Apply(new DeltaBatch(batch));
        }

        if (RowCount != expected)
        {
            Throw.Error(
                ErrorCode.Corruption,
                $"The saved rows of {Name} are {RowCount:N0} by their keys, where {expected:N0} were to be there"
            );
        }
    }

    /// <summary>Returns all memory but what snapshots hold.</summary>
    public void Dispose()
    {
        Clear();
        missingRows?.Dispose();
        index.Dispose();
    }

    private void CheckNulls(in DeltaBatch delta)
    {
        for (var i = 0; i < Schema.ColumnCount; i++)
        {
            if (Schema[i].Nullable || !delta.Rows[i].MayHaveNulls)
            {
                continue;
            }

            for (var row = 0; row < delta.RowCount; row++)
            {
                if (delta.Rows[i].IsNull(row) && !delta.IsDelete(row))
                {
                    Throw.Error(ErrorCode.Internal, $"NULL in column {Schema[i].Name} of {Name}, which is NOT NULL");
                }
            }
        }
    }
}
