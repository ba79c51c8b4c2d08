using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A relational operator, bound: names are resolved, types are known, columns are indexes. Immutable. Each operator's
/// node lives in its own room under Operators/, beside the form that runs it.
/// </summary>
public abstract class PlanNode
{
    /// <summary>Makes a node that yields <paramref name="schema"/>.</summary>
    protected PlanNode(BatchSchema schema, params ReadOnlySpan<PlanNode> inputs)
    {
        Schema = schema;
        Inputs = inputs.ToArray();
    }

    /// <summary>Names and types of the columns that the node yields.</summary>
    public BatchSchema Schema { get; }

    /// <summary>The nodes whose rows this one takes, in order.</summary>
    public IReadOnlyList<PlanNode> Inputs { get; }

    /// <summary>The operator's name, for EXPLAIN.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, on one line, for EXPLAIN: keys, predicates, limits.</summary>
    public abstract string Details { get; }

    /// <summary>The same operator over other inputs, whose schemas must be those of the present ones.</summary>
    public abstract PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs);
}
