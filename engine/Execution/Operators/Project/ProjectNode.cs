using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Computes one column for each expression. Keeps the input's order.</summary>
public sealed class ProjectNode : PlanNode
{
    /// <summary>Makes a projection; <paramref name="names"/> has a name for each expression.</summary>
    public ProjectNode(PlanNode input, IReadOnlyList<BoundExpression> expressions, IReadOnlyList<string> names)
        : base(
            new BatchSchema([.. expressions.Select((e, i) => new ColumnSchema(names[i], e.Type, e.Nullable))]),
            input
        )
    {
        Expressions = expressions;
        Names = names;
    }

    /// <summary>Over the input's columns.</summary>
    public IReadOnlyList<BoundExpression> Expressions { get; }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public override string Name => "Project";

    /// <inheritdoc/>
    public override string Details =>
        string.Join(", ", Expressions.Select((e, i) => e.ToString() == Names[i] ? Names[i] : $"{e} AS {Names[i]}"));

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new ProjectNode(inputs[0], Expressions, Names);
}
