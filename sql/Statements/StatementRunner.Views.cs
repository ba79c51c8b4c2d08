using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;
using TickStore.Sql.Views;

namespace TickStore.Sql.Statements;

/// <content>Views, index views and alerts.</content>
internal sealed partial class StatementRunner
{
    private StatementResult CreateView(ViewStatement view)
    {
        var name = TableDefinitions.CheckName(sql, view.Name);
        var kind = KindOf(view);
        if (database.FindView(name) is { } before)
        {
            if (view.IfNotExists)
                return Done($"CREATE {TextOf(kind)}");
            if (!view.OrReplace)
                throw Error(
                    ErrorCode.AlreadyExists,
                    view.Name,
                    $"{TextOf(before.Kind).ToLowerInvariant()} \"{name}\" exists already"
                );
            if (before.Kind != kind)
                throw NotThatKind(view.Name, before);
        }

        // Bound here although the engine binds the text again: here it is known where in the script an error stands.
        var definition = new ViewBinder(database, sql, database.CommittedSequence).Bind(view);
        if (ViewPlans.Reads(definition.Plan.Plan).Any(r => IsSame(r.Name, name)))
            throw Error(ErrorCode.InvalidArgument, view.Name, $"\"{name}\" cannot read itself");
        Pointing(
            ViewBinder.PlaceOf(view),
            () =>
            {
                database.CreateView(definition.Statement, view.OrReplace);
                return true;
            }
        );
        return Done($"CREATE {TextOf(kind)}");
    }

    private StatementResult DropView(DropViewStatement drop)
    {
        var name = TableDefinitions.CheckName(sql, drop.Name);
        var kind = drop.Word switch
        {
            ViewWord.Index => ViewKind.Index,
            ViewWord.Alert => ViewKind.Alert,
            ViewWord.View => ViewKind.View,
        };
        if (!drop.IfExists || database.FindView(name) is not null)
        {
            if (ViewOf(drop.Name) is { } found && found.Kind != kind)
                throw NotThatKind(drop.Name, found);
            Pointing(
                drop.Name.Span,
                () =>
                {
                    database.DropView(name);
                    return true;
                }
            );
        }

        return Done($"DROP {TextOf(kind)}");
    }

    private StatementResult ExplainDefinition(ExplainDefinitionStatement explain)
    {
        var definition = new ViewBinder(database, sql, database.CommittedSequence).Bind(explain.Definition);
        return Lines(
            "EXPLAIN",
            "circuit",
            Pointing(ViewBinder.PlaceOf(explain.Definition), () => database.DescribeView(definition))
        );
    }

    private StatementResult ExplainView(ExplainViewStatement explain)
    {
        var definition = ViewOf(explain.Name);
        return Lines("EXPLAIN", "circuit", Pointing(explain.Name.Span, () => database.DescribeView(definition.Name)));
    }

    /// <summary>What a view is made from, down to the tables; a line for each that reads and each that is read.</summary>
    private StatementResult ShowLineage(ShowLineageStatement show)
    {
        var rows = new List<IReadOnlyList<ConstantValue>>();
        var definition = ViewOf(show.Name);
        AddLineage(definition.Name, readBy: null, depth: 0, rows);
        return Rows(
            "SHOW LINEAGE",
            new BatchSchema(
                new ColumnSchema("depth", DataType.Int, false),
                new ColumnSchema("name", DataType.Varchar, false),
                new ColumnSchema("kind", DataType.Varchar, false),
                new ColumnSchema("read_by", DataType.Varchar)
            ),
            rows
        );
    }

    private void AddLineage(string name, string? readBy, int depth, List<IReadOnlyList<ConstantValue>> rows)
    {
        var view = database.FindView(name);
        rows.Add([
            ConstantValue.Of(DataType.Int, depth),
            ConstantValue.Of(name),
            ConstantValue.Of(view is null ? "table" : TextOf(view.Kind).ToLowerInvariant()),
            readBy is null ? ConstantValue.Null(DataType.Varchar) : ConstantValue.Of(readBy),
        ]);
        if (view is null)
            return;
        foreach (var read in ViewPlans.Reads(view.Plan.Plan))
            AddLineage(read.Name, name, depth + 1, rows);
    }

