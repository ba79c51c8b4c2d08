using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of an alert. A row in order costs O(1); the watermark fires what is due, by a queue of moments.
/// A row that comes late, changes or goes makes its key be folded again over what is stored, from the last resting
/// place before it: what had fired from there on is taken back unless it fires again.
/// </summary>
internal sealed class IncrementalAlert : IncrementalOperator
{
    private readonly AlertNode node;
    private readonly CircuitContext context;
    private readonly KeyTable? keys;
    private readonly List<AlertState> states = [];
    private readonly List<AlertHistory> histories = [];
    private readonly PriorityQueue<int, long> due = new();
    private readonly SortedDictionary<int, long> dirty = [];
    private readonly DeltaBuffer changes;
    private readonly AlertFirings fired;
    private readonly int watermarkInput;
    private int[] numbers = [];
    private int[] oldNumbers = [];
    private int current;
    private DeltaCause cause;

    public IncrementalAlert(AlertNode node, CircuitContext context)
        : base(node, node.RowKeys)
    {
        this.node = node;
        this.context = context;
        keys = AlertRows.CreateKeys(node, context.Pool);
        changes = new DeltaBuffer(Schema, KeyColumns, carriesOld: false, context.Pool);
        fired = new AlertFirings(Schema, context.Pool);
        watermarkInput = node.Rules.Table.Length == 0 ? -1 : context.IndexOfInput(node.Rules.Table);
    }

    public override string StateBound =>
        "a few numbers a key and up to 9 resting places, one row a key while it waits, what has fired";

    public override void Push(int input, in DeltaBatch delta)
    {
        AlertRows.Assign(keys, node, delta.Rows, ref numbers);
        if (delta.Old is { } old)
        {
            AlertRows.Assign(keys, node, old, ref oldNumbers);
        }

        var times = delta.Rows[node.Rules.TimeColumn].Values<long>();
        for (var row = 0; row < delta.RowCount; row++)
        {
            var hadOld = delta.Old is not null && delta.HasOld[row] != 0;
            if (hadOld)
            {
                MarkDirty(oldNumbers[row], delta.Old![node.Rules.TimeColumn].Values<long>()[row]);
            }

            if (delta.IsDelete(row))
            {
                continue;
            }

            var number = keys is null ? 0 : numbers[row];
            var state = AlertRows.StateOf(states, number, node, context.Pool);
            if (hadOld || dirty.ContainsKey(number) || !IsNext(state, delta.Rows, row, times[row]))
            {
                MarkDirty(number, times[row]);
                continue;
            }

            (current, cause) = (number, delta.CauseOf(row));
            RestBefore(times[row], state, HistoryOf(number));
            state.Step(delta.Rows, row, Fire);
            if (!state.IsQuiet)
            {
                due.Enqueue(number, state.DueNanos);
            }
        }
    }

    public override void Flush(CircuitStep step)
    {
        foreach (var (number, from) in dirty)
        {
            FoldAgain(number, from, step.Sequence);
        }

        dirty.Clear();
        var watermark = watermarkInput < 0 ? long.MinValue : step.WatermarkOf(watermarkInput);
        cause = DeltaCause.New;
        while (due.TryPeek(out current, out var moment) && moment <= watermark)
        {
            due.Dequeue();
            states[current].PassTo(watermark, Fire);
        }

        Emit(changes.Delta);
        changes.Clear();
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(keys?.Count ?? 0);
        for (var i = 0; keys is not null && i < keys.Keys.Length; i++)
        {
            writer.WriteVector(keys.Keys[i]);
        }

        writer.Write(states.Count);
        for (var i = 0; i < states.Count; i++)
        {
            states[i].Save(writer);
            HistoryOf(i).Save(writer);
        }

        writer.WriteBatch(fired.Rows);
    }

