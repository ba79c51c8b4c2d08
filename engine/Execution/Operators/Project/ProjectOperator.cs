using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Computes expressions batch by batch; plain columns are shown, not copied.</summary>
internal sealed class ProjectOperator(ProjectNode node, PhysicalOperator input) : PhysicalOperator(node, input)
{
    protected override void PrepareCore() => MorselCount = Inputs[0].MorselCount;

    protected override IBatchReader OpenCore(int morsel) => new Reader(node, Run, Inputs[0].OpenMorsel(morsel));

    private sealed class Reader(ProjectNode node, QueryRun run, IBatchReader input) : IBatchReader
    {
        private readonly ExpressionSet expressions = new(node.Expressions, run.Context);
        private readonly Batch view = Batch.CreateView(node.Schema);

        public Batch? Next()
        {
            if (input.Next() is not { } batch)
            {
                return null;
            }

            var vectors = expressions.Evaluate(batch);
            for (var i = 0; i < vectors.Length; i++)
            {
                view[i].Borrow(vectors[i], 0, batch.RowCount);
            }

            view.SetRowCount(batch.RowCount);
            return view;
        }

        public void Dispose()
        {
            expressions.Dispose();
            input.Dispose();
        }
    }
}
