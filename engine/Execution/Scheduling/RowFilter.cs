using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Finds the rows of a batch for which a BOOLEAN expression is true: neither false nor NULL. For one thread.
/// </summary>
internal sealed class RowFilter(BoundExpression predicate, EvaluationContext context) : IDisposable
{
    private readonly Selection selection = new();
    private PredicateEvaluator? evaluator;

    /// <summary>
    /// The rows of the last batch that are kept, ascending; valid until the next call of <see cref="Apply"/>.
    /// </summary>
    public ReadOnlySpan<int> Kept => selection.Rows;

    /// <summary>Evaluates the predicate over a batch.</summary>
    public void Apply(Batch batch)
    {
        evaluator ??= new PredicateEvaluator(predicate, context);
        evaluator.Select(batch, selection);
    }

    /// <inheritdoc/>
    public void Dispose() => evaluator?.Dispose();
}
