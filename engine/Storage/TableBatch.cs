using TickStore.Core;

namespace TickStore.Storage;

/// <summary>
/// Rows for one table of a commit. The batch's columns are the table's declared columns, in order and type; it is on
/// loan until the commit call returns (also in its asynchronous form: rows are copied before the task is handed out).
/// </summary>
public readonly struct TableBatch
{
    /// <summary>All rows of a batch.</summary>
    public TableBatch(StorageTable table, Batch rows)
        : this(table, rows, 0, rows.RowCount) { }

    /// <summary>Some rows of a batch.</summary>
    public TableBatch(StorageTable table, Batch rows, int startRow, int rowCount)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(startRow);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)startRow + rowCount, rows.RowCount);
        (Table, Rows, StartRow, RowCount) = (table, rows, startRow, rowCount);
    }

    /// <summary>The table.</summary>
    public StorageTable Table { get; }

    /// <summary>Holds the rows.</summary>
    public Batch Rows { get; }

    /// <summary>First row taken.</summary>
    public int StartRow { get; }

    /// <summary>Rows taken; may be 0 for a commit that only counts what was refused.</summary>
    public int RowCount { get; }

    /// <summary>Rows that the producer refused since its last commit; added to the table's count, durably.</summary>
    public long RejectedRows { get; init; }
}
