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
    /// <param name="forView">
    /// True where what is bound is kept as a view: then symbols that the text names are added to the dictionary, and views are named and
    /// not read.
    /// </param>
    public SnapshotCatalog(TickDatabase database, bool forView = false)
    {
        this.database = database;
        this.forView = forView;
        Symbols = forView ? new InterningSymbols(database.Symbols) : database.Symbols;
        var context = database.CreateContext();
        Pool = context.Pool;
        NowNanos = context.NowNanos;
        Snapshot = database.OpenSnapshot();
    }

    /// <summary>The statement's own snapshot; it closes the others with itself.</summary>
    public DatabaseSnapshot Snapshot { get; }

    /// <summary>True to answer from the definitions of views even where their contents are at hand; for tests, which compare the two.</summary>
    public bool IgnoresContents { get; init; }

    public ISymbolTable Symbols { get; }

    public BlockPool Pool { get; }

    public long NowNanos { get; }

    public IEnumerable<string> TableNames => Snapshot.TableNames;

    public IEnumerable<string> ViewNames => database.Views.Select(v => v.Definition.Name);

    public IEnumerable<string> CatalogViewNames => DatabaseSnapshot.CatalogNames;

    public ITableSource? FindTable(string name, long? asOfSequence) =>
        (asOfSequence is { } sequence ? At(sequence) : Snapshot).FindTable(name);

    public BoundView? FindView(string name, long? asOfSequence)
    {
        if (database.FindView(name) is not { } view)
            return null;
        var definition = view.Definition;
        var keyed = definition.Plan;
        var plan = forView
            ? new KeyedScanNode(new ViewSource(definition))
            : RowsOf(view, asOfSequence is { } sequence ? At(sequence) : Snapshot, mayUseContents: asOfSequence is null);
        return new BoundView(plan, keyed.VisibleCount, keyed.KeyColumns, definition.TimeColumn);
    }

    public PlanNode? FindCatalogView(string name) => Snapshot.FindCatalogTable(name);

    public void Dispose() => Snapshot.Dispose();

    // The contents where they are exactly at the snapshot; else the definition over it, which gives the same rows (law 2).
    private PlanNode RowsOf(ViewDefinition definition, DatabaseSnapshot snapshot, bool mayUseContents) =>
        mayUseContents && !IgnoresContents && snapshot.FindView(definition.Name) is { } contents
            ? new KeyedScanNode(contents)
            : ViewPlans.Over(
                definition.Plan.Plan,
                snapshot.GetTable,
                name => RowsOf(DefinitionOf(name), snapshot, mayUseContents),
                snapshot.WatermarkOf
            );

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
