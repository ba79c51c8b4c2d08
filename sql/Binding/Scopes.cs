using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Binding;

/// <summary>A name that expressions may use, and what it stands for over the relation's plan.</summary>
/// <param name="Name">As declared; compared without case.</param>
/// <param name="Value">A column, or a struct of columns.</param>
/// <param name="IsSystem">True for the system columns, which a star leaves out.</param>
internal sealed record ScopeColumn(string Name, BoundExpression Value, bool IsSystem = false);

/// <summary>
/// One table of FROM under its alias. <paramref name="Time"/> and <paramref name="Sequence"/> are columns of the
/// relation's plan that order the table's rows, or null where they are not known.
/// </summary>
internal sealed record ScopeTable(
    string? Alias,
    IReadOnlyList<ScopeColumn> Columns,
    ColumnExpression? Time,
    ColumnExpression? Sequence
)
{
    /// <summary>
    /// The table whose watermark the rows' times obey: the base table below subqueries and views; null where it is not known.
    /// </summary>
    public string? Clock { get; init; }

    /// <summary>When each row became known: the receive time of a base table that has one; null elsewhere.</summary>
    public ColumnExpression? ReceiveTime { get; init; }

    public bool IsNamed(string name) => string.Equals(Alias, name, StringComparison.OrdinalIgnoreCase);

    public ScopeColumn? Find(string name) =>
        Columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// A window join whose aggregates are not known yet. <paramref name="Node"/> has none; <paramref name="Right"/> is the right side's table
/// that has an event time, as it lies behind the left side's columns.
/// </summary>
internal sealed record PendingWindowJoin(WindowJoinNode Node, ScopeTable Right)
{
    /// <summary>Columns of the left side; those of the right one lie behind them in expressions of the SELECT.</summary>
    public int Width => Node.Inputs[0].Schema.ColumnCount;
}

/// <summary>What FROM gives: a plan, the tables that names may refer to, and what a bare star expands to.</summary>
internal sealed class Relation(
    PlanNode plan,
    IReadOnlyList<ScopeTable> tables,
    IReadOnlyList<ScopeColumn> star,
    IReadOnlyCollection<ScopeColumn>? merged = null
)
{
    public PlanNode Plan { get; } = plan;

    public IReadOnlyList<ScopeTable> Tables { get; } = tables;

    public IReadOnlyList<ScopeColumn> Star { get; } = star;

    /// <summary>
    /// Columns that USING merged into those of the other side: they need their table's name to be reached.
    /// </summary>
    public IReadOnlyCollection<ScopeColumn> Merged { get; } = merged ?? [];

    /// <summary>Where the FROM is a window join: what it is, for the SELECT to add its aggregates; else null.</summary>
    public PendingWindowJoin? Window { get; init; }

    /// <summary>The same names over a plan with the same columns, and perhaps more behind them.</summary>
    public Relation WithPlan(PlanNode plan) => new(plan, Tables, Star, Merged) { Window = Window };

    /// <summary>The table that says in which order an aggregate meets rows, or null.</summary>
    public ScopeTable? OrderTable => Window is { } window ? window.Right : TimeTable;

    /// <summary>The first table that says how its rows are ordered in time, or null.</summary>
    public ScopeTable? TimeTable => Tables.FirstOrDefault(t => t.Time is not null);
}

/// <summary>A column that a query yields: a plain column of its plan, or a struct of some.</summary>
internal sealed record OutputColumn(string Name, BoundExpression Value);

/// <summary>
/// A query that is bound. The plan may yield further columns than the output names; <paramref name="Time"/> and
/// <paramref name="Sequence"/> are those of them that order the rows in time, or null.
/// </summary>
internal sealed record BoundQuery(
    PlanNode Plan,
    IReadOnlyList<OutputColumn> Columns,
    ColumnExpression? Time = null,
    ColumnExpression? Sequence = null
)
{
    /// <summary>The base table whose watermark <see cref="Time"/> obeys, or null.</summary>
    public string? Clock { get; init; }

    /// <summary>The query as one table of FROM.</summary>
    public Relation AsRelation(string? alias, IReadOnlyList<string>? renamed = null)
    {
        var columns = Columns
            .Select((c, i) => new ScopeColumn(renamed is not null && i < renamed.Count ? renamed[i] : c.Name, c.Value))
            .ToArray();
        return new Relation(Plan, [new ScopeTable(alias, columns, Time, Sequence) { Clock = Clock }], columns);
    }

    /// <summary>
    /// A plan that yields exactly the output columns, with structs spread out into <c>name.field</c>.
    /// </summary>
    public PlanNode ToPlan()
    {
        var expressions = new List<BoundExpression>();
        var names = new List<string>();
        foreach (var column in Columns)
        {
            if (column.Value is StructExpression fields)
            {
                expressions.AddRange(fields.Fields);
                names.AddRange(fields.Names.Select(n => $"{column.Name}.{n}"));
            }
            else
            {
                expressions.Add(column.Value);
                names.Add(column.Name);
            }
        }

        var schema = Plan.Schema;
        var isSame =
            expressions.Count == schema.ColumnCount
            && expressions
                .Select((e, i) => e is ColumnExpression c && c.Index == i && schema[i].Name == names[i])
                .All(same => same);
        return isSame ? Plan : new ProjectNode(Plan, expressions, names);
    }
}
