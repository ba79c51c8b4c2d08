using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Some expressions over one input, evaluated batch by batch on one thread. Plain columns cost nothing: they are the
/// batch's own vectors. Results are on loan until the next evaluation.
/// </summary>
internal sealed class ExpressionSet : IDisposable
{
    private readonly BoundExpression[] expressions;
    private readonly EvaluationContext context;
    private readonly ColumnVector[] results;
    private readonly List<ColumnVector> owned = [];
    private int nextOwned;

    public ExpressionSet(IReadOnlyList<BoundExpression> expressions, EvaluationContext context)
    {
        this.expressions = [.. expressions];
        this.context = context;
        results = new ColumnVector[this.expressions.Length];
    }

    /// <summary>A vector for each expression, of the batch's row count.</summary>
    public ReadOnlySpan<ColumnVector> Evaluate(Batch batch)
    {
        nextOwned = 0;
        for (var i = 0; i < expressions.Length; i++)
        {
            results[i] = Evaluate(expressions[i], batch);
        }

        return results;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var vector in owned)
        {
            vector.Dispose();
        }

        owned.Clear();
    }

    private ColumnVector Evaluate(BoundExpression expression, Batch batch)
    {
        switch (expression)
        {
            case ColumnExpression column:
                return batch[column.Index];
            case ConstantExpression constant:
                var filled = Take(constant.Type, batch.RowCount);
                for (var i = 0; i < batch.RowCount; i++)
                {
                    ConstantWriter.Append(filled, constant.Value, context.Symbols);
                }

                return filled;
            case CallExpression call:
                var arguments = call.Arguments.Select(a => Evaluate(a, batch)).ToArray();
                var result = Take(call.Type, batch.RowCount);
                call.Function.Kernel(arguments, batch.RowCount, result, context);
                foreach (var argument in arguments)
                {
                    for (var i = 0; call.Function.Function.IsStrict && argument.MayHaveNulls && i < batch.RowCount; i++)
                    {
                        result.WritableValidity()[i] &= argument.Validity[i];
                    }
                }

                return result;
            default:
                return Throw.Error<ColumnVector>(ErrorCode.NotSupported, $"Expression {expression} cannot be evaluated here");
        }
    }

    private ColumnVector Take(DataType type, int rowCount)
    {
        if (nextOwned == owned.Count)
        {
            owned.Add(ColumnVector.Allocate(type, rowCount, context.Pool));
        }

        var vector = owned[nextOwned++];
        vector.SetRowCount(0);
        vector.EnsureCapacity(rowCount);
        return vector;
    }
}
