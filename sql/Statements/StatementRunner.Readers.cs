using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;
using TickStore.Sql.Views;

namespace TickStore.Sql.Statements;

/// <content>Readers whose position is kept, and trying out alerts.</content>
internal sealed partial class StatementRunner
{
    private StatementResult Acknowledge(AcknowledgeStatement acknowledge)
    {
        var sequence = SequenceOf(acknowledge.Sequence);
        Pointing(
            acknowledge.Reader.Span,
            () =>
            {
                database.Acknowledge(acknowledge.Reader.Value, sequence);
                return true;
            }
        );
        return Done("ACKNOWLEDGE");
    }

    private StatementResult DropReader(DropReaderStatement drop)
    {
        var name = drop.Reader.Value;
        if (!drop.IfExists || database.DurableReaders.Any(r => r.Name == name))
        {
            Pointing(
                drop.Reader.Span,
                () =>
                {
                    database.DropDurableReader(name);
                    return true;
                }
            );
        }

        return Done("DROP SUBSCRIPTION");
    }

    /// <summary>
    /// What an alert would have raised over all the rows there are, whether they were there before it or not: its definition, answered as a
    /// query.
    /// </summary>
    private StatementResult TestAlert(TestAlertStatement test)
    {
        var definition = ViewOf(test.Name);
        if (definition.Kind != ViewKind.Alert)
            throw Error(ErrorCode.InvalidArgument, test.Name, $"\"{definition.Name}\" is no alert");
        return WithCatalog(catalog =>
        {
            // As if it had been made before the first row.
            var alert = new SqlViewLanguage().Bind(database, definition.Statement, createdSequence: 0);
            var session = new BindingSession(sql, catalog, parameters);
            var fired = database.RowsOf(alert, catalog.Snapshot);
            var columns = Enumerable
                .Range(0, alert.Plan.VisibleCount)
                .Select(i => FromBinder.ColumnOf(fired, i))
                .ToArray();
            var time = columns[^1];
            var conditions = new List<BoundExpression>();
            AddBound(session, conditions, ">=", time, test.From, "TEST ALERT .. FROM");
            AddBound(session, conditions, "<", time, test.Until, "TEST ALERT .. TO");
            if (ExpressionTree.AndAll(conditions) is { } within)
                fired = new FilterNode(fired, within);
            var visible = new ProjectNode(fired, columns, [.. columns.Select(c => c.Name)]);
            var plan = new SortNode(visible, [.. columns.Reverse().Select(c => new SortKey(c, false, false))]);
            var rows = database.Run(plan, catalog.Snapshot, cancellationToken: cancellationToken);
            return new StatementResult("TEST ALERT", 0, rows.Sequence, rows);
        });
    }

    private static void AddBound(
        BindingSession session,
        List<BoundExpression> conditions,
        string comparison,
        ColumnExpression time,
        Expression? bound,
        string clause
    )
    {
        if (bound is null)
            return;
        var nothing = new Relation(ConstantEvaluator.SingleRow, [], []);
        var binder = new ExpressionBinder(session, nothing, clause, q => new QueryBinder(session).Bind(q));
        conditions.Add(
            new CallExpression(
                FunctionRegistry.Scalars[comparison].Resolve([DataType.Timestamp, DataType.Timestamp])!,
                [time, binder.BindAs(bound, DataType.Timestamp, clause)],
                true
            )
        );
    }

    private long SequenceOf(SequencePoint point)
    {
        using var catalog = new SnapshotCatalog(database, sql);
        return new QueryBinder(new BindingSession(sql, catalog, parameters)).SequenceOf(point);
    }
}