    private StatementResult ShowViews() =>
        WithCatalog(catalog =>
        {
            var plan = catalog.FindCatalogView("views")!;
            var rows = database.Run(plan, catalog.Snapshot, threadCount: 1, cancellationToken: cancellationToken);
            return new StatementResult("SHOW VIEWS", 0, rows.Sequence, rows);
        });

    private StatementResult WaitFor(WaitForStatement wait)
    {
        var definition = ViewOf(wait.Name);
        var sequence = SequenceOf(wait.Sequence);
        Pointing(
            wait.Name.Span,
            () =>
            {
                database.WaitForView(definition.Name, sequence, cancellationToken);
                return true;
            }
        );
        return Done("WAIT FOR");
    }

    private ViewDefinition ViewOf(QualifiedName name)
    {
        var wanted = TableDefinitions.CheckName(sql, name);
        return database.FindView(wanted)
            ?? throw Error(
                ErrorCode.UnknownName,
                name,
                database.FindTable(wanted) is null
                    ? $"there is no view \"{wanted}\"{NearestName.Hint(wanted, database.Views.Select(v => v.Name))}"
                    : $"\"{wanted}\" is a table, not a view"
            );
    }

    /// <summary>Refuses to change a table under a view that reads it.</summary>
    private void RefuseWhereRead(QualifiedName table)
    {
        foreach (var view in database.Views)
        {
            if (
                database.FindView(view.Name) is { } definition
                && ViewPlans.Reads(definition.Plan.Plan).Any(r => !r.IsView && IsSame(r.Name, table.Name))
            )
            {
                throw Error(
                    ErrorCode.InvalidArgument,
                    table,
                    $"table \"{table.Name}\" cannot be dropped: view \"{view.Name}\" reads it; drop that one first"
                );
            }
        }
    }

    private TickStoreException NotThatKind(QualifiedName name, ViewDefinition found) =>
        Error(
            ErrorCode.InvalidArgument,
            name,
            $"\"{name.Name}\" is {(found.Kind == ViewKind.View ? "a" : "an")} {TextOf(found.Kind).ToLowerInvariant()}; "
                + $"use DROP {TextOf(found.Kind)}"
        );

    private static ViewKind KindOf(ViewStatement view) =>
        view switch
        {
            CreateIndexViewStatement => ViewKind.Index,
            CreateAlertStatement => ViewKind.Alert,
            _ => ViewKind.View,
        };

    private static string TextOf(ViewKind kind) =>
        kind switch
        {
            ViewKind.View => "MATERIALIZED VIEW",
            ViewKind.Index => "INDEX VIEW",
            ViewKind.Alert => "ALERT",
        };

    private StatementResult Lines(string statement, string column, IReadOnlyList<string> lines) =>
        Rows(
            statement,
            new BatchSchema(new ColumnSchema(column, DataType.Varchar, false)),
            [.. lines.Select(IReadOnlyList<ConstantValue> (line) => [ConstantValue.Of(line)])]
        );

    private StatementResult Rows(string statement, BatchSchema schema, IReadOnlyList<IReadOnlyList<ConstantValue>> rows)
    {
        var result = database.Run(new ValuesNode(schema, rows), threadCount: 1, cancellationToken: cancellationToken);
        return new StatementResult(statement, 0, result.Sequence, result);
    }

    private StatementResult Done(string statement) => new(statement, 0, database.CommittedSequence);

    private TickStoreException Error(ErrorCode code, SyntaxNode at, string cause) =>
        SqlError.At(code, sql, at.Span, cause);

    private static bool IsSame(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
