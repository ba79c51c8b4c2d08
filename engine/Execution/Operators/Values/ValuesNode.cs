using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Rows that the query or the catalog spells out.</summary>
public sealed class ValuesNode(
    BatchSchema schema,
    IReadOnlyList<IReadOnlyList<ConstantValue>> rows,
    string details = ""
) : PlanNode(schema)
{
    /// <summary>A constant for each column, of the column's type.</summary>
    public IReadOnlyList<IReadOnlyList<ConstantValue>> Rows { get; } = rows;

    /// <inheritdoc/>
    public override string Name => "Values";

    /// <inheritdoc/>
    public override string Details => details.Length > 0 ? details : $"{Rows.Count} row(s)";

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) => this;
}
