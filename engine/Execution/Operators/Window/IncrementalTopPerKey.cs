using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of <see cref="TopPerKey"/>: keeps the first rows of each key, and at a step's end hands on those whose place
/// another row took. Where a first row goes, and others were left out before, the key's rows are read back.
/// </summary>
internal sealed class IncrementalTopPerKey : IncrementalOperator
{
    private const int PendingRowsMax = 16 * 1024;

    private readonly TopPerKey top;
    private readonly CircuitContext context;
    private readonly int width;
    private readonly int[] partitionBy;
    private readonly KeyTable keys;
    private readonly TopPerKeyLists lists;
    private readonly KeyedRows store;
    private readonly GrownArray<int> storedCounts;
    private readonly GrownArray<int> storedNumbers;
    private readonly ExpressionSet order;
    private readonly ColumnVector[] keyColumns;
    private readonly List<int> touched = [];
    private readonly List<int> chosen = [];
    private readonly List<(int Key, int Place)> places = [];
    private readonly DeltaBuffer written;
    private readonly DeltaBuffer buffer;
    private readonly Batch old;
    private readonly Batch moved;
    private Batch pending;
    private Batch spare;
    private List<DeltaCause> causes = [];
    private List<DeltaCause> spareCauses = [];
    private int compactAt = PendingRowsMax;
    private bool[] isTouched = [];
    private int[] numbers = [];
    private int[] oldNumbers = [];
    private ulong[] orders = [];
    private ulong[] oldOrders = [];

    public IncrementalTopPerKey(FilterNode node, TopPerKey top, IncrementalOperator input, CircuitContext context)
        : base(node, top.KeyOf(ColumnsOf(top.Window.PartitionBy), input.Schema.ColumnCount))
    {
        this.top = top;
        this.context = context;
        width = input.Schema.ColumnCount;
        partitionBy = ColumnsOf(top.Window.PartitionBy);
        CarriesOld = true;
        EmitsKeysOnce = true;
        var pool = context.Pool;
        keys = KeyTable.Create(
            partitionBy.Length > 0
                ? [.. partitionBy.Select(c => new KeyType(input.Schema[c].Type, Nullable: true))]
                : [new KeyType(DataType.BigInt, Nullable: true)],
            pool
        );
        lists = new TopPerKeyLists(top, context.Evaluation);
        store = new KeyedRows(node.Name, Schema, [.. partitionBy.Distinct(), width], pool);
        storedCounts = new GrownArray<int>(pool);
        storedNumbers = new GrownArray<int>(pool);
        order = new ExpressionSet([.. top.Order.Select(k => k.Expression)], context.Evaluation);
        keyColumns = new ColumnVector[Math.Max(1, partitionBy.Length)];
        nothing = ColumnVector.Allocate(DataType.BigInt, 64, pool);
        written = new DeltaBuffer(Schema, KeyColumns, carriesOld: false, pool);
        buffer = new DeltaBuffer(Schema, KeyColumns, carriesOld: true, pool);
        old = Batch.Allocate(Schema, 64, pool);
        moved = Batch.Allocate(Schema, 64, pool);
        pending = Batch.Allocate(input.Schema, 64, pool);
        spare = Batch.Allocate(input.Schema, 64, pool);
    }

    // The key of all rows where there is no PARTITION BY.
    private readonly ColumnVector nothing;

    public override string StateBound => $"{top.Count:N0} row(s) for each key";

    public override void Push(int input, in DeltaBatch delta)
    {
        var rowCount = delta.RowCount;
        Read(delta.Rows, ref numbers, ref orders);
        var before = delta.Old;
        if (before is not null)
        {
            Read(before, ref oldNumbers, ref oldOrders);
        }

        lists.EnsureKeys(keys.Count);
        storedCounts.EnsureLength(keys.Count);
        storedNumbers.EnsureLength((long)keys.Count * top.Count);
        if (isTouched.Length < keys.Count)
        {
            Array.Resize(ref isTouched, Math.Max(keys.Count, 2 * isTouched.Length));
        }

        chosen.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            if (before is not null && delta.HasOld[row] != 0)
            {
                if (lists.Remove(oldNumbers[row], OrderOf(oldOrders, row)))
                {
                    Touch(oldNumbers[row]);
                }
            }

            if (
                !delta.IsDelete(row)
                && lists.Insert(numbers[row], OrderOf(orders, row), pending.RowCount + chosen.Count)
            )
            {
                chosen.Add(row);
                causes.Add(delta.CauseOf(row));
                Touch(numbers[row]);
            }
        }

