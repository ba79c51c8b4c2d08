using System.Diagnostics;

namespace TickStore.Core;

/// <summary>
/// Some rows of some columns; every column has the batch's row count. A batch handed to a callee or returned by a
/// reader is on loan until that call ends or the next one begins: who keeps rows, copies them. Who made the batch
/// disposes of it.
/// </summary>
public sealed class Batch : IDisposable
{
    /// <summary>The most rows that readers and operators put into one batch. Appenders may hand over more.</summary>
    public const int VectorRows = 1024;

    private readonly ColumnVector[] columns;

    /// <summary>Makes a batch over vectors whose types are those of the schema; it owns them from now on.</summary>
    public Batch(BatchSchema schema, ColumnVector[] columns)
    {
        Debug.Assert(schema.ColumnCount == columns.Length, "A vector for each column.");
        Schema = schema;
        this.columns = columns;
    }

    /// <summary>The columns' names and types.</summary>
    public BatchSchema Schema { get; }

    /// <summary>Rows of the batch.</summary>
    public int RowCount { get; private set; }

    /// <summary>How many columns there are.</summary>
    public int ColumnCount => columns.Length;

    /// <summary>The column at <paramref name="index"/>.</summary>
    public ColumnVector this[int index] => columns[index];

    /// <summary>Makes an empty batch of owning vectors with room for <paramref name="capacityRows"/>.</summary>
    public static Batch Allocate(BatchSchema schema, int capacityRows, BlockPool pool)
    {
        var columns = new ColumnVector[schema.ColumnCount];
        try
        {
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = ColumnVector.Allocate(schema[i].Type, capacityRows, pool);
            }
        }
        catch
        {
            // The budget may run out half-way: what was taken goes back.
            foreach (var column in columns)
            {
                column?.Dispose();
            }

            throw;
        }

        return new Batch(schema, columns);
    }

    /// <summary>Makes an empty batch whose vectors will borrow their memory.</summary>
    public static Batch CreateView(BatchSchema schema)
    {
        var columns = new ColumnVector[schema.ColumnCount];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = ColumnVector.CreateView(schema[i].Type);
        }

        return new Batch(schema, columns);
    }

    /// <summary>Declares the row count once every column holds that many.</summary>
    public void SetRowCount(int rowCount) => RowCount = rowCount;

    /// <summary>Empties every owning column, to be filled again.</summary>
    public void Clear()
    {
        foreach (var column in columns)
        {
            if (column.CapacityRows > 0)
            {
                column.SetRowCount(0);
            }
        }

        RowCount = 0;
    }

    /// <summary>Appends rows of a batch with the same column types. This batch must own its memory.</summary>
    public void AppendRange(Batch source, int startRow, int rowCount)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            VectorCopy.AppendRange(source[i], startRow, rowCount, columns[i]);
        }

        RowCount += rowCount;
    }

    /// <summary>Appends chosen rows of a batch with the same column types. This batch must own its memory.</summary>
    public void AppendGather(Batch source, ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            VectorCopy.AppendGather(source[i], rows, columns[i]);
        }

        RowCount += rows.Length;
    }

    /// <summary>Shows rows of another batch without a copy. This batch must be a view.</summary>
    public void Borrow(Batch source, int startRow, int rowCount)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Borrow(source[i], startRow, rowCount);
        }

        RowCount = rowCount;
    }

    /// <summary>Disposes of every column.</summary>
    public void Dispose()
    {
        foreach (var column in columns)
        {
            column.Dispose();
        }

        RowCount = 0;
    }
}
