using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of a window whose partitions are looked at as a whole: ranks and aggregates over all symbols at a time. Keeps
/// the rows of its partitions with their results; at the end of a step the partitions that it touched are computed again by the batch
/// form's code, and rows that differ from what they were come out.
/// </summary>
/// <remarks>
/// Partitions by time are let go of, oldest first, once there are more rows than <see cref="CircuitContext.RowsKeptMax"/>; a change of one
/// that was let go of reads it back as it was at the end of the step before. Others are kept, as nothing tells which of them will not
/// change any more.
/// </remarks>
internal sealed partial class IncrementalCrossSection : IncrementalOperator
{
    private readonly WindowNode node;
    private readonly CircuitContext context;
    private readonly int width;
    private readonly KeyedRows contents;
    private readonly KeyedRows partitions;
    private readonly PartitionLists lists;
    private readonly CrossSectionWork work;
    private readonly ExpressionSet partitionKeys;
    private readonly Batch partitionView;
    private readonly PendingRows changes;
    private readonly Batch old;
    private readonly Batch gathered;
    private readonly Batch written;
    private readonly DeltaBuffer buffer;
    private readonly List<int> touched = [];
    private readonly List<int> members = [];
    private readonly int timeColumn;
    private int[] marks = [];
    private DeltaCause[] partitionCauses = [];
    private int[] changeOf = [];
    private byte[] wasThere = [];
    private int stamp;
    private long lastSequence;

    public IncrementalCrossSection(WindowNode node, IncrementalOperator input, CircuitContext context)
        : base(node, input.KeyColumns)
    {
        this.node = node;
        this.context = context;
        width = input.Schema.ColumnCount;
        CarriesOld = true;
        EmitsKeysOnce = true;
        var pool = context.Pool;
        contents = new KeyedRows(node.Name, Schema, KeyColumns, pool);
        var keySchema = new BatchSchema([
            .. node.PartitionBy.Select((p, i) => new ColumnSchema($"p{i}", p.Type, Nullable: true)),
        ]);
        partitions = new KeyedRows(node.Name, keySchema, [.. Enumerable.Range(0, keySchema.ColumnCount)], pool);
        lists = new PartitionLists(pool);
        work = new CrossSectionWork(node, context.Evaluation);
        partitionKeys = new ExpressionSet(node.PartitionBy, context.Evaluation);
        partitionView = Batch.CreateView(keySchema);
        changes = new PendingRows(Schema, KeyColumns, pool, input.EmitsKeysOnce);
        old = Batch.Allocate(Schema, 64, pool);
        gathered = Batch.Allocate(Schema, 64, pool);
        written = Batch.Allocate(Schema, 64, pool);
        buffer = new DeltaBuffer(Schema, KeyColumns, carriesOld: true, pool);
        timeColumn = node.PartitionBy.All(p => p is ColumnExpression)
            ? node.PartitionBy.ToList().FindIndex(p => p.Type.Kind is TypeKind.Timestamp)
            : -1;
    }

    public override string StateBound =>
        timeColumn >= 0
            ? $"about {context.RowsKeptMax:N0} rows of the newest partitions; older ones are read back when they change"
            : "all rows of the input; a step computes each partition that it touches anew, whole";

    public override void Push(int input, in DeltaBatch delta)
    {
        if (evictedThrough > long.MinValue)
        {
            ReadBack(delta);
        }

        changes.Add(delta, width);
    }

    public override void Flush(CircuitStep step)
    {
        if (changes.Count > 0)
        {
            stamp++;
            buffer.Clear();
            changes.Consolidate();
            TakeOut(changes.Deletes);
            PutIn(changes.Upserts);
            Recompute();
            FreeEmptyPartitions();
            changes.Clear();
            LetGo();
            lastSequence = step.Sequence;
            Emit(buffer.Delta);
        }

        lastSequence = step.Sequence;
    }

    public override void Dispose()
    {
        contents.Dispose();
        partitions.Dispose();
        lists.Dispose();
        work.Dispose();
        partitionKeys.Dispose();
        changes.Dispose();
        old.Dispose();
        gathered.Dispose();
        written.Dispose();
        buffer.Dispose();
        base.Dispose();
    }

    private void TakeOut(in DeltaBatch deletes)
    {
        if (deletes.RowCount == 0)
        {
            return;
        }

        var had = contents.Apply(deletes, old);
        for (var row = 0; row < deletes.RowCount; row++)
        {
            if (had[row] != 0)
            {
                Mark(lists.Unlink(~contents.Numbers[row]), deletes.CauseOf(row));
                buffer.Add(deletes.Rows, row, DeltaOp.Delete, deletes.CauseOf(row), old, row);
            }
        }
    }

