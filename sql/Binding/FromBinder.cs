using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;
using TickStore.Sql.Views;

namespace TickStore.Sql.Binding;

/// <summary>What stands in FROM, to a relation.</summary>
internal sealed partial class FromBinder(BindingSession session, QueryBinder queries)
{
    private const string CatalogSchema = "ts_catalog";

    /// <summary>
    /// The tables of FROM, comma-separated ones as cross joins; one row without columns where there are none.
    /// </summary>
    public Relation Bind(IReadOnlyList<TableSource> sources)
    {
        if (sources.Count == 0)
            return new Relation(ConstantEvaluator.SingleRow, [], []);
        if (sources is [WindowJoinedTable window])
            return WindowJoin(window);
        var relation = Bind(sources[0]);
        foreach (var source in sources.Skip(1))
            relation = Cross(relation, Bind(source));
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var table in relation.Tables)
        {
            if (table.Alias is { } alias && !seen.Add(alias))
            {
                throw session.Error(
                    ErrorCode.InvalidArgument,
                    sources[0],
                    $"FROM names \"{alias}\" twice; give one of them an alias"
                );
            }
        }

        return relation;
    }

    private Relation Bind(TableSource source) =>
        source switch
        {
            NamedTable table => Named(table),
            DerivedTable derived => queries
                .Bind(derived.Query)
                .AsRelation(derived.Alias?.Name.Name, RenamedBy(derived.Alias)),
            JoinedTable join => Join(join),
            AsofJoinedTable join => Asof(join),
            LookupJoinedTable join => Lookup(join),
            WindowJoinedTable join => throw session.Error(
                ErrorCode.NotSupported,
                join,
                "a WINDOW JOIN is the last join of its FROM, for its SELECT is what aggregates; put it into a subquery"
            ),
            _ => throw session.Error(ErrorCode.NotSupported, source, "this form of table is not available"),
        };

    private static string[]? RenamedBy(TableAlias? alias) =>
        alias is { Columns.Count: > 0 } ? [.. alias.Columns.Select(c => c.Name)] : null;

    private Relation Named(NamedTable named)
    {
        var parts = named.Name.Parts;
        var alias = named.Alias?.Name.Name ?? named.Name.Name;
        if (parts.Count == 1 && queries.FindCommonTable(named.Name.Name) is { } common)
        {
            if (named.AsOf is not null)
            {
                throw session.Error(
                    ErrorCode.InvalidArgument,
                    named.AsOf,
                    "AS OF SEQ belongs to a table, not to a name of WITH"
                );
            }

            return common.AsRelation(alias, RenamedBy(named.Alias));
        }

        var schema = parts.Count == 1 ? "" : parts[^2].Name;
        if (schema == CatalogSchema)
            return CatalogView(named, alias);
        if (schema is not ("" or "public" or "main"))
        {
            throw session.Error(
                ErrorCode.UnknownName,
                named.Name,
                $"there is no schema \"{schema}\"; tables are in \"public\", views of the system in "
                    + $"\"{CatalogSchema}\""
            );
        }

        var asOf = named.AsOf is null ? queries.AsOf : queries.SequenceOf(named.AsOf);
        var source = session.Pointing(named.Span, () => session.Catalog.FindTable(named.Name.Name, asOf));
        if (
            source is null
            && session.Pointing(named.Span, () => session.Catalog.FindView(named.Name.Name, asOf)) is { } view
        )
            return OfView(view, alias, named);
        if (source is null)
        {
            var isCatalog = parts.Count == 1 && session.Catalog.CatalogViewNames.Contains(named.Name.Name);
            throw session.Error(
                ErrorCode.UnknownName,
                named.Name,
                $"there is no table \"{named.Name}\""
                    + (
                        isCatalog
                            ? $"; did you mean \"{CatalogSchema}.{named.Name}\"?"
                            : NearestName.Hint(
                                named.Name.Name,
                                session.Catalog.TableNames.Concat(session.Catalog.ViewNames)
                            )
                    )
            );
        }

        var table = OfTable(source, alias, RenamedBy(named.Alias));
        return session.View is null ? table : session.View.Restrict(table);
    }

    private Relation OfView(ViewRows view, string alias, NamedTable named)
    {
        var schema = view.Plan.Schema;
        var columns = ColumnsOf(view);
        // Rows that came of one row of a table each carry its place in the order of all, hidden: it orders those of equal time.
        var sequence =
            view.KeyColumns is [var key] && schema[key] is { Name: "_seq", Type.Kind: TypeKind.BigInt }
                ? ColumnOf(view.Plan, key)
                : null;
        var time = view.TimeColumn >= 0 ? ColumnOf(view.Plan, view.TimeColumn) : null;
        var bound = new BoundQuery(view.Plan, columns, time, sequence)
        {
            Clock = session.Catalog.ClockOf(named.Name.Name),
        };
        var relation = bound.AsRelation(alias, RenamedBy(named.Alias));
        return session.View is null ? relation : session.View.RestrictView(relation, session, named);
    }

    // A view holds a bar as eight columns b.open, b.high ..: here they are a struct again, as they are of a subquery.
    private static OutputColumn[] ColumnsOf(ViewRows view)
    {
        var schema = view.Plan.Schema;
        var fields = StructExpression.OhlcvFields;
        var columns = new List<OutputColumn>();
        for (var i = 0; i < view.VisibleCount; i++)
        {
            var name = schema[i].Name;
            var prefix = name.EndsWith($".{fields[0]}", StringComparison.Ordinal)
                ? name[..^(fields[0].Length + 1)]
                : "";
            var start = i;
            if (
                prefix.Length > 0
                && start + fields.Length <= view.VisibleCount
                && fields.Select((f, k) => schema[start + k].Name == $"{prefix}.{f}").All(isField => isField)
            )
            {
                columns.Add(
                    new OutputColumn(
                        prefix,
                        new StructExpression(fields, [.. fields.Select((_, k) => ColumnOf(view.Plan, start + k))])
                    )
                );
                i += fields.Length - 1;
                continue;
            }

            columns.Add(new OutputColumn(name, ColumnOf(view.Plan, i)));
        }

        return [.. columns];
    }

    private Relation CatalogView(NamedTable named, string alias)
    {
        if (session.View is not null)
            throw ViewRules.Refuse(session, named, $"tables of {CatalogSchema}: they show the present only");
        var plan =
            session.Catalog.FindCatalogView(named.Name.Name)
            ?? throw session.Error(
                ErrorCode.UnknownName,
                named.Name,
                $"there is no view \"{named.Name}\"{NearestName.Hint(named.Name.Name, session.Catalog.CatalogViewNames)}"
            );
        return new BoundQuery(
            plan,
            [.. plan.Schema.Columns.Select((c, i) => new OutputColumn(c.Name, ColumnOf(plan, i)))]
        ).AsRelation(alias, RenamedBy(named.Alias));
    }

    /// <summary>
    /// A scan of every column, system columns included; the optimizer leaves out those that nobody reads.
    /// </summary>
    public static Relation OfTable(ITableSource source, string alias, string[]? renamed = null)
    {
        var schema = source.Schema;
        var scan = new ScanNode(
            source,
            new ScanRequest { Columns = [.. Enumerable.Range(0, schema.AllColumns.Count)] }
        );
        var columns = schema
            .AllColumns.Select(
                (c, i) =>
                    new ScopeColumn(
                        renamed is not null && i < renamed.Length && i < schema.Columns.Count ? renamed[i] : c.Name,
                        ColumnOf(scan, i),
                        IsSystem: i >= schema.Columns.Count
                    )
            )
            .ToArray();
        var table = new ScopeTable(
            alias,
            columns,
            ColumnOf(scan, schema.TimeIndex),
            ColumnOf(scan, schema.SequenceIndex)
        )
        {
            Clock = schema.Name,
            ReceiveTime = schema.ReceiveTimeColumn < 0 ? null : ColumnOf(scan, schema.ReceiveTimeColumn),
        };
        return new Relation(scan, [table], [.. columns.Where(c => !c.IsSystem)]);
    }

    /// <summary>A column of a plan as an expression over it.</summary>
    public static ColumnExpression ColumnOf(PlanNode plan, int index)
    {
        var column = plan.Schema[index];
        return new ColumnExpression(index, column.Name, column.Type, column.Nullable);
    }
}
