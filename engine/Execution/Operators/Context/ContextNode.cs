using TickStore.Core;

namespace TickStore.Execution;

/// <summary>One function with state, computed over the rows of each key.</summary>
/// <param name="Function">The function, with its constant parameters.</param>
/// <param name="Arguments">
/// Over the columns of the <see cref="ContextNode"/>: those of its input, then the results of the calls before this one.
/// </param>
public sealed record StatefulCall(StatefulOverload Function, IReadOnlyList<BoundExpression> Arguments)
{
    /// <summary>The function's name, arguments and parameters.</summary>
    public override string ToString()
    {
        var parameters = Function.Parameters.Length == 0 ? string.Empty : $", {Function.Parameters}";
        return $"{Function.Function.Name}({string.Join(", ", Arguments)}{parameters})";
    }
}

/// <summary>
/// CONTEXT BY: functions with state over the rows of each key in the order of event time and sequence. Yields the input's columns, then a
/// column for each call. Nested calls stand in a row, inner ones first; what is done to their results in between is part of the arguments.
/// Rows come out key by key, in order.
/// </summary>
public sealed class ContextNode : PlanNode
{
    /// <summary>Makes a context; <paramref name="names"/> has a name for each call.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="keys">Over the input's columns; rows of equal keys are one context. None: all rows are.</param>
    /// <param name="reset">
    /// Over the input's columns, of a type that lies in memory as an integer, or null: states begin anew where its value changes. It must
    /// not fall where the time rises.
    /// </param>
    /// <param name="time">The event time, over the input's columns.</param>
    /// <param name="sequence">What orders rows of equal time, over the input's columns; null where nothing does.</param>
    /// <param name="calls">The functions.</param>
    /// <param name="names">Names of the calls' columns.</param>
    public ContextNode(
        PlanNode input,
        IReadOnlyList<BoundExpression> keys,
        BoundExpression? reset,
        BoundExpression time,
        BoundExpression? sequence,
        IReadOnlyList<StatefulCall> calls,
        IReadOnlyList<string> names
    )
        : base(
            new BatchSchema([
                .. input.Schema.Columns,
                .. calls.Select((c, i) => new ColumnSchema(names[i], c.Function.ReturnType)),
            ]),
            input
        )
    {
        Keys = keys;
        Reset = reset;
        Time = time;
        Sequence = sequence;
        Calls = calls;
        Names = names;
    }

    /// <summary>Over the input's columns; rows of equal keys are one context.</summary>
    public IReadOnlyList<BoundExpression> Keys { get; }

    /// <summary>Over the input's columns, or null: states begin anew where its value changes.</summary>
    public BoundExpression? Reset { get; }

    /// <summary>The event time, over the input's columns.</summary>
    public BoundExpression Time { get; }

    /// <summary>What orders rows of equal time, over the input's columns; null where nothing does.</summary>
    public BoundExpression? Sequence { get; }

    /// <summary>The functions; each sees the results of those before it.</summary>
    public IReadOnlyList<StatefulCall> Calls { get; }

    /// <summary>Names of the calls' columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The keys and the reset: rows that share them share a state.</summary>
    internal IReadOnlyList<BoundExpression> Partition => Reset is null ? Keys : [.. Keys, Reset];

    /// <summary>The order of rows within a partition.</summary>
    internal IReadOnlyList<SortKey> Order =>
        Sequence is null
            ? [new SortKey(Time, false, false)]
            : [new SortKey(Time, false, false), new SortKey(Sequence, false, false)];

    /// <inheritdoc/>
    public override string Name => "Context";

    /// <inheritdoc/>
    public override string Details =>
        $"by ({string.Join(", ", Keys)}) in order of ({string.Join(", ", Order)}){(Reset is null ? "" : $" reset by {Reset}")}: "
        + string.Join(", ", Calls.Select((c, i) => $"{Names[i]} = {c}"));

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new ContextNode(inputs[0], Keys, Reset, Time, Sequence, Calls, Names);
}
