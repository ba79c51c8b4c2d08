using Apache.Arrow;
using TickStore.Core;
using TickStore.Storage;

namespace TickStore;

/// <summary>
/// Gathers columns for one table and commits them in batches. What was appended is acknowledged by the commit that
/// <see cref="Commit"/> returns, or one that came before it by itself. For one thread.
/// </summary>
public sealed class TableAppender : IDisposable
{
    private readonly TickDatabase database;
    private readonly StorageTable table;
    private readonly AppenderOptions options;
    private readonly Batch buffer;
    private bool isDisposed;

    internal TableAppender(TickDatabase database, StorageTable table, AppenderOptions options)
    {
        if (options.CommitRows is < 1 or > 1 << 20)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"An appender commits every 1 to {1 << 20} rows; {options.CommitRows} is outside"
            );
        }

        this.database = database;
        this.table = table;
        this.options = options;
        buffer = Batch.Allocate(table.Schema.ToBatchSchema(), options.CommitRows, database.Pool);
    }

    /// <summary>The table's columns.</summary>
    public TableSchema Schema => table.Schema;

    /// <summary>Rows gathered and not committed.</summary>
    public int PendingRows => buffer.RowCount;

    /// <summary>Where the last commit stands; its rows are visible, and durable if the durability says so.</summary>
    public CommitResult LastCommit { get; private set; }

    internal ISymbolTable Symbols => database.Symbols;

    internal int CommitRows => options.CommitRows;

    /// <summary>
    /// The rows gathered so far, for writing columns in place: append to each vector, then declare the row count.
    /// </summary>
    public Batch Pending
    {
        get
        {
            ThrowIfDisposed();
            return buffer;
        }
    }

    /// <summary>Appends a batch of the declared columns, in order; the rows are copied.</summary>
    public void Append(Batch rows)
    {
        ThrowIfDisposed();
        CheckColumns(rows.Schema);
        for (var start = 0; start < rows.RowCount; )
        {
            var count = Math.Min(rows.RowCount - start, options.CommitRows - buffer.RowCount);
            buffer.AppendRange(rows, start, count);
            start += count;
            CommitIfFull();
        }
    }

    /// <summary>Appends an Arrow record batch, whose columns are matched by name; the rows are copied.</summary>
    public void Append(RecordBatch rows)
    {
        ThrowIfDisposed();
        using var batch = database.FromArrow(rows, table.Schema);
        Append(batch);
    }

    /// <summary>Commits what was gathered; does nothing for no rows. A refused commit leaves the rows pending.</summary>
    public CommitResult Commit()
    {
        ThrowIfDisposed();
        if (buffer.RowCount > 0)
        {
            LastCommit = database.Storage.Commit(new TableBatch(table, buffer), options.Source, options.Durability);
            buffer.Clear();
        }

        return LastCommit;
    }

    /// <summary>
    /// As <see cref="Commit"/>, without blocking for the device: the rows are visible and the next ones may be gathered when it returns;
    /// the task ends when they are durable, if the durability says so. <see cref="LastCommit"/> does not tell of it.
    /// </summary>
    /// <returns>To be awaited once. Allocates nothing in the long run.</returns>
    public ValueTask<CommitResult> CommitAsync()
    {
        ThrowIfDisposed();
        if (buffer.RowCount == 0)
        {
            return ValueTask.FromResult(LastCommit);
        }

        var batch = new TableBatch(table, buffer);
        var commit = database.Storage.CommitAsync(new(in batch), options.Source, options.Durability);
        buffer.Clear();
        return commit;
    }

    /// <summary>Forgets what was gathered and not committed.</summary>
    public void Discard()
    {
        ThrowIfDisposed();
        buffer.Clear();
    }

    /// <summary>Commits what was gathered, and returns the memory. Throws as <see cref="Commit"/> does.</summary>
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        try
        {
            Commit();
        }
        finally
        {
            isDisposed = true;
            buffer.Dispose();
        }
    }

    internal Batch AllocateScratch(int capacityRows) => Batch.Allocate(buffer.Schema, capacityRows, database.Pool);

    internal void CommitIfFull()
    {
        if (buffer.RowCount >= options.CommitRows)
        {
            Commit();
        }
    }

    // Its memory may be somebody else's by now.
    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(isDisposed, this);

    private void CheckColumns(BatchSchema schema)
    {
        var wanted = table.Schema.Columns;
        for (var i = 0; i < Math.Max(wanted.Count, schema.ColumnCount); i++)
        {
            if (i >= wanted.Count || i >= schema.ColumnCount || schema[i].Type != wanted[i].Type)
            {
                var found = i < schema.ColumnCount ? $"{schema[i].Name} {schema[i].Type}" : "nothing";
                var declared = i < wanted.Count ? $"{wanted[i].Name} {wanted[i].Type}" : "nothing more";
                Throw.Error(
                    ErrorCode.SchemaMismatch,
                    $"Table {table.Name} declares {declared} as column {i + 1}, and the batch has {found}"
                );
            }
        }
    }
}
