using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Finds the rows for which a BOOLEAN expression is true: neither false nor NULL. For one thread.</summary>
public sealed class PredicateEvaluator : IDisposable
{
    private readonly ExpressionEvaluator evaluator;
    private byte[] scratch = [];

    /// <summary>Compiles a predicate, which must be BOOLEAN.</summary>
    public PredicateEvaluator(BoundExpression predicate, EvaluationContext context)
    {
        if (predicate.Type != DataType.Boolean)
        {
            Throw.Error(ErrorCode.TypeMismatch, $"A condition must be BOOLEAN; {predicate} is {predicate.Type}");
        }

        evaluator = new ExpressionEvaluator(predicate, context);
    }

    /// <summary>Selects the rows of the batch that pass, ascending. No allocation once batches do not grow.</summary>
    public void Select(Batch input, Selection selection) => selection.SelectWhere(Flags(input));

    /// <summary>A byte a row: 1 where the row passes, else 0. On loan until the next call.</summary>
    public ReadOnlySpan<byte> Flags(Batch input) =>
        Validities.True(evaluator.Evaluate(input), input.RowCount, ref scratch);

    /// <summary>Returns memory.</summary>
    public void Dispose() => evaluator.Dispose();
}
