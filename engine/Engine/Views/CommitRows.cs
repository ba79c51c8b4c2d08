using TickStore.Core;
using TickStore.Storage;

namespace TickStore.Engine.Views;

/// <summary>
/// Rows of one table as a commit brings them, with the columns of the system: what the producer gave is shown, not copied. Reused from
/// commit to commit; nothing is allocated once commits do not grow.
/// </summary>
internal sealed class CommitRows : IDisposable
{
    private readonly ColumnVector[] declared;
    private readonly ColumnVector sequences;
    private readonly ColumnVector ingestTimes;
    private readonly ColumnVector late;
    private readonly ColumnVector[] shown;
    private int lateCapacity;
    private bool lateIsZero = true;

    public CommitRows(TableSchema schema, BlockPool pool)
    {
        declared = [.. schema.Columns.Select(c => ColumnVector.CreateView(c.Type))];
        sequences = ColumnVector.Allocate(DataType.BigInt, 64, pool);
        ingestTimes = ColumnVector.Allocate(DataType.Timestamp, 64, pool);
        late = ColumnVector.Allocate(DataType.Boolean, 64, pool);
        shown = [.. declared, sequences, ingestTimes, late];
        Rows = new Batch(new BatchSchema([.. schema.AllColumns]), shown);
    }

    /// <summary>All columns; valid until the next commit.</summary>
    public Batch Rows { get; }

    /// <summary>Shows the rows of a commit.</summary>
    public Batch Show(in CommittedRows rows)
    {
        var count = rows.RowCount;
        for (var i = 0; i < declared.Length; i++)
        {
            declared[i].Borrow(rows.Rows[i], rows.StartRow, count);
        }

        if (count > lateCapacity)
        {
            sequences.EnsureCapacity(count);
            ingestTimes.EnsureCapacity(count);
            late.EnsureCapacity(count);
            late.Writable<byte>().Clear();
            (lateCapacity, lateIsZero) = (late.CapacityRows, true);
        }

        var numbers = sequences.Writable<long>()[..count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = rows.FirstSequence + i;
        }

        ingestTimes.Writable<long>()[..count].Fill(rows.IngestNanos);
        if (rows.Late.IsEmpty)
        {
            if (!lateIsZero)
            {
                late.Writable<byte>().Clear();
                lateIsZero = true;
            }
        }
        else
        {
            rows.Late.CopyTo(late.Writable<byte>());
            lateIsZero = false;
        }

        sequences.SetRowCount(count);
        ingestTimes.SetRowCount(count);
        late.SetRowCount(count);
        Rows.SetRowCount(count);
        return Rows;
    }

    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();
}