        pending.AppendGather(delta.Rows, CollectionsMarshal.AsSpan(chosen));
        if (pending.RowCount > compactAt)
        {
            Compact();
        }
    }

    public override void Flush(CircuitStep step)
    {
        if (touched.Count == 0)
        {
            return;
        }

        written.Clear();
        places.Clear();
        foreach (var key in touched)
        {
            if (lists.MayLackRows(key))
            {
                ReadBack(key, step.Sequence);
            }

            Write(key);
            isTouched[key] = false;
        }

        touched.Clear();
        Hand();
        pending.Clear();
        causes.Clear();
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(keys.Count);
        foreach (var column in keys.Keys)
        {
            writer.WriteVector(column);
        }

        lists.Save(writer, keys.Count);
        store.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        var keyCount = reader.Read<int>();
        for (var i = 0; i < keyColumns.Length; i++)
        {
            keyColumns[i] = ColumnVector.Allocate(keys.Keys[i].Type, Math.Max(1, keyCount), context.Pool);
            reader.ReadVector(keyColumns[i]);
        }

        numbers = new int[Math.Max(numbers.Length, keyCount)];
        keys.Assign(keyColumns, keyCount, numbers);
        foreach (var column in keyColumns)
        {
            column.Dispose();
        }

        if (keys.Count != keyCount)
        {
            Throw.Error(ErrorCode.Corruption, $"The saved keys of {Node.Name} are not distinct");
        }

        lists.Load(reader, keyCount);
        storedCounts.EnsureLength(keyCount);
        storedNumbers.EnsureLength((long)keyCount * top.Count);
        isTouched = new bool[keyCount];
        store.Load(reader);
        using var snapshot = store.OpenSnapshot();
        using var rows = snapshot.Open();
        while (rows.Next() is { } batch)
        {
            store.Apply(new DeltaBatch(batch));
            Assign(batch, ref numbers);
            for (var row = 0; row < batch.RowCount; row++)
            {
                var place = (int)batch[width].Values<long>()[row] - 1;
                storedNumbers.Span[(numbers[row] * top.Count) + place] = store.Numbers[row];
                storedCounts.Span[numbers[row]]++;
            }
        }

        for (var key = 0; key < keyCount; key++)
        {
            if (storedCounts.Span[key] != lists.CountOf(key))
            {
                Throw.Error(ErrorCode.Corruption, $"The saved rows of {Node.Name} do not fit its keys");
            }

            Settle(key);
        }
    }

    public override void Dispose()
    {
        keys.Dispose();
        lists.Dispose();
        store.Dispose();
        storedCounts.Dispose();
        storedNumbers.Dispose();
        order.Dispose();
        nothing.Dispose();
        written.Dispose();
        buffer.Dispose();
        old.Dispose();
        moved.Dispose();
        pending.Dispose();
        spare.Dispose();
        base.Dispose();
    }

    private static int[] ColumnsOf(IReadOnlyList<BoundExpression> expressions) =>
        [.. expressions.Select(e => ((ColumnExpression)e).Index)];

    private ReadOnlySpan<ulong> OrderOf(ulong[] all, int row) => all.AsSpan(row * lists.Width, lists.Width);

    private void Read(Batch rows, ref int[] keyNumbers, ref ulong[] rowOrders)
    {
        Assign(rows, ref keyNumbers);
        var words = rows.RowCount * lists.Width;
        rowOrders = rowOrders.Length < words ? new ulong[words] : rowOrders;
        lists.WriteOrders(order.Evaluate(rows), rows.RowCount, rowOrders, context.Pool);
    }

    private void Assign(Batch rows, ref int[] keyNumbers)
    {
        keyNumbers = keyNumbers.Length < rows.RowCount ? new int[rows.RowCount] : keyNumbers;
        for (var i = 0; i < partitionBy.Length; i++)
        {
            keyColumns[i] = rows[partitionBy[i]];
        }

        if (partitionBy.Length == 0)
        {
            nothing.EnsureCapacity(rows.RowCount);
            nothing.Writable<long>().Clear();
            nothing.SetRowCount(rows.RowCount);
            keyColumns[0] = nothing;
        }

        keys.Assign(keyColumns, rows.RowCount, keyNumbers);
    }

    private void Touch(int key)
    {
        if (!isTouched[key])
        {
            isTouched[key] = true;
            touched.Add(key);
        }
    }

    // Places that a step left alone are named by the complement of where the store has them.
    private void Settle(int key)
    {
        var rows = lists.RowsOf(key);
        for (var place = 0; place < rows.Length; place++)
        {
            rows[place] = ~place;
        }
    }

    private void Write(int key)
    {
        var rows = lists.RowsOf(key);
        var stored = storedCounts.Span[key];
        for (var place = 0; place < rows.Length; place++)
        {
            if (rows[place] == ~place)
            {
                continue;
            }

            var cause = DeltaCause.Update;
            if (rows[place] >= 0)
            {
                cause = causes[rows[place]];
                Append(pending, rows[place], place);
            }
            else
            {
                moved.Clear();
                store.AppendRows([storedNumbers.Span[(key * top.Count) + ~rows[place]]], moved);
                Append(moved, 0, place);
            }

            cause = place < stored && cause == DeltaCause.New ? DeltaCause.Update : cause;
            written.Note(written.Count - 1, DeltaOp.Upsert, cause, false);
            places.Add((key, place));
        }

        for (var place = rows.Length; place < stored; place++)
        {
            moved.Clear();
            store.AppendRows([storedNumbers.Span[(key * top.Count) + place]], moved);
            Append(moved, 0, place);
            written.Note(written.Count - 1, DeltaOp.Delete, DeltaCause.Update, false);
            places.Add((key, place));
        }

        storedCounts.Span[key] = rows.Length;
        Settle(key);
    }

    private void Append(Batch source, int row, int place)
    {
        Span<int> one = [row];
        var target = written.Rows;
        for (var i = 0; i < width; i++)
        {
            VectorCopy.AppendGather(source[i], one, target[i]);
        }

        var at = target.RowCount;
        target[width].EnsureCapacity(at + 1);
        target[width].Writable<long>()[at] = place + 1;
        target[width].SetRowCount(at + 1);
        target.SetRowCount(at + 1);
    }

    private void Hand()
    {
        var delta = written.Delta;
        var had = store.Apply(delta, old);
        buffer.Clear();
        for (var row = 0; row < delta.RowCount; row++)
        {
            var (key, place) = places[row];
            if (!delta.IsDelete(row))
            {
                storedNumbers.Span[(key * top.Count) + place] = store.Numbers[row];
            }

            if (had[row] == 0)
            {
                buffer.Add(delta.Rows, row, DeltaOp.Upsert, delta.CauseOf(row));
            }
            else if (delta.IsDelete(row) || !IsSame(delta.Rows, row))
            {
                buffer.Add(
                    delta.Rows,
                    row,
                    delta.Ops.IsEmpty ? DeltaOp.Upsert : delta.Ops[row],
                    delta.CauseOf(row),
                    old,
                    row
                );
            }
        }

        Emit(buffer.Delta);
    }

    private bool IsSame(Batch rows, int row)
    {
        for (var i = 0; i < width; i++)
        {
            if (!VectorEquality.HasSameBits(old[i], row, rows[i], row))
            {
                return false;
            }
        }

        return true;
    }

    private void ReadBack(int key, long sequence)
    {
        var conditions = new RangeCondition[partitionBy.Length];
        for (var i = 0; i < conditions.Length; i++)
        {
            conditions[i] = RangeCondition.Equal(partitionBy[i], keys.Keys[i], key, context.Evaluation.Symbols);
        }

        var numbered = top.Window.WithInputs(PlanRange.Narrow(top.Window.Inputs[0], conditions));
        using var reader = context.History.Derive(Node.WithInputs(numbered), sequence);
        lists.Restart(key);
        ulong[] words = [];
        while (reader.Next() is { } batch)
        {
            var start = pending.RowCount;
            for (var i = 0; i < width; i++)
            {
                VectorCopy.AppendRange(batch[i], 0, batch.RowCount, pending[i]);
            }

            pending.SetRowCount(start + batch.RowCount);
            words = new ulong[batch.RowCount * lists.Width];
            lists.WriteOrders(order.Evaluate(batch), batch.RowCount, words, context.Pool);
            for (var row = 0; row < batch.RowCount; row++)
            {
                causes.Add(DeltaCause.Update);
                lists.Insert(key, OrderOf(words, row), start + row);
            }
        }

        lists.BoundByLast(key);
    }

    // Rows that better ones took the place of within the step are let go of; next time only once there are twice as many.
    private void Compact()
    {
        chosen.Clear();
        spareCauses.Clear();
        foreach (var key in touched)
        {
            foreach (ref var row in lists.RowsOf(key))
            {
                if (row >= 0)
                {
                    spareCauses.Add(causes[row]);
                    chosen.Add(row);
                    row = chosen.Count - 1;
                }
            }
        }

        spare.Clear();
        spare.AppendGather(pending, CollectionsMarshal.AsSpan(chosen));
        (pending, spare) = (spare, pending);
        (causes, spareCauses) = (spareCauses, causes);
        compactAt = Math.Max(PendingRowsMax, 2 * pending.RowCount);
    }
}
