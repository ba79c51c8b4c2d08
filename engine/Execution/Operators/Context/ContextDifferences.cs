using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Rows as they were and as they are, matched by key: what differs becomes changes. Keeps its memory.</summary>
internal sealed class ContextDifferences : IDisposable
{
    private readonly IReadOnlyList<int> keyColumns;
    private readonly DeltaBuffer buffer;
    private readonly KeyTable keys;
    private readonly KeyScratch scratch = new();
    private readonly ColumnVector[] vectors;
    private readonly List<DeltaCause> causes = [];
    private int[] oldNumbers = [];
    private int[] newNumbers = [];
    private int[] newOfOld = [];

    public ContextDifferences(ContextNode node, IReadOnlyList<int> keyColumns, BlockPool pool)
    {
        this.keyColumns = keyColumns;
        Old = Batch.Allocate(node.Schema, Batch.VectorRows, pool);
        New = Batch.Allocate(node.Schema, Batch.VectorRows, pool);
        buffer = new DeltaBuffer(node.Schema, keyColumns, carriesOld: true, pool);
        vectors = new ColumnVector[keyColumns.Count];
        keys = KeyTable.Create(
            [.. keyColumns.Select(k => new KeyType(node.Schema[k].Type, node.Schema[k].Nullable))],
            pool
        );
    }

    /// <summary>Rows as they were; the caller appends to it.</summary>
    public Batch Old { get; }

    /// <summary>Rows as they are, in order; the caller appends to it.</summary>
    public Batch New { get; }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        Old.Clear();
        New.Clear();
        causes.Clear();
    }

    /// <summary>Says why the new rows differ that were appended since the last call.</summary>
    public void EndPartition(DeltaCause cause)
    {
        while (causes.Count < New.RowCount)
        {
            causes.Add(cause);
        }
    }

    /// <summary>The changes; valid until the next call.</summary>
    public DeltaBatch Find()
    {
        buffer.Clear();
        keys.Reset();
        Number(Old, ref oldNumbers, isNew: true);
        Number(New, ref newNumbers, isNew: false);
        if (newOfOld.Length < Old.RowCount)
        {
            newOfOld = new int[Old.RowCount];
        }

        newOfOld.AsSpan(0, Old.RowCount).Fill(-1);
        var isLast = true;
        for (var row = New.RowCount - 1; row >= 0; row--)
        {
            var old = newNumbers[row];
            if (old < 0)
            {
                // A new row behind all old ones has come in order, if others have not.
                buffer.Add(New, row, DeltaOp.Upsert, isLast ? DeltaCause.New : causes[row]);
                continue;
            }

            isLast = false;
            newOfOld[old] = row;
            if (!VectorEquality.HasSameBits(New, row, Old, old))
            {
                buffer.Add(New, row, DeltaOp.Upsert, causes[row], Old, old);
            }
        }

        for (var row = 0; row < Old.RowCount; row++)
        {
            if (newOfOld[row] < 0)
            {
                buffer.Add(Old, row, DeltaOp.Delete, DeltaCause.SourceCorrection, Old, row);
            }
        }

        return buffer.Delta;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Old.Dispose();
        New.Dispose();
        buffer.Dispose();
        keys.Dispose();
    }

    private void Number(Batch rows, ref int[] numbers, bool isNew)
    {
        if (numbers.Length < rows.RowCount)
        {
            numbers = new int[Math.Max(rows.RowCount, Batch.VectorRows)];
        }

        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = rows[keyColumns[i]];
        }

        if (isNew)
        {
            keys.Assign(vectors, rows.RowCount, numbers);
        }
        else
        {
            keys.Find(vectors, rows.RowCount, numbers, scratch);
        }
    }
}
