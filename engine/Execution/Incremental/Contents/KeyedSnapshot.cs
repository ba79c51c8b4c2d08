using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The rows of a <see cref="KeyedRows"/> at one moment. Holds its pages until it is disposed of, and its readers are; both on any thread.
/// </summary>
public sealed class KeyedSnapshot : IKeyedSource, IDisposable
{
    private readonly KeyedLayout layout;
    private readonly BlockPool pool;
    private readonly KeyedPage[] pages;
    private int holders = 1;
    private int isDisposed;

    internal KeyedSnapshot(KeyedRows rows, KeyedLayout layout, BlockPool pool, KeyedPage[] pages)
    {
        this.layout = layout;
        this.pool = pool;
        this.pages = pages;
        Name = rows.Name;
        VisibleCount = rows.VisibleCount;
        KeyColumns = rows.KeyColumns;
        TimeColumn = rows.TimeColumn;
        RowCount = rows.RowCount;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public BatchSchema Schema => layout.Schema;

    /// <inheritdoc/>
    public int VisibleCount { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> KeyColumns { get; }

    /// <inheritdoc/>
    public int TimeColumn { get; }

    /// <inheritdoc/>
    public long RowCount { get; }

    /// <inheritdoc/>
    public IBatchReader Open()
    {
        for (var count = Volatile.Read(ref holders); Volatile.Read(ref isDisposed) == 0 && count > 0; )
        {
            var seen = Interlocked.CompareExchange(ref holders, count + 1, count);
            if (seen == count)
            {
                return new Reader(this);
            }

            count = seen;
        }

        return Throw.Error<IBatchReader>(ErrorCode.InvalidArgument, $"The snapshot of {Name} was disposed of");
    }

    /// <summary>Lets the pages go once no reader is open any more. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0)
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref holders) == 0)
        {
            foreach (var page in pages)
            {
                page.Release();
            }
        }
    }

    // Pages in memory without gaps are shown as they lie; others are gathered or decoded into the reader's own memory.
    private sealed class Reader(KeyedSnapshot snapshot) : IBatchReader
    {
        private readonly Batch view = Batch.CreateView(snapshot.Schema);
        private readonly KeyedPageCodec codec = new(snapshot.layout);
        private readonly int[] places = new int[KeyedLayout.PageRows];
        private Batch? decoded;
        private Batch? gathered;
        private int next;
        private bool isDisposed;

        public Batch? Next()
        {
            while (next < snapshot.pages.Length)
            {
                var page = snapshot.pages[next++];
                if (page.LiveCount > 0)
                {
                    return Read(page);
                }
            }

            return null;
        }

        public void Dispose()
        {
            if (!isDisposed)
            {
                isDisposed = true;
                decoded?.Dispose();
                gathered?.Dispose();
                snapshot.Leave();
            }
        }

        private Batch Read(KeyedPage page)
        {
            var isWhole = page.LiveCount == page.UsedCount;
            var source = view;
            if (page.Encoded is { } encoded)
            {
                decoded ??= Batch.Allocate(snapshot.Schema, KeyedLayout.PageRows, snapshot.pool);
                decoded.Clear();
                codec.Decode(encoded, page.UsedCount, decoded);
                source = decoded;
            }
            else
            {
                page.Show(view);
            }

            if (isWhole && (page.Encoded is not null || !snapshot.layout.HasText))
            {
                return source;
            }

            gathered ??= Batch.Allocate(snapshot.Schema, KeyedLayout.PageRows, snapshot.pool);
            gathered.Clear();
            var rows = places.AsSpan(0, page.ListLive(places));
            for (var i = 0; i < snapshot.layout.Columns.Length; i++)
            {
                ref readonly var column = ref snapshot.layout.Columns[i];
                if (column.IsText && page.Encoded is null)
                {
                    KeyedPageCodec.AppendTexts(page, column, rows, gathered[i]);
                }
                else
                {
                    VectorCopy.AppendGather(source[i], rows, gathered[i]);
                }
            }

            gathered.SetRowCount(rows.Length);
            return gathered;
        }
    }
}
