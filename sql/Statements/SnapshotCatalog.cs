using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;

namespace TickStore.Sql.Statements;

/// <summary>
/// The names of a database as one statement sees them: all tables at one snapshot, but for those that AS OF SEQ puts at
/// another. Dispose of it where the statement's result did not take the snapshots over.
/// </summary>
internal sealed class SnapshotCatalog : IBindingCatalog, IDisposable
{
    private readonly TickDatabase database;
    private readonly Dictionary<long, DatabaseSnapshot> past = [];

    public SnapshotCatalog(TickDatabase database)
    {
        this.database = database;
        var context = database.CreateContext();
        Pool = context.Pool;
        NowNanos = context.NowNanos;
        Snapshot = database.OpenSnapshot();
    }

    /// <summary>The statement's own snapshot; it closes the others with itself.</summary>
    public DatabaseSnapshot Snapshot { get; }

    public ISymbolTable Symbols => database.Symbols;

    public BlockPool Pool { get; }

    public long NowNanos { get; }

    public IEnumerable<string> TableNames => Snapshot.TableNames;

    public IEnumerable<string> CatalogViewNames => DatabaseSnapshot.CatalogNames;

    public ITableSource? FindTable(string name, long? asOfSequence) =>
        (asOfSequence is { } sequence ? At(sequence) : Snapshot).FindTable(name);

    public PlanNode? FindCatalogView(string name) => Snapshot.FindCatalogTable(name);

    public void Dispose() => Snapshot.Dispose();

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
