using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>From a query's syntax to a plan, before optimization.</summary>
internal static class Binder
{
    /// <summary>
    /// Binds a query. Every error is a <see cref="TickStoreException"/> that points into <paramref name="sql"/>.
    /// Subqueries that are used as values are run here, for they do not depend on rows.
    /// </summary>
    /// <param name="sql">The text that the query was parsed from.</param>
    /// <param name="query">The query.</param>
    /// <param name="catalog">What names refer to.</param>
    /// <param name="parameters">Values of $1, $2 ...; a VARCHAR takes the type of what it stands beside, as a literal
    /// does.</param>
    public static PlanNode Bind(
        string sql,
        Query query,
        IBindingCatalog catalog,
        IReadOnlyList<ConstantValue> parameters
    ) => new QueryBinder(new BindingSession(sql, catalog, parameters)).Bind(query).ToPlan();
}
