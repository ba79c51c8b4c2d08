using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Finds the rows of a batch for which a BOOLEAN expression is true: neither false nor NULL.</summary>
internal sealed class RowFilter(BoundExpression predicate, EvaluationContext context) : IDisposable
{
    private readonly ExpressionSet expressions = new([predicate], context);
    private readonly Selection selection = new();

    /// <summary>The rows of the last batch that are kept, ascending; valid until the next call of <see cref="Apply"/>.</summary>
    public ReadOnlySpan<int> Kept => selection.Rows;

    /// <summary>Evaluates the predicate over a batch.</summary>
    public void Apply(Batch batch)
    {
        var flags = expressions.Evaluate(batch)[0];
        selection.SelectWhere(flags.Values<byte>());
        if (flags.MayHaveNulls)
        {
            selection.NarrowWhere(flags.Validity);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => expressions.Dispose();
}