    private void PutIn(in DeltaBatch upserts)
    {
        if (upserts.RowCount == 0)
        {
            old.Clear();
            return;
        }

        var had = contents.Apply(upserts, old);
        if (wasThere.Length < had.Length)
        {
            wasThere = new byte[Math.Max(had.Length, 2 * wasThere.Length)];
        }

        had.CopyTo(wasThere);
        var found = Assign(upserts.Rows);
        Array.Resize(ref changeOf, Math.Max(changeOf.Length, contents.NumberLimit));
        for (var row = 0; row < upserts.RowCount; row++)
        {
            var number = contents.Numbers[row];
            var partition = found[row];
            if (had[row] != 0 && lists.PartitionOf(number) != partition)
            {
                Mark(lists.Unlink(number), upserts.CauseOf(row));
            }

            if (had[row] == 0 || lists.PartitionOf(number) != partition)
            {
                lists.Link(number, partition);
            }

            Mark(partition, upserts.CauseOf(row));
            changeOf[number] = row + 1;
        }
    }

    // Partitions of all rows of a batch, new ones included.
    private ReadOnlySpan<int> Assign(Batch rows)
    {
        ShowPartitions(rows);
        partitions.Apply(new DeltaBatch(partitionView));
        lists.EnsureRoom(contents.NumberLimit, partitions.NumberLimit);
        if (marks.Length < partitions.NumberLimit)
        {
            Array.Resize(ref marks, partitions.NumberLimit);
            Array.Resize(ref partitionCauses, partitions.NumberLimit);
        }

        return partitions.Numbers[..rows.RowCount];
    }

    private void ShowPartitions(Batch rows)
    {
        var keys = partitionKeys.Evaluate(rows);
        for (var i = 0; i < keys.Length; i++)
        {
            partitionView[i].Borrow(keys[i], 0, rows.RowCount);
        }

        partitionView.SetRowCount(rows.RowCount);
    }

    // A row that is new, or changed, makes the others of its partition change: that is an update, or a correction if the row was one.
    private void Mark(int partition, DeltaCause cause)
    {
        var updated = cause == DeltaCause.New ? DeltaCause.Update : cause;
        if (marks[partition] != stamp)
        {
            marks[partition] = stamp;
            partitionCauses[partition] = updated;
            touched.Add(partition);
        }
        else if (updated > partitionCauses[partition])
        {
            partitionCauses[partition] = updated;
        }
    }

    private void Recompute()
    {
        members.Clear();
        foreach (var partition in touched)
        {
            lists.Collect(partition, members);
        }

        gathered.Clear();
        if (members.Count == 0)
        {
            return;
        }

        var numbers = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(members);
        contents.AppendRows(numbers, gathered);
        work.Compute(gathered);
        written.Clear();
        var upserts = changes.Upserts;
        Span<int> one = stackalloc int[1];
        var sources = work.Sources;
        for (var row = 0; row < sources.Length; row++)
        {
            var source = sources[row];
            var number = numbers[source];
            var change = changeOf[number] - 1;
            changeOf[number] = 0;
            if (change < 0 && HasResults(gathered, source, row))
            {
                continue;
            }

            one[0] = source;
            for (var i = 0; i < width; i++)
            {
                VectorCopy.AppendGather(gathered[i], one, written[i]);
            }

            for (var i = 0; i < work.Results.Count; i++)
            {
                VectorCopy.AppendRange(work.Results[i], row, 1, written[width + i]);
            }

            var at = written.RowCount;
            written.SetRowCount(at + 1);
            if (change < 0)
            {
                var cause = partitionCauses[lists.PartitionOf(number)];
                buffer.Add(written, at, DeltaOp.Upsert, cause, gathered, source);
            }
            else if (wasThere[change] == 0)
            {
                buffer.Add(written, at, DeltaOp.Upsert, upserts.CauseOf(change));
            }
            else if (!IsSame(old, change, at))
            {
                buffer.Add(written, at, DeltaOp.Upsert, upserts.CauseOf(change), old, change);
            }
        }

        work.Clear();
        contents.Apply(new DeltaBatch(written));
    }

    private bool HasResults(Batch rows, int source, int row)
    {
        for (var i = 0; i < work.Results.Count; i++)
        {
            if (!VectorEquality.HasSameBits(rows[width + i], source, work.Results[i], row))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsSame(Batch before, int row, int writtenRow)
    {
        for (var i = 0; i < written.ColumnCount; i++)
        {
            if (!VectorEquality.HasSameBits(before[i], row, written[i], writtenRow))
            {
                return false;
            }
        }

        return true;
    }

    private void FreeEmptyPartitions()
    {
        members.Clear();
        foreach (var partition in touched)
        {
            if (lists.CountOf(partition) == 0)
            {
                members.Add(partition);
            }
        }

        touched.Clear();
        Forget(members);
    }
}
