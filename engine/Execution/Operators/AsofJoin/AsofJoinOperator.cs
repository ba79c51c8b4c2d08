using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Keeps the right input sorted by key and time, and streams the left one against it, morsel by morsel on all threads.
/// Rows come out in the left input's order.
/// </summary>
internal sealed class AsofJoinOperator(AsofJoinNode node, PhysicalOperator left, PhysicalOperator right)
    : PhysicalOperator(node, left, right)
{
    private AsofIndex? index;

    public override long EstimateRows(int morsel) => Inputs[0].EstimateRows(morsel);

    public override void Dispose()
    {
        index?.Dispose();
        base.Dispose();
    }

    protected override void PrepareCore()
    {
        if (node.Tolerance is not null)
        {
            AsofMatcher.ReadTolerance(node.Tolerance, node.LeftTime.Type);
        }

        if (node.LeftTime.Type != node.RightTime.Type || !SortCodes.AreAbsolute(node.LeftTime.Type))
        {
            Throw.Error(
                ErrorCode.TypeMismatch,
                $"An ASOF join cannot match times of types {node.LeftTime.Type} and {node.RightTime.Type}: both must be one "
                    + "type of TIMESTAMP, DATE, the integers, DECIMAL, REAL or DOUBLE"
            );
        }

        var layout = new RowLayout(Inputs[1].Schema);
        var keyColumns = layout.Add(node.RightKeys);
        var timeColumn = layout.Add(node.RightTime);
        int[] tieColumns =
        [
            .. node.RightSequence is null ? [] : layout.Add([node.RightSequence]),
            .. layout.Add(node.RightTies),
        ];
        var rows = RowCollector.CollectAll(Run, Inputs[1], layout);
        index = AsofIndex.Build(rows, node.LeftKeys, node.RightKeys, keyColumns, timeColumn, tieColumns, Run);
        MorselCount = Inputs[0].MorselCount;
    }

    protected override IBatchReader OpenCore(int morsel) => new Reader(node, Run, index!, Inputs[0].OpenMorsel(morsel));

    private sealed class Reader(AsofJoinNode node, QueryRun run, AsofIndex index, IBatchReader input) : IBatchReader
    {
        private readonly KeyLookup lookup = new(node.LeftKeys, index.Keys, run.Context);
        private readonly ExpressionSet times = new([node.LeftTime], run.Context);
        private readonly Selection selection = new();
        private int[] partners = new int[Batch.VectorRows];
        private byte[] flags = new byte[Batch.VectorRows];
        private AsofMatcher? matcher;
        private PairWriter? writer;

        public Batch? Next()
        {
            matcher ??= new AsofMatcher(node, index, run.Pool);
            writer ??= new PairWriter(node.Schema, node.Inputs[0].Schema.ColumnCount, run.Pool);
            while (input.Next() is { } batch)
            {
                run.ThrowIfCancelled();
                var rowCount = batch.RowCount;
                partners = partners.Length < rowCount ? new int[rowCount] : partners;
                var found = partners.AsSpan(0, rowCount);
                matcher.Match(lookup.Find(batch), times.Evaluate(batch)[0], found);
                Select(found);
                if (selection.Count > 0)
                {
                    return writer.Write(batch, selection.Rows, index.Rows, found[..selection.Count]);
                }
            }

            return null;
        }

        public void Dispose()
        {
            matcher?.Dispose();
            writer?.Dispose();
            lookup.Dispose();
            times.Dispose();
            input.Dispose();
        }

        // For an inner join, left rows without a partner go, and the partners of the others move up.
        private void Select(Span<int> found)
        {
            if (node.Kind == JoinKind.Left || found.IndexOf(-1) < 0)
            {
                selection.SelectAll(found.Length);
                return;
            }

            flags = flags.Length < found.Length ? new byte[found.Length] : flags;
            for (var i = 0; i < found.Length; i++)
            {
                flags[i] = found[i] >= 0 ? (byte)1 : (byte)0;
            }

            selection.SelectWhere(flags.AsSpan(0, found.Length));
            var rows = selection.Rows;
            for (var i = 0; i < rows.Length; i++)
            {
                found[i] = found[rows[i]];
            }
        }
    }
}
