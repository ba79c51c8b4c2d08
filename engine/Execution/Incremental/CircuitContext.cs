using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What the operators of one circuit share.</summary>
public sealed class CircuitContext
{
    /// <summary>For expressions and states; its pool draws on the view's budget.</summary>
    public required EvaluationContext Evaluation { get; init; }

    /// <summary>Rows of the past, derived again; see <see cref="ICircuitHistory"/>.</summary>
    public required ICircuitHistory History { get; init; }

    /// <summary>Names of the circuit's inputs (tables and views), in the order of their first appearance in the plan.</summary>
    public required IReadOnlyList<string> InputNames { get; init; }

    /// <summary>
    /// How many rows an operator may keep in memory before it lets go of the oldest of those that it can read back. More make corrections
    /// of the past cheaper.
    /// </summary>
    public int RowsKeptMax { get; init; } = 1 << 20;

    /// <summary>Where memory is taken from.</summary>
    public BlockPool Pool => Evaluation.Pool;

    /// <summary>The index of an input, ignoring case; -1 where the circuit has none of that name.</summary>
    public int IndexOfInput(string name)
    {
        for (var i = 0; i < InputNames.Count; i++)
        {
            if (string.Equals(InputNames[i], name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>
/// Rows that an operator has let go of, derived again from what is stored: so a correction by a late row reads what depends on it, and
/// no state has to hold all history.
/// </summary>
public interface ICircuitHistory
{
    /// <summary>
    /// Runs a plan over the circuit's inputs as they were at the end of a commit. Costs a query: the caller narrows the plan to the rows
    /// that it needs (<see cref="PlanRange"/>).
    /// </summary>
    /// <param name="plan">A part of the circuit's plan, perhaps under filters. Its scans are put over the state at the sequence.</param>
    /// <param name="asOfSequence">The end of a commit that is visible; 0 for before all rows.</param>
    IBatchReader Derive(PlanNode plan, long asOfSequence);
}
