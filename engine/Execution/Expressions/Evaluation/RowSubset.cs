using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Some rows of a batch, gathered: the input of an expression that must not see the others. Only the columns that the
/// expression reads are copied. Reused from batch to batch.
/// </summary>
internal sealed class RowSubset(int[] columnsRead, EvaluationContext context) : IDisposable
{
    private Batch? rows;

    /// <summary>The chosen rows, on loan until the next call.</summary>
    public Batch Gather(Batch input, ReadOnlySpan<int> chosen)
    {
        if (rows is null || !ReferenceEquals(rows.Schema, input.Schema))
        {
            rows?.Dispose();
            rows = Create(input.Schema);
        }

        foreach (var column in columnsRead)
        {
            rows[column].SetRowCount(0);
            VectorCopy.AppendGather(input[column], chosen, rows[column]);
        }

        rows.SetRowCount(chosen.Length);
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose() => rows?.Dispose();

    private Batch Create(BatchSchema schema)
    {
        var columns = new ColumnVector[schema.ColumnCount];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = columnsRead.Contains(i)
                ? ColumnVector.Allocate(schema[i].Type, Batch.VectorRows, context.Pool)
                : ColumnVector.CreateView(schema[i].Type);
        }

        return new Batch(schema, columns);
    }
}
