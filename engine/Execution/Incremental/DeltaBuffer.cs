using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Gathers changes row by row or in stretches, to be handed on as one batch. Keeps its memory.</summary>
public sealed class DeltaBuffer : IDisposable
{
    private readonly BlockPool pool;
    private readonly Batch rows;
    private readonly Batch? old;
    private readonly int[] one = new int[1];
    private Batch? evaluated;
    private Batch? present;
    private DeltaOp[] ops = new DeltaOp[64];
    private DeltaCause[] causes = new DeltaCause[64];
    private byte[] hasOld = new byte[64];
    private int oldCount;
    private bool isPlain = true;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="schema">Columns of the rows.</param>
    /// <param name="keyColumns">The columns that a deleted row has values in.</param>
    /// <param name="carriesOld">True to hold what rows were before.</param>
    /// <param name="pool">Lends the memory.</param>
    public DeltaBuffer(BatchSchema schema, IReadOnlyList<int> keyColumns, bool carriesOld, BlockPool pool)
    {
        this.pool = pool;
        rows = Batch.Allocate(schema, 64, pool);
        old = carriesOld ? Batch.Allocate(schema, 64, pool) : null;
    }

    /// <summary>The rows; more may be appended to its columns before <see cref="Note"/>.</summary>
    public Batch Rows => rows;

    /// <summary>How many changes there are.</summary>
    public int Count => rows.RowCount;

    /// <summary>What was gathered; valid until the next change of the buffer.</summary>
    public DeltaBatch Delta =>
        new(rows)
        {
            Ops = isPlain ? default : ops.AsSpan(0, rows.RowCount),
            Causes = isPlain ? default : causes.AsSpan(0, rows.RowCount),
            Old = oldCount > 0 ? old : null,
            HasOld = oldCount > 0 ? hasOld.AsSpan(0, rows.RowCount) : default,
        };

    /// <summary>Forgets all changes.</summary>
    public void Clear()
    {
        rows.Clear();
        old?.Clear();
        oldCount = 0;
        isPlain = true;
    }

    /// <summary>Adds upserts of rows that were not there before.</summary>
    public void AddUpserts(in DeltaBatch delta, ReadOnlySpan<int> chosen)
    {
        var start = rows.RowCount;
        rows.AppendGather(delta.Rows, chosen);
        for (var i = 0; i < chosen.Length; i++)
        {
            Note(start + i, DeltaOp.Upsert, delta.CauseOf(chosen[i]), false);
        }
    }

    /// <summary>Adds one change of another batch, perhaps as another operation.</summary>
    public void Add(in DeltaBatch delta, int row, DeltaOp op, bool withOld)
    {
        one[0] = row;
        rows.AppendGather(delta.Rows, one);
        if (withOld)
        {
            FillOld(rows.RowCount - 1);
            old!.AppendGather(delta.Old!, one);
        }

        Note(rows.RowCount - 1, op, delta.CauseOf(row), withOld);
    }

    /// <summary>Adds a change whose row, and old row if it had one, lie in two batches of the buffer's columns.</summary>
    public void Add(Batch source, int row, DeltaOp op, DeltaCause cause, Batch? oldSource = null, int oldRow = -1)
    {
        one[0] = row;
        rows.AppendGather(source, one);
        if (oldSource is not null)
        {
            FillOld(rows.RowCount - 1);
            one[0] = oldRow;
            old!.AppendGather(oldSource, one);
        }

        Note(rows.RowCount - 1, op, cause, oldSource is not null);
    }

    /// <summary>Says what the row at an index of <see cref="Rows"/> is, after it was appended there.</summary>
    public void Note(int index, DeltaOp op, DeltaCause cause, bool withOld)
    {
        if (index >= ops.Length)
        {
            var size = Math.Max(index + 1, ops.Length * 2);
            Array.Resize(ref ops, size);
            Array.Resize(ref causes, size);
            Array.Resize(ref hasOld, size);
        }

        ops[index] = op;
        causes[index] = cause;
        hasOld[index] = withOld ? (byte)1 : (byte)0;
        oldCount += withOld ? 1 : 0;
        isPlain &= op == DeltaOp.Upsert && cause == DeltaCause.New && !withOld;
        if (!withOld && oldCount > 0)
        {
            FillOld(index + 1);
        }
    }

    /// <summary>
    /// Computes expressions over those old rows of a delta that there are, and puts them where they belong; NULL elsewhere.
    /// </summary>
    internal Batch EvaluateOld(in DeltaBatch delta, ExpressionSet expressions, BatchSchema schema)
    {
        evaluated ??= Batch.Allocate(schema, 64, pool);
        present ??= Batch.Allocate(delta.Old!.Schema, 64, pool);
        evaluated.Clear();
        present.Clear();
        for (var row = 0; row < delta.RowCount; row++)
        {
            if (delta.HasOld[row] != 0)
            {
                one[0] = row;
                present.AppendGather(delta.Old!, one);
            }
        }

        var vectors = expressions.Evaluate(present);
        for (var i = 0; i < vectors.Length; i++)
        {
            var next = 0;
            for (var row = 0; row < delta.RowCount; row++)
            {
                if (delta.HasOld[row] == 0)
                {
                    evaluated[i].AppendNull();
                }
                else
                {
                    VectorCopy.AppendRange(vectors[i], next++, 1, evaluated[i]);
                }
            }
        }

        evaluated.SetRowCount(delta.RowCount);
        return evaluated;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rows.Dispose();
        old?.Dispose();
        evaluated?.Dispose();
        present?.Dispose();
    }

    // The old batch is aligned with the rows: what was not there before is NULL.
    private void FillOld(int count)
    {
        while (old!.RowCount < count)
        {
            for (var i = 0; i < old.ColumnCount; i++)
            {
                old[i].AppendNull();
            }

            old.SetRowCount(old.RowCount + 1);
        }
    }
}
