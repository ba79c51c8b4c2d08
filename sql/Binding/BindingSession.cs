using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;
using TickStore.Sql.Views;

namespace TickStore.Sql.Binding;

/// <summary>What the parts of the binder share while one statement is bound.</summary>
internal sealed class BindingSession(string sql, IBindingCatalog catalog, IReadOnlyList<ConstantValue> parameters)
{
    private readonly Dictionary<BoundExpression, SourceSpan> spans = new(ReferenceEqualityComparer.Instance);

    /// <summary>The text that errors point into.</summary>
    public string Sql { get; } = sql;

    public IBindingCatalog Catalog { get; } = catalog;

    /// <summary>Values of $1, $2 ...</summary>
    public IReadOnlyList<ConstantValue> Parameters { get; } = parameters;

    /// <summary>The rules of a view, where its definition is bound; else null.</summary>
    public ViewRules? View { get; init; }

    /// <summary>The functions that statements made, which the statement may call.</summary>
    public MadeFunctions Functions { get; init; } = new();

    /// <summary>Computes constants and uncorrelated subqueries.</summary>
    public ConstantEvaluator Constants { get; } = new(catalog);

    /// <summary>What is in FROM around the subquery that is being bound; innermost first. For errors only.</summary>
    public Stack<Relation> Surrounding { get; } = new();

    /// <summary>Remembers where an expression was written, for errors that are found later.</summary>
    public T Mark<T>(T expression, SourceSpan span)
        where T : BoundExpression
    {
        spans[expression] = span;
        return expression;
    }

    /// <summary>
    /// Where an expression was written; <paramref name="otherwise"/> where it was made by the binder.
    /// </summary>
    public SourceSpan SpanOf(BoundExpression expression, SourceSpan otherwise) =>
        spans.GetValueOrDefault(expression, otherwise);

    public TickStoreException Error(ErrorCode code, SyntaxNode at, string cause) =>
        SqlError.At(code, Sql, at.Span, cause);

    public TickStoreException Error(ErrorCode code, SourceSpan at, string cause) => SqlError.At(code, Sql, at, cause);

    /// <summary>Runs what may fail for a constant, and points such a failure at the text.</summary>
    public T Pointing<T>(SourceSpan at, Func<T> compute)
    {
        try
        {
            return compute();
        }
        catch (TickStoreException error) when (error.SqlPosition < 0)
        {
            throw SqlError.At(error.Code, Sql, at, error.Message);
        }
    }
}
