using TickStore.Core;

namespace TickStore.Execution;

/// <summary>All rows of all inputs, whose column types are the same. Column names are those of the first.</summary>
public sealed class UnionAllNode(params ReadOnlySpan<PlanNode> inputs) : PlanNode(Combine(inputs), inputs)
{
    /// <inheritdoc/>
    public override string Name => "UnionAll";

    /// <inheritdoc/>
    public override string Details => string.Empty;

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) => new UnionAllNode(inputs);

    // A column may hold NULL where any input's may.
    private static BatchSchema Combine(ReadOnlySpan<PlanNode> inputs)
    {
        var columns = inputs[0].Schema.Columns.ToArray();
        foreach (var input in inputs)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = columns[i] with { Nullable = columns[i].Nullable || input.Schema[i].Nullable };
            }
        }

        return new BatchSchema(columns);
    }
}
