using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The batch form of an alert: its input comes key by key and in order.</summary>
internal sealed class AlertOperator(AlertNode node, PhysicalOperator sorted) : PhysicalOperator(node, sorted)
{
    public override long EstimateRows(int morsel) => 0;

    protected override void PrepareCore() => MorselCount = 1;

    protected override IBatchReader OpenCore(int morsel)
    {
        var watermark = node.Rules.Table.Length == 0 ? null : Run.Context.Watermarks?.Invoke(node.Rules.Table);
        return new Reader(node, Run, Inputs[0], watermark ?? long.MinValue);
    }

    private sealed class Reader : IBatchReader
    {
        private readonly AlertNode node;
        private readonly QueryRun run;
        private readonly PhysicalOperator input;
        private readonly long watermark;
        private readonly Batch fired;
        private readonly KeyTable? keys;
        private readonly List<AlertState> states = [];
        private readonly int[] one = new int[1];
        private readonly Action<Batch, int, long> fire;
        private readonly Batch view;
        private bool isFolded;
        private int done;

        public Reader(AlertNode node, QueryRun run, PhysicalOperator input, long watermark)
        {
            this.node = node;
            this.run = run;
            this.input = input;
            this.watermark = watermark;
            fired = Batch.Allocate(node.Schema, 64, run.Pool);
            view = Batch.CreateView(node.Schema);
            keys = AlertRows.CreateKeys(node, run.Pool);
            fire = (rows, row, nanos) => AlertRows.Append(fired, rows, row, nanos, one);
        }

        public Batch? Next()
        {
            if (!isFolded)
            {
                isFolded = true;
                Fold();
            }

            var count = Math.Min(Batch.VectorRows, fired.RowCount - done);
            if (count == 0)
            {
                return null;
            }

            view.Borrow(fired, done, count);
            done += count;
            return view;
        }

        private void Fold()
        {
            var numbers = Array.Empty<int>();
            for (var morsel = 0; morsel < input.MorselCount; morsel++)
            {
                using var reader = input.OpenMorsel(morsel);
                while (reader.Next() is { } batch)
                {
                    run.ThrowIfCancelled();
                    AlertRows.Assign(keys, node, batch, ref numbers);
                    for (var row = 0; row < batch.RowCount; row++)
                    {
                        AlertRows.StateOf(states, numbers[row], node, run.Pool).Step(batch, row, fire);
                    }
                }
            }

            foreach (var state in states)
            {
                state.PassTo(watermark, fire);
            }
        }

        public void Dispose()
        {
            fired.Dispose();
            keys?.Dispose();
            foreach (var state in states)
            {
                state.Dispose();
            }
        }
    }
}

/// <summary>What both forms of an alert do with rows.</summary>
internal static class AlertRows
{
    /// <summary>Numbers the keys; null for an alert without one.</summary>
    public static KeyTable? CreateKeys(AlertNode node, BlockPool pool) =>
        node.Rules.KeyColumns.Count == 0
            ? null
            : KeyTable.Create(
                // Where there was no row before, what a change says of it is NULL.
                [.. node.Rules.KeyColumns.Select(k => new KeyType(node.Schema[k].Type, Nullable: true))],
                pool
            );

    /// <summary>A number for each row's key.</summary>
    public static void Assign(KeyTable? keys, AlertNode node, Batch rows, ref int[] numbers)
    {
        if (numbers.Length < rows.RowCount)
        {
            numbers = new int[rows.RowCount];
        }

        if (keys is not null)
        {
            var columns = new ColumnVector[node.Rules.KeyColumns.Count];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = rows[node.Rules.KeyColumns[i]];
            }

            keys.Assign(columns, rows.RowCount, numbers);
        }
    }

    /// <summary>The state of a key, made where it is new.</summary>
    public static AlertState StateOf(List<AlertState> states, int number, AlertNode node, BlockPool pool)
    {
        while (states.Count <= number)
        {
            states.Add(new AlertState(node, pool));
        }

        return states[number];
    }

    /// <summary>Appends a row with the moment at which it fired.</summary>
    public static void Append(Batch fired, Batch rows, int row, long nanos, int[] one)
    {
        one[0] = row;
        for (var i = 0; i < rows.ColumnCount; i++)
        {
            VectorCopy.AppendGather(rows[i], one, fired[i]);
        }

        var column = fired[rows.ColumnCount];
        column.EnsureCapacity(column.RowCount + 1);
        column.Writable<long>()[column.RowCount] = nanos;
        column.SetRowCount(column.RowCount + 1);
        fired.SetRowCount(fired.RowCount + 1);
    }
}
