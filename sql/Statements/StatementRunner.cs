using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Optimizer;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Statements;

/// <summary>
/// Runs statements against a database. One text, several statements perhaps; each sees what those before it did.
/// </summary>
internal sealed partial class StatementRunner(
    TickDatabase database,
    string sql,
    IReadOnlyList<ConstantValue> parameters,
    CancellationToken cancellationToken
)
{
    /// <summary>False to answer from the definitions of views even where their contents are at hand.</summary>
    public bool UsesContents { get; init; } = true;

    /// <summary>Runs one statement. A query's rows are computed as the result is read.</summary>
    public StatementResult Run(Statement statement) =>
        statement switch
        {
            QueryStatement query => Select(query.Query),
            ExplainStatement explain => Explain(explain),
            CreateCalendarStatement create => CreateCalendar(create),
            DropCalendarStatement drop => DropCalendar(drop),
            InsertStatement insert => Insert(insert),
            CreateTableStatement create => Create(create),
            DropTableStatement drop => Drop(drop),
            CopyFromStatement copy => CopyFrom(copy),
            CopyToStatement copy => CopyTo(copy),
            ViewStatement view => CreateView(view),
            DropViewStatement drop => DropView(drop),
            ExplainDefinitionStatement explain => ExplainDefinition(explain),
            ExplainViewStatement explain => ExplainView(explain),
            ShowLineageStatement show => ShowLineage(show),
            ShowViewsStatement => ShowViews(),
            WaitForStatement wait => WaitFor(wait),
            TestAlertStatement test => TestAlert(test),
            CreateFunctionStatement create => CreateFunction(create),
            DropFunctionStatement drop => DropFunction(drop),
            AcknowledgeStatement acknowledge => Acknowledge(acknowledge),
            DropReaderStatement drop => DropReader(drop),
            SubscribeStatement subscribe => throw SqlError.At(
                ErrorCode.InvalidArgument,
                sql,
                subscribe.Span,
                "SUBSCRIBE has no end, and is no statement of a script: use database.Subscribe(sql), or tickstore subscribe"
            ),
            _ => throw SqlError.At(ErrorCode.NotSupported, sql, statement.Span, "this statement is not available"),
        };

    private StatementResult Select(Query query) =>
        WithCatalog(catalog =>
        {
            var rows = database.Run(Plan(query, catalog), catalog.Snapshot, cancellationToken: cancellationToken);
            return new StatementResult("SELECT", 0, rows.Sequence, rows);
        });

    private PlanNode Plan(Query query, SnapshotCatalog catalog) =>
        new PlanOptimizer(catalog).Run(Binder.Bind(sql, query, catalog, parameters));

    // The result takes the snapshot over; on an error it is closed here.
    private T WithCatalog<T>(Func<SnapshotCatalog, T> run)
    {
        var catalog = new SnapshotCatalog(database, sql) { UsesContents = UsesContents };
        try
        {
            return run(catalog);
        }
        catch
        {
            catalog.Dispose();
            throw;
        }
    }

    private StatementResult Explain(ExplainStatement explain) =>
        WithCatalog(catalog =>
        {
            var plan = Plan(explain.Query, catalog);
            ExecutionStatistics? statistics = null;
            if (explain.Analyze)
            {
                statistics = new ExecutionStatistics();
                // The snapshot is still needed to describe the scans, so the result must not close it.
                using var rows = database.Run(
                    plan,
                    null,
                    statistics,
                    cancellationToken: cancellationToken,
                    readFrom: catalog.Snapshot
                );
                while (rows.Next() is not null) { }
            }

            var lines = new Explanation(catalog.Pool, statistics).Write(plan);
            var schema = new BatchSchema(new ColumnSchema("plan", DataType.Varchar, false));
            var text = new ValuesNode(
                schema,
                [.. lines.Select(IReadOnlyList<ConstantValue> (line) => [ConstantValue.Of(line)])]
            );
            var result = database.Run(text, catalog.Snapshot, threadCount: 1, cancellationToken: cancellationToken);
            return new StatementResult("EXPLAIN", 0, result.Sequence, result);
        });

    private StatementResult Insert(InsertStatement insert)
    {
        using var catalog = new SnapshotCatalog(database, sql);
        var table = TargetOf(insert.Table);
        var session = new BindingSession(sql, catalog, parameters);
        var plan = new PlanOptimizer(catalog).Run(new Inserts(session, table).Bind(insert));
        var (rowCount, lastSequence) = session.Pointing(
            insert.Span,
            () => database.Insert(table.Name, plan, cancellationToken)
        );
        return new StatementResult("INSERT", rowCount, lastSequence);
    }

    private TableSchema TargetOf(QualifiedName name)
    {
        var wanted = TableDefinitions.CheckName(sql, name);
        if (database.FindView(wanted) is { } view)
            throw Error(
                ErrorCode.InvalidArgument,
                name,
                $"\"{wanted}\" is a view: its rows follow from its definition ({TextOf(view.Kind)})"
            );
        return database.FindTable(wanted)
            ?? throw SqlError.At(
                ErrorCode.UnknownName,
                sql,
                name.Span,
                $"there is no table \"{wanted}\"{NearestName.Hint(wanted, database.Tables.Select(t => t.Name))}"
            );
    }

    private StatementResult Create(CreateTableStatement create)
    {
        var schema = TableDefinitions.Bind(sql, create);
        if (database.FindView(schema.Name) is not null)
            throw Error(ErrorCode.AlreadyExists, create.Name, $"there is a view \"{schema.Name}\" already");
        if (database.FindTable(schema.Name) is null)
        {
            database.CreateTable(schema);
        }
        else if (!create.IfNotExists)
        {
            throw SqlError.At(
                ErrorCode.AlreadyExists,
                sql,
                create.Name.Span,
                $"table \"{schema.Name}\" exists already"
            );
        }

        return new StatementResult("CREATE TABLE", 0, database.CommittedSequence);
    }

    private StatementResult Drop(DropTableStatement drop)
    {
        if (!drop.IfExists || database.FindTable(TableDefinitions.CheckName(sql, drop.Name)) is not null)
        {
            var table = TargetOf(drop.Name);
            RefuseWhereRead(drop.Name);
            database.DropTable(table.Name);
        }

        return new StatementResult("DROP TABLE", 0, database.CommittedSequence);
    }

    private StatementResult CopyFrom(CopyFromStatement copy)
    {
        var table = TargetOf(copy.Table);
        if (copy.Columns.Count > 0)
        {
            throw SqlError.At(
                ErrorCode.NotSupported,
                sql,
                copy.Columns[0].Span,
                "COPY FROM takes no column list: the file's columns are matched by name"
            );
        }

        var options = new CopyOptions(sql, copy.Options, canHaveHeader: true);
        var report = Pointing(
            copy.Path.Span,
            () =>
                database.Import(
                    new ImportOptions
                    {
                        Files = [copy.Path.Value],
                        Table = table.Name,
                        Format = options.Format,
                        CsvHasHeader = options.HasHeader,
                    },
                    cancellationToken
                )
        );
        return new StatementResult("COPY", report.RowCount, report.LastSequence);
    }

    private StatementResult CopyTo(CopyToStatement copy)
    {
        var options = new CopyOptions(sql, copy.Options, canHaveHeader: false);
        using var rows = Select(copy.Query ?? Everything(copy));
        var rowCount = Pointing(
            copy.Path.Span,
            () => TickDatabase.ExportToFile(rows.Rows!, copy.Path.Value, options.Format)
        );
        return new StatementResult("COPY", rowCount, rows.LastSequence);
    }

    private static Query Everything(CopyToStatement copy)
    {
        var span = copy.Table!.Span;
        IReadOnlyList<SelectItem> items =
            copy.Columns.Count == 0
                ? [new StarItem(span, null)]
                : [.. copy.Columns.Select(c => new ExpressionItem(c.Span, new ColumnReference(c.Span, [c]), null))];
        var body = new SelectBody(
            span,
            false,
            [],
            items,
            [new NamedTable(span, copy.Table, null, null)],
            null,
            null,
            null,
            null,
            [],
            null,
            null
        );
        return new Query(span, [], body, [], null, null, null);
    }

    private T Pointing<T>(SourceSpan span, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (TickStoreException error) when (error.SqlPosition < 0 && error.Location is null)
        {
            throw SqlError.At(error.Code, sql, span, error.Message);
        }
    }
}
