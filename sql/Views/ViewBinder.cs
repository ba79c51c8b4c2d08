using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Optimizer;
using TickStore.Sql.Statements;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Views;

/// <summary>A statement that makes a view, to what the view is. Errors point into the text.</summary>
/// <param name="database">Whose tables and views the names mean.</param>
/// <param name="sql">The text that the statement was parsed from; it may hold others.</param>
/// <param name="createdSequence">The last <c>_seq</c> that was there before the view.</param>
internal sealed partial class ViewBinder(TickDatabase database, string sql, long createdSequence)
{
    /// <summary>The view. Nothing is made of it yet.</summary>
    public ViewDefinition Bind(ViewStatement statement)
    {
        var name = TableDefinitions.CheckName(sql, statement.Name);
        if (database.FindTable(name) is not null)
            throw Error(ErrorCode.AlreadyExists, statement.Name, $"there is a table \"{name}\" already");
        using var catalog = new SnapshotCatalog(database, sql, forView: true);
        var session = new BindingSession(sql, catalog, []) { View = RulesOf(statement.Clauses, catalog) };
        var bound = statement switch
        {
            CreateViewStatement view => Body(session, view.Query),
            CreateIndexViewStatement index => Index(session, index),
            CreateAlertStatement alert => Alert(session, alert),
            _ => throw Error(ErrorCode.NotSupported, statement, "this statement is not available"),
        };
        return Complete(session, statement, name, bound);
    }

    private ViewDefinition Complete(BindingSession session, ViewStatement statement, string name, BoundQuery bound)
    {
        var clauses = statement.Clauses;
        bound = OnWindowClose(session, bound, statement);
        var (plan, visibleCount, timeColumn) = Columns(bound);
        RefuseSameNames(statement, plan, visibleCount);
        var keyed = session.Pointing(PlaceOf(statement), () => ViewPlans.Keyed(plan, visibleCount, session.Catalog));
        if (clauses.Backfill is { NewestFirst: true } newest && BackwardRange.TryFind(keyed, out var reason) is null)
        {
            throw Error(
                ErrorCode.NotSupported,
                newest,
                $"this view cannot be filled in from its newest rows to its oldest: {reason}; BACKFILL ALL reads the tables in the "
                    + "order of their rows"
            );
        }

        return new ViewDefinition
        {
            Name = name,
            Statement = sql.Substring(statement.Span.Start, statement.Span.Length),
            Plan = keyed,
            TimeColumn = timeColumn,
            Kind = statement switch
            {
                CreateAlertStatement => ViewKind.Alert,
                CreateIndexViewStatement => ViewKind.Index,
                _ => ViewKind.View,
            },
            Emit = clauses.Emit switch
            {
                { OnWindowClose: true } => ViewEmit.WindowClose,
                { Every: not null } => ViewEmit.Every,
                _ => ViewEmit.Change,
            },
            EmitEveryNanos = clauses.Emit?.Every is { } every ? Span(every, "EMIT EVERY") : 0,
            BackfillsNewestFirst = clauses.Backfill is { NewestFirst: true },
            Backfills = clauses.Backfill is not { None: true },
            BackfillFromNanos = session.View!.FromNanos,
            MemoryBytes = MemoryOf(clauses),
            Functions = session.Functions.Used,
            IntoTable = (statement as CreateAlertStatement)?.Into?.Name,
        };
    }

