using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Statements;
using TickStore.Sql.Syntax;
using TickStore.Sql.Views;

namespace TickStore;

/// <summary>
/// SQL over a <see cref="TickDatabase"/>. Errors are <see cref="TickStoreException"/> whose message shows the line of
/// SQL with a caret, and whose <see cref="TickStoreException.SqlPosition"/> is the place. Thread-safe, as the database
/// is.
/// </summary>
public static class TickDatabaseSql
{
    extension(TickDatabase database)
    {
        /// <summary>
        /// Runs a script of statements separated by semicolons, and reads the rows of its queries to their end. Each
        /// statement takes effect by itself: where one fails, those before it stay done.
        /// </summary>
        /// <param name="sql">The statements.</param>
        /// <param name="parameters">Values of $1, $2 ...</param>
        /// <returns>What the last statement did; rows of a query are counted in <see cref="StatementResult.RowCount"/>.</returns>
        public StatementResult Execute(string sql, params IReadOnlyList<ConstantValue> parameters)
        {
            var last = new StatementResult(string.Empty, 0, database.CommittedSequence);
            foreach (var result in database.RunScript(sql, parameters))
            {
                using (result)
                {
                    long rowCount = result.RowCount;
                    while (result.Rows?.Next() is { } batch)
                    {
                        rowCount += batch.RowCount;
                    }

                    last = result with { RowCount = rowCount, Rows = null };
                }
            }

            return last;
        }

        /// <summary>
        /// Runs one SELECT, VALUES, EXPLAIN or SHOW. Rows are computed as they are read; the result holds its snapshot until
        /// it is disposed of.
        /// </summary>
        /// <param name="sql">The query.</param>
        /// <param name="parameters">Values of $1, $2 ...; a VARCHAR takes the type of what it stands beside.</param>
        public QueryResult Query(string sql, params IReadOnlyList<ConstantValue> parameters) =>
            database.Query(sql, CancellationToken.None, parameters);

        /// <summary>
        /// As the other form; <paramref name="cancellationToken"/> stops the query at the next batch.
        /// </summary>
        public QueryResult Query(
            string sql,
            CancellationToken cancellationToken,
            params IReadOnlyList<ConstantValue> parameters
        )
        {
            var statement = SqlParser.Parse(sql);
            var givesRows =
                statement
                is QueryStatement
                    or ExplainStatement
                    or ExplainViewStatement
                    or ExplainDefinitionStatement
                    or ShowLineageStatement
                    or ShowViewsStatement
                    or TestAlertStatement;
            return givesRows
                ? new StatementRunner(database, sql, parameters, cancellationToken).Run(statement).Rows!
                : throw SqlError.At(
                    ErrorCode.InvalidArgument,
                    sql,
                    statement.Span,
                    "this statement gives no rows; use Execute"
                );
        }

        /// <summary>
        /// Runs one query with every view answered from its definition, even where its contents are at hand: the slow twin of
        /// <c>Query</c>, which must give the same rows (law 2).
        /// </summary>
        internal QueryResult QueryDefinitions(string sql) =>
            new StatementRunner(database, sql, [], CancellationToken.None) { UsesContents = false }
                .Run(SqlParser.Parse(sql))
                .Rows!;

        /// <summary>
        /// What a SUBSCRIBE statement asks for (docs/guide/subscriptions.md), for
        /// <see cref="TickDatabase.Subscribe(SubscriptionRequest)"/>.
        /// </summary>
        public SubscriptionRequest PlanSubscription(string sql, params IReadOnlyList<ConstantValue> parameters) =>
            SqlParser.Parse(sql) is var statement && statement is SubscribeStatement subscribe
                ? new SubscriptionBinder(database, sql, parameters).Bind(subscribe)
                : throw SqlError.At(ErrorCode.InvalidArgument, sql, statement.Span, "this is no SUBSCRIBE statement");

        /// <summary>
        /// A query as the filter and projection of a subscription, for <see cref="SubscriptionRequest.Query"/> and for handlers. Throws
        /// NotSupported, with the reason, for a query that needs more than the row at hand.
        /// </summary>
        public KeyedPlan PlanChanges(string sql, params IReadOnlyList<ConstantValue> parameters) =>
            SqlParser.Parse(sql) is var statement && statement is QueryStatement query
                ? new SubscriptionBinder(database, sql, parameters).Bind(query.Query)
                : throw SqlError.At(ErrorCode.InvalidArgument, sql, statement.Span, "this is no query");

        /// <summary>
        /// Runs a script one statement at a time, as the results are asked for. The whole text is parsed first, so that
        /// nothing is done where it does not parse. Dispose of each result before the next one.
        /// </summary>
        /// <param name="sql">The statements.</param>
        /// <param name="parameters">Values of $1, $2 ...</param>
        /// <param name="cancellationToken">Stops a query at the next batch.</param>
        public IEnumerable<StatementResult> RunScript(
            string sql,
            IReadOnlyList<ConstantValue>? parameters = null,
            CancellationToken cancellationToken = default
        )
        {
            var statements = SqlParser.ParseScript(sql);
            var runner = new StatementRunner(database, sql, parameters ?? [], cancellationToken);
            return statements.Select(runner.Run);
        }
    }
}