    public override void Load(StateReader reader)
    {
        var keyCount = reader.Read<int>();
        if (keys is not null && keyCount >= 0)
        {
            var columns = new ColumnVector[node.Rules.KeyColumns.Count];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = ColumnVector.Allocate(
                    Schema[node.Rules.KeyColumns[i]].Type,
                    Math.Max(1, keyCount),
                    context.Pool
                );
                reader.ReadVector(columns[i]);
            }

            keys.Assign(columns, keyCount, new int[Math.Max(1, keyCount)]);
            foreach (var column in columns)
            {
                column.Dispose();
            }
        }

        var count = reader.Read<int>();
        for (var i = 0; i < count; i++)
        {
            var state = AlertRows.StateOf(states, i, node, context.Pool);
            state.Load(reader);
            HistoryOf(i).Load(reader, node, context.Pool);
            if (!state.IsQuiet)
            {
                due.Enqueue(i, state.DueNanos);
            }
        }

        reader.ReadBatch(fired.Rows);
        fired.CountLive(histories);
    }

    public override void Dispose()
    {
        foreach (var state in states)
        {
            state.Dispose();
        }

        keys?.Dispose();
        changes.Dispose();
        fired.Dispose();
        base.Dispose();
    }

    private void MarkDirty(int number, long time)
    {
        number = keys is null ? 0 : number;
        AlertRows.StateOf(states, number, node, context.Pool);
        dirty[number] = dirty.TryGetValue(number, out var known) ? Math.Min(known, time) : time;
    }

    // Rows of equal time are told apart by their sequence; where they have none, the second one makes a key be folded again.
    private bool IsNext(AlertState state, Batch rows, int row, long time) =>
        time > state.Time
        || (
            time == state.Time
            && node.SequenceColumn >= 0
            && rows[node.SequenceColumn].Values<long>()[row] > state.Sequence
        );

    // Never between two rows of one time: so the rows that a resting place has seen are those up to its time.
    private static void RestBefore(long time, AlertState state, AlertHistory history)
    {
        if (state.IsQuiet && time > state.Time)
        {
            history.Rest(state);
        }
    }

    private AlertHistory HistoryOf(int number)
    {
        while (histories.Count <= number)
        {
            histories.Add(new AlertHistory());
        }

        return histories[number];
    }

    private void Fire(Batch rows, int row, long nanos)
    {
        var place = fired.Add(rows, row, nanos);
        HistoryOf(current).Fired.Add(place);
        changes.Add(fired.Rows, place, DeltaOp.Upsert, cause);
    }

    private void FoldAgain(int number, long from, long sequence)
    {
        var history = HistoryOf(number);
        var (state, kept) = history.GoBack(from, node, context.Pool);
        fired.Suspend(history, kept);
        states[number].Dispose();
        states[number] = state;
        current = number;
        var restTime = state.Time;
        using var reader = context.History.Derive(node.Sorted(Narrowed(number, restTime)), sequence);
        while (reader.Next() is { } batch)
        {
            var times = batch[node.Rules.TimeColumn].Values<long>();
            for (var row = 0; row < batch.RowCount; row++)
            {
                if (times[row] > restTime)
                {
                    RestBefore(times[row], state, history);
                    state.Step(batch, row, FireAgain);
                }
            }
        }

        if (!state.IsQuiet)
        {
            due.Enqueue(number, state.DueNanos);
        }

        fired.Settle(history, kept, changes);
        fired.Compact(histories);
    }

    private void FireAgain(Batch rows, int row, long nanos) =>
        HistoryOf(current).Fired.Add(fired.AddAgain(rows, row, nanos));

    private PlanNode Narrowed(int number, long from)
    {
        var rules = node.Rules;
        var conditions = new RangeCondition[rules.KeyColumns.Count + 1];
        for (var i = 0; i < rules.KeyColumns.Count; i++)
        {
            conditions[i] = RangeCondition.Equal(
                rules.KeyColumns[i],
                keys!.Keys[i],
                number,
                context.Evaluation.Symbols
            );
        }

        conditions[^1] = new RangeCondition(rules.TimeColumn, from, long.MaxValue);
        return PlanRange.Narrow(node.Inputs[0], conditions);
    }
}
