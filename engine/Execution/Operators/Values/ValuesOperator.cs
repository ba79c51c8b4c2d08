using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Writes the constants into batches, in one morsel.</summary>
internal sealed class ValuesOperator(ValuesNode node) : PhysicalOperator(node)
{
    public override long EstimateRows(int morsel) => node.Rows.Count;

    protected override void PrepareCore() => MorselCount = node.Rows.Count == 0 ? 0 : 1;

    protected override IBatchReader OpenCore(int morsel) => new Reader(node, Run);

    private sealed class Reader(ValuesNode node, QueryRun run) : IBatchReader
    {
        private Batch? batch;
        private int nextRow;

        public Batch? Next()
        {
            run.ThrowIfCancelled();
            var rowCount = Math.Min(Batch.VectorRows, node.Rows.Count - nextRow);
            if (rowCount <= 0)
            {
                return null;
            }

            batch ??= Batch.Allocate(node.Schema, Batch.VectorRows, run.Pool);
            batch.Clear();
            for (var row = 0; row < rowCount; row++)
            {
                var constants = node.Rows[nextRow + row];
                for (var column = 0; column < constants.Count; column++)
                {
                    ConstantColumns.Append(constants[column], batch[column], run.Context.Symbols);
                }
            }

            batch.SetRowCount(rowCount);
            nextRow += rowCount;
            return batch;
        }

        public void Dispose() => batch?.Dispose();
    }
}