    // The order of a view's rows means nothing, and neither does which of them come first; but ORDER BY says which row DISTINCT ON keeps.
    private static BoundQuery Body(BindingSession session, Query query)
    {
        if (query.Limit is not null || query.Offset is not null)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                (query.Limit ?? query.Offset)!,
                "a view takes no LIMIT: which rows are first changes with every row; use QUALIFY row_number() OVER (..) <= n, or put "
                    + "LIMIT into the query that reads the view"
            );
        }

        var keepsFirst = query.Body is SelectBody { DistinctOn.Count: > 0 };
        if (query.OrderBy.Count > 0 && !keepsFirst)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                query.OrderBy[0],
                "the rows of a view have no order; put ORDER BY into the query that reads it"
            );
        }

        var bound = new QueryBinder(session).Bind(query);
        return keepsFirst && bound.Plan is SortNode sort ? bound with { Plan = sort.Inputs[0] } : bound;
    }

    /// <summary>Where a statement says what cannot be done, when it turns out only later: its query.</summary>
    public static SourceSpan PlaceOf(ViewStatement statement) =>
        statement switch
        {
            CreateViewStatement view => view.Query.Span,
            CreateAlertStatement alert => alert.Query.Span,
            _ => statement.Span,
        };

    /// <summary>The query's columns, and its time behind them where it is none of them.</summary>
    private static (PlanNode Plan, int VisibleCount, int TimeColumn) Columns(BoundQuery bound)
    {
        var plan = bound.ToPlan();
        var visibleCount = plan.Schema.ColumnCount;
        if (bound.Time is not { } time || time.Type != DataType.Timestamp)
            return (plan, visibleCount, -1);
        if (ReferenceEquals(plan, bound.Plan))
            return (plan, visibleCount, time.Index);
        var project = (ProjectNode)plan;
        var at = project
            .Expressions.ToList()
            .FindIndex(e => e is ColumnExpression column && column.Index == time.Index);
        return at >= 0
            ? (plan, visibleCount, at)
            : (
                new ProjectNode(project.Inputs[0], [.. project.Expressions, time], [.. project.Names, "_time"]),
                visibleCount,
                visibleCount
            );
    }

    private void RefuseSameNames(ViewStatement statement, PlanNode plan, int visibleCount)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < visibleCount; i++)
        {
            var name = plan.Schema[i].Name;
            if (!seen.Add(name))
            {
                throw SqlError.At(
                    ErrorCode.InvalidArgument,
                    sql,
                    PlaceOf(statement),
                    $"the view would have two columns named \"{name}\"; give one of them another label"
                );
            }
        }
    }

    private BoundQuery OnWindowClose(BindingSession session, BoundQuery bound, ViewStatement statement)
    {
        if (statement.Clauses.Emit is not { OnWindowClose: true } emit)
            return bound;
        var close = bound.Columns.FirstOrDefault(c =>
            c.Name == Bars.CloseName && c.Value is ColumnExpression && c.Value.Type == DataType.Timestamp
        );
        if (close is null)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                emit,
                $"EMIT ON WINDOW CLOSE needs windows: a query with SAMPLE BY, or over bars, that yields {Bars.CloseName}"
            );
        }

        var table = ViewPlans.DrivingTable(bound.Plan, PlanOfView);
        if (table is null)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                emit,
                "EMIT ON WINDOW CLOSE needs a table, whose watermark says what is closed"
            );
        }

        // As is_final has it: a bar that holds its end may still get a row of that very time when the watermark stands on it.
        var holdsItsEnd =
            statement is CreateViewStatement { Query.Body: SelectBody { SampleBy.Closed: BucketSide.End } };
        var behind = holdsItsEnd
            ? new CallExpression(
                FunctionRegistry.Scalars["+"].Resolve([DataType.Timestamp, DataType.Interval])!,
                [close.Value, new ConstantExpression(ConstantValue.Of(Interval.OfNanos(1)))],
                close.Value.Nullable
            )
            : close.Value;
        var closed = new CallExpression(
            FunctionRegistry.Scalars["<="].Resolve([DataType.Timestamp, DataType.Timestamp])!,
            [behind, new WatermarkExpression(table)],
            close.Value.Nullable
        );
        return bound with { Plan = new FilterNode(bound.Plan, closed) };
    }

    private ViewRules RulesOf(ViewClauses clauses, SnapshotCatalog catalog)
    {
        var from = long.MinValue;
        if (clauses.Backfill?.From is { } written)
        {
            var session = new BindingSession(sql, catalog, []) { View = new ViewRules(-1, long.MinValue, false) };
            var nothing = new Relation(ConstantEvaluator.SingleRow, [], []);
            var binder = new ExpressionBinder(session, nothing, "BACKFILL FROM", q => new QueryBinder(session).Bind(q));
            var bound = binder.BindAs(written, DataType.Timestamp, "BACKFILL FROM");
            var value = session.Pointing(written.Span, () => session.Constants.Evaluate(bound));
            if (value.IsNull)
                throw Error(ErrorCode.InvalidArgument, written, "BACKFILL FROM takes a time, not NULL");
            from = value.Integer;
        }

        return new ViewRules(
            clauses.Backfill is { None: true } ? createdSequence : -1,
            from,
            clauses.Late is { Reject: true }
        )
        {
            RejectsLaterThan =
                clauses.Late?.Until is { } until && Span(until, "ON LATE CORRECT UNTIL") > 0 ? until.Value : null,
        };
    }

    private long MemoryOf(ViewClauses clauses)
    {
        long bytes = 0;
        foreach (var option in clauses.Options)
        {
            bytes = option is { Name: "memory", Value: { } text }
                ? ByteSize.TryParse(text, out var parsed) && parsed > 0
                    ? parsed
                    : throw Error(
                        ErrorCode.InvalidArgument,
                        option,
                        "MEMORY is a number of bytes with a unit, such as '512MB' or '2GB'"
                    )
                : throw Error(
                    ErrorCode.NotSupported,
                    option,
                    $"a view has the option MEMORY, not {option.Name.ToUpperInvariant()}"
                );
        }

        return bytes;
    }

    private long Span(IntervalLiteral interval, string clause) =>
        interval.Value.TryGetNanos(out var nanos) && nanos > 0
            ? nanos
            : throw Error(
                ErrorCode.InvalidArgument,
                interval,
                $"{clause} takes a fixed span longer than nothing, such as 100ms"
            );

    private PlanNode? PlanOfView(string name) => database.FindView(name)?.Plan.Plan;

    private TickStoreException Error(ErrorCode code, SyntaxNode at, string cause) =>
        SqlError.At(code, sql, at.Span, cause);
}
