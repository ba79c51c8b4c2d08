using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>What a view is made from.</summary>
public sealed record ViewOptions
{
    /// <summary>The view's name.</summary>
    public required string Name { get; init; }

    /// <summary>The query with its key.</summary>
    public required KeyedPlan Plan { get; init; }

    /// <summary>The plan's column that says when a row happened, or -1.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>Derives rows of the past again.</summary>
    public required ICircuitHistory History { get; init; }

    /// <summary>For expressions and states; its pool draws on <see cref="Budget"/>.</summary>
    public required EvaluationContext Evaluation { get; init; }

    /// <summary>The view's memory: what goes beyond ends the view.</summary>
    public required MemoryBudget Budget { get; init; }

    /// <summary>
    /// Not null for a view that may begin in the middle of history: it is filled in backwards then, by these ranges (<see
    /// cref="View.BeginFill"/>).
    /// </summary>
    public BackwardRange? Backward { get; init; }

    /// <summary>
    /// Changes are told only when event time crosses a multiple of so many nanoseconds; 0 for after every step. Time is that of the first
    /// input with a clock.
    /// </summary>
    public long EmitEveryNanos { get; init; }
}
