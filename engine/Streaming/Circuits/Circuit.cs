using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// A view's plan as operators that take changes: rows of its inputs go in, step by step, and what changes in its output comes out.
/// For one thread at a time. Nothing is allocated for a row in the long run.
/// </summary>
public sealed class Circuit : IDisposable
{
    private readonly List<IncrementalOperator> operators = [];
    private readonly List<IncrementalOperator>[] entries;
    private readonly IncrementalOperator root;

    /// <summary>Builds the operators. Throws NotSupported, with the reason, for a plan that cannot be kept up incrementally.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="history">Derives rows of the past again.</param>
    /// <param name="evaluation">For expressions and states; its pool's budget is the view's.</param>
    /// <param name="output">Takes the output, in <see cref="IncrementalOperator.Push"/>.</param>
    /// <param name="rowsKeptMax">See <see cref="CircuitContext.RowsKeptMax"/>.</param>
    public Circuit(
        KeyedPlan plan,
        ICircuitHistory history,
        EvaluationContext evaluation,
        Func<IncrementalOperator, IncrementalOperator> output,
        int rowsKeptMax = 1 << 20
    )
    {
        Plan = plan;
        Inputs = CircuitInputs.Of(plan.Plan);
        var context = new CircuitContext
        {
            Evaluation = evaluation,
            History = history,
            InputNames = [.. Inputs.Select(i => i.Name)],
            RowsKeptMax = rowsKeptMax,
        };
        try
        {
            root = IncrementalCompiler.Compile(plan.Plan, context, operators);
            var sink = output(root);
            root.ConnectTo(sink, 0);
        }
        catch
        {
            Dispose();
            throw;
        }

        entries = [.. Inputs.Select(i => operators.Where(o => IsEntryOf(o, i.Name)).ToList())];
    }

    /// <summary>What the circuit was made from.</summary>
    public KeyedPlan Plan { get; }

    /// <summary>The tables and views that it takes rows or watermarks of.</summary>
    public IReadOnlyList<CircuitInput> Inputs { get; }

    /// <summary>The operators, inputs before those that they feed.</summary>
    public IReadOnlyList<IncrementalOperator> Operators => operators;

    /// <summary>Takes changes of one input: rows of a table with the system's columns, or of a view with its hidden ones.</summary>
    public void Push(int input, in DeltaBatch delta)
    {
        foreach (var entry in entries[input])
        {
            entry.Push(0, delta);
        }
    }

    /// <summary>Ends a step: everything that changes has come out when it returns.</summary>
    public void Flush(CircuitStep step)
    {
        foreach (var each in operators)
        {
            each.Flush(step);
        }
    }

    /// <summary>Writes the state of every operator.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(operators.Count);
        foreach (var each in operators)
        {
            each.Save(writer);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, before the first row.</summary>
    public void Load(StateReader reader)
    {
        if (reader.Read<int>() != operators.Count)
        {
            Throw.Error(ErrorCode.Corruption, "A saved state belongs to a circuit of other operators");
        }

        foreach (var each in operators)
        {
            each.Load(reader);
        }
    }

    /// <summary>The circuit as EXPLAIN shows it: an operator a line, the root first, with what bounds its state.</summary>
    public IReadOnlyList<string> Describe()
    {
        var lines = new List<string>();
        Describe(Plan.Plan, 0, lines);
        return lines;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var each in operators)
        {
            each.Dispose();
        }
    }

    private void Describe(PlanNode node, int depth, List<string> lines)
    {
        var bound = operators.Find(o => ReferenceEquals(o.Node, node))?.StateBound ?? string.Empty;
        lines.Add(
            $"{new string(' ', depth * 2)}{node.Name} {node.Details}{(bound.Length == 0 ? string.Empty : $" [state: {bound}]")}"
        );
        foreach (var input in node.Inputs)
        {
            Describe(input, depth + 1, lines);
        }
    }

    private static bool IsEntryOf(IncrementalOperator each, string name) =>
        each.Node switch
        {
            ScanNode scan => string.Equals(scan.Source.Schema.Name, name, StringComparison.OrdinalIgnoreCase),
            KeyedScanNode keyed => string.Equals(keyed.Source.Name, name, StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
}
