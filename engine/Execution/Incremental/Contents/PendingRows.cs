using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The changes of one step: of each key the last one, deletes and upserts apart. Rows may be wider than those that come: the columns
/// behind are NULL.
/// </summary>
internal sealed class PendingRows(BatchSchema schema, IReadOnlyList<int> keyColumns, BlockPool pool, bool areKeysOnce)
    : IDisposable
{
    private readonly DeltaBuffer all = new(schema, keyColumns, carriesOld: false, pool);
    private readonly DeltaBuffer deletes = new(schema, keyColumns, carriesOld: false, pool);
    private readonly DeltaBuffer upserts = new(schema, keyColumns, carriesOld: false, pool);
    private int[] numbers = [];
    private int[] lastOf = [];
    private bool isSplit;

    /// <summary>How many changes came.</summary>
    public int Count => all.Count;

    /// <summary>What is to be taken out; of a row only the key counts.</summary>
    public DeltaBatch Deletes => deletes.Delta;

    /// <summary>What is to be put in.</summary>
    public DeltaBatch Upserts => isSplit ? upserts.Delta : all.Delta;

    /// <summary>Adds changes whose columns are the first ones of the rows.</summary>
    public void Add(in DeltaBatch delta, int width)
    {
        var start = all.Count;
        for (var i = 0; i < schema.ColumnCount; i++)
        {
            if (i < width)
            {
                VectorCopy.AppendRange(delta.Rows[i], 0, delta.RowCount, all.Rows[i]);
                continue;
            }

            for (var row = 0; row < delta.RowCount; row++)
            {
                all.Rows[i].AppendNull();
            }
        }

        all.Rows.SetRowCount(start + delta.RowCount);
        for (var row = 0; row < delta.RowCount; row++)
        {
            all.Note(start + row, delta.IsDelete(row) ? DeltaOp.Delete : DeltaOp.Upsert, delta.CauseOf(row), false);
        }
    }

    /// <summary>Finds the last change of each key.</summary>
    public void Consolidate()
    {
        var delta = all.Delta;
        isSplit = !areKeysOnce || delta.Ops.Contains(DeltaOp.Delete);
        if (!isSplit)
        {
            return;
        }

        deletes.Clear();
        upserts.Clear();
        if (areKeysOnce)
        {
            for (var row = 0; row < delta.RowCount; row++)
            {
                AddSplit(delta, row);
            }

            return;
        }

        if (numbers.Length < delta.RowCount)
        {
            numbers = new int[delta.RowCount];
            lastOf = new int[delta.RowCount];
        }

        using var table = KeyTable.Create(
            [.. keyColumns.Select(k => new KeyType(schema[k].Type, schema[k].Nullable))],
            pool
        );
        var keys = new ColumnVector[keyColumns.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = delta.Rows[keyColumns[i]];
        }

        table.Assign(keys, delta.RowCount, numbers);
        for (var row = 0; row < delta.RowCount; row++)
        {
            lastOf[numbers[row]] = row;
        }

        for (var row = 0; row < delta.RowCount; row++)
        {
            if (lastOf[numbers[row]] == row)
            {
                AddSplit(delta, row);
            }
        }
    }

    /// <summary>Forgets all changes.</summary>
    public void Clear()
    {
        all.Clear();
        deletes.Clear();
        upserts.Clear();
        isSplit = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        all.Dispose();
        deletes.Dispose();
        upserts.Dispose();
    }

    private void AddSplit(in DeltaBatch delta, int row)
    {
        var into = delta.IsDelete(row) ? deletes : upserts;
        into.Add(delta.Rows, row, delta.IsDelete(row) ? DeltaOp.Delete : DeltaOp.Upsert, delta.CauseOf(row));
    }
}
