using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The morsels of the first input, then those of the second, and so on.</summary>
internal sealed class UnionAllOperator(UnionAllNode node, PhysicalOperator[] inputs) : PhysicalOperator(node, inputs)
{
    public override long EstimateRows(int morsel)
    {
        var input = Locate(ref morsel);
        return Inputs[input].EstimateRows(morsel);
    }

    protected override void PrepareCore() => MorselCount = Inputs.Sum(i => i.MorselCount);

    protected override IBatchReader OpenCore(int morsel)
    {
        var input = Locate(ref morsel);
        return new Reader(node.Schema, Inputs[input].OpenMorsel(morsel));
    }

    private int Locate(ref int morsel)
    {
        var input = 0;
        while (morsel >= Inputs[input].MorselCount)
        {
            morsel -= Inputs[input++].MorselCount;
        }

        return input;
    }

    // Shows each input's columns under the names of the first.
    private sealed class Reader(BatchSchema schema, IBatchReader input) : IBatchReader
    {
        private readonly Batch view = Batch.CreateView(schema);

        public Batch? Next()
        {
            if (input.Next() is not { } batch)
            {
                return null;
            }

            view.Borrow(batch, 0, batch.RowCount);
            return view;
        }

        public void Dispose() => input.Dispose();
    }
}
