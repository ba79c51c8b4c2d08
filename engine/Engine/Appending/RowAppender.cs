using TickStore.Core;
using TickStore.Engine.Appending;
using TickStore.Storage;

namespace TickStore;

/// <summary>
/// Gathers rows of a .NET type for one table and commits them in batches. Rows are turned into columns a thousand at a time, by loops
/// compiled once. For one thread.
/// </summary>
public sealed class RowAppender<T> : IDisposable
{
    private readonly TableAppender columns;
    private readonly RowMapping<T> mapping;
    private readonly T[] rows;
    private readonly Batch scratch;
    private int rowCount;
    private bool isDisposed;

    internal RowAppender(TableAppender columns)
    {
        this.columns = columns;
        try
        {
            mapping = new RowMapping<T>(columns.Schema);
        }
        catch
        {
            columns.Dispose();
            throw;
        }

        rows = new T[Math.Min(1024, columns.CommitRows)];
        scratch = columns.AllocateScratch(rows.Length);
    }

    /// <summary>Rows appended and not committed.</summary>
    public int PendingRows => columns.PendingRows + rowCount;

    /// <summary>Where the last commit stands.</summary>
    public CommitResult LastCommit => columns.LastCommit;

    /// <summary>
    /// Appends a row, and commits when enough rows are gathered. An error in a value is thrown by the call that fills the
    /// thousand; the rows then stay pending until <see cref="Discard"/>.
    /// </summary>
    public void Append(T row)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (rowCount == rows.Length)
        {
            Transpose();
        }

        rows[rowCount++] = row;
        if (rowCount == rows.Length || columns.PendingRows + rowCount >= columns.CommitRows)
        {
            Transpose();
        }
    }

    /// <summary>Appends rows.</summary>
    public void Append(ReadOnlySpan<T> moreRows)
    {
        foreach (ref readonly var row in moreRows)
        {
            Append(row);
        }
    }

    /// <summary>Commits what was appended.</summary>
    public CommitResult Commit()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        Transpose();
        return columns.Commit();
    }

    /// <summary>Forgets what was appended and not committed.</summary>
    public void Discard()
    {
        rowCount = 0;
        columns.Discard();
    }

    /// <summary>Commits what is left, and returns the memory.</summary>
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        try
        {
            Transpose();
        }
        finally
        {
            scratch.Dispose();
            columns.Dispose();
        }
    }

    private void Transpose()
    {
        if (rowCount == 0)
        {
            return;
        }

        // A row that does not fit its column must not leave half a row behind, so columns are filled aside first.
        scratch.Clear();
        mapping.Append(rows, rowCount, scratch, columns.Symbols);
        rowCount = 0;
        columns.Append(scratch);
    }
}
