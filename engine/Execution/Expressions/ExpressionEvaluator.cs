using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The vectorised interpreter of one expression, for one thread: a tree of nodes that compute a vector a batch, in memory
/// that is reused from batch to batch. Complete, and the definition that faster ways are tested against.
/// </summary>
public sealed class ExpressionEvaluator : IDisposable
{
    private readonly ExpressionCompiler compiler;
    private readonly EvaluatorNode root;

    /// <summary>Compiles an expression. Throws where it contains a cast that does not exist.</summary>
    public ExpressionEvaluator(BoundExpression expression, EvaluationContext context)
    {
        Expression = expression;
        compiler = new ExpressionCompiler(context);
        try
        {
            root = compiler.CompileScope(expression);
        }
        catch
        {
            compiler.Dispose();
            throw;
        }
    }

    /// <summary>What is evaluated.</summary>
    public BoundExpression Expression { get; }

    /// <summary>
    /// Computes a value for each row of the batch: a vector of the expression's type that is on loan until the next
    /// call and no longer than the batch, for it may be one of the batch's own columns. Throws
    /// <see cref="TickStoreException"/> where a row that counts fails. No allocation once batches do not grow.
    /// </summary>
    public ColumnVector Evaluate(Batch input) => root.Evaluate(input);

    /// <summary>
    /// The value of an expression without columns. For folding: the caller decides what to do with an error, which a
    /// query without rows would not meet.
    /// </summary>
    public static ConstantValue EvaluateConstant(BoundExpression expression, EvaluationContext context)
    {
        using var row = new Batch(new BatchSchema(), []);
        row.SetRowCount(1);
        using var evaluator = new ExpressionEvaluator(expression, context);
        return ConstantColumns.Read(evaluator.Evaluate(row), 0, context.Symbols);
    }

    /// <summary>Returns memory.</summary>
    public void Dispose() => compiler.Dispose();
}
