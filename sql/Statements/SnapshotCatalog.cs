using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Views;

namespace TickStore.Sql.Statements;

/// <summary>
/// The names of a database as one statement sees them: all tables at one snapshot, but for those that AS OF SEQ puts at
/// another. Dispose of it where the statement's result did not take the snapshots over.
/// </summary>
internal sealed class SnapshotCatalog : IBindingCatalog, IDisposable
{
    private readonly TickDatabase database;
    private readonly bool forView;
    private readonly Dictionary<long, DatabaseSnapshot> past = [];

    /// <summary>Opens the snapshot.</summary>
    /// <param name="database">Whose names they are.</param>
    /// <param name="sql">The statement, which names the views whose contents are wanted at the same moment as the tables.</param>
    /// <param name="forView">
    /// True where what is bound is kept as a view: then symbols that the text names are added to the dictionary, and views are named and
    /// not read.
    /// </param>
    public SnapshotCatalog(TickDatabase database, string sql, bool forView = false)
    {
        this.database = database;
        this.forView = forView;
        Symbols = forView ? new InterningSymbols(database.Symbols) : database.Symbols;
        var context = database.CreateContext();
        Pool = context.Pool;
        NowNanos = context.NowNanos;
        Snapshot = database.OpenSnapshot(views: forView ? null : ViewsIn(sql));
        Watermarks = database.CreateContext(null, Snapshot).Watermarks;
    }

    /// <summary>The statement's own snapshot; it closes the others with itself.</summary>
    public DatabaseSnapshot Snapshot { get; }

    /// <summary>False to answer from the definitions of views even where their contents are at hand: for tests, which compare the
    /// two.</summary>
    public bool UsesContents { get; init; } = true;

    public ISymbolTable Symbols { get; }

    public BlockPool Pool { get; }

    public long NowNanos { get; }

    public Func<string, long>? Watermarks { get; }

    public IEnumerable<string> TableNames => Snapshot.TableNames;

    public IEnumerable<string> ViewNames => database.ViewNames;

    public IEnumerable<string> CatalogViewNames => DatabaseSnapshot.CatalogNames;

    public ITableSource? FindTable(string name, long? asOfSequence) =>
        (asOfSequence is { } sequence ? At(sequence) : Snapshot).FindTable(name);

    public TradingCalendar? FindCalendar(string name) => database.FindCalendar(name);

    public FunctionDefinition? FindFunction(string name) => database.FindFunction(name);

    public IEnumerable<string> FunctionNames => database.Functions.Select(f => f.Name);

    public IEnumerable<string> CalendarNames => BuiltInCalendars.Names.Concat(database.Calendars.Select(c => c.Name));

    public string? ClockOf(string view) =>
        PlanOfView(view) is { } plan ? ViewPlans.DrivingTable(plan, PlanOfView) : null;

    public ViewRows? FindView(string name, long? asOfSequence)
    {
        if (!forView)
            return (asOfSequence is { } sequence ? At(sequence) : Snapshot).FindView(name, UsesContents);
        if (database.FindView(name) is not { } definition)
            return null;
        var plan = definition.Plan;
        var leaf = new KeyedScanNode(database.ViewLeaf(name));
        return new ViewRows(leaf, plan.VisibleCount, plan.KeyColumns, definition.TimeColumn);
    }

    public PlanNode? FindCatalogView(string name) => Snapshot.FindCatalogTable(name);

    private PlanNode? PlanOfView(string name) => database.FindView(name)?.Plan.Plan;

    public void Dispose() => Snapshot.Dispose();

    // Each view whose name stands in the text, be it in a comment: one too many costs little.
    private string[] ViewsIn(string sql) =>
        [.. ViewNames.Where(name => sql.Contains(name, StringComparison.OrdinalIgnoreCase))];

    private DatabaseSnapshot At(long sequence)
    {
        if (!past.TryGetValue(sequence, out var found))
        {
            past[sequence] = found = database.OpenSnapshot(sequence);
            Snapshot.Adopt(found);
        }

        return found;
    }
}
