using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Some expressions over one input, evaluated batch by batch on one thread. Plain columns cost nothing: they are the
/// batch's own vectors. Takes no memory before the first batch, so that making one cannot fail.
/// </summary>
internal sealed class ExpressionSet(IReadOnlyList<BoundExpression> expressions, EvaluationContext context) : IDisposable
{
    private readonly ExpressionEvaluator?[] evaluators = new ExpressionEvaluator?[expressions.Count];
    private readonly ColumnVector[] results = new ColumnVector[expressions.Count];

    // Indexes of plain columns; -1 for what is computed.
    private readonly int[] columns = [.. expressions.Select(e => e is ColumnExpression column ? column.Index : -1)];

    /// <summary>A vector for each expression, of the batch's row count; on loan until the next call.</summary>
    public ReadOnlySpan<ColumnVector> Evaluate(Batch batch)
    {
        for (var i = 0; i < results.Length; i++)
        {
            var column = columns[i];
            var result =
                column >= 0
                    ? batch[column]
                    : (evaluators[i] ??= new ExpressionEvaluator(expressions[i], context)).Evaluate(batch);
            if (results[i] != result)
            {
                results[i] = result;
            }
        }

        return results;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var evaluator in evaluators)
        {
            evaluator?.Dispose();
        }
    }
}
