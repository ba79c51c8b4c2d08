using System.Collections.Concurrent;
using TickStore.Core;
using TickStore.Engine.Catalog;
using TickStore.Engine.Views;
using TickStore.Execution;
using TickStore.Storage;

namespace TickStore;

/// <summary>
/// All tables as of the end of one commit. What is read from it stays as it is until it is disposed of, so it should not be kept for
/// long. Thread-safe.
/// </summary>
public sealed class DatabaseSnapshot : IDisposable
{
    private readonly Snapshot snapshot;
    private readonly CatalogTables catalog;
    private readonly ConcurrentBag<DatabaseSnapshot> adopted = [];
    private readonly ViewManager? views;
    private readonly IReadOnlyDictionary<LiveView, KeyedSnapshot> contents;

    internal DatabaseSnapshot(
        Snapshot snapshot,
        CatalogTables catalog,
        ViewManager? views = null,
        IReadOnlyDictionary<LiveView, KeyedSnapshot>? contents = null
    )
    {
        this.snapshot = snapshot;
        this.catalog = catalog;
        this.views = views;
        this.contents = contents ?? new Dictionary<LiveView, KeyedSnapshot>();
    }

    /// <summary>The last <c>_seq</c> that is visible.</summary>
    public long Sequence => snapshot.Sequence;

    /// <summary>Names of the tables.</summary>
    public IReadOnlyList<string> TableNames =>
        [
            .. snapshot
                .Tables.Select(t => t.Name)
                .Where(n => !n.StartsWith(CatalogTables.Schema, StringComparison.OrdinalIgnoreCase)),
        ];

    /// <summary>Names of the tables in the schema <c>ts_catalog</c>.</summary>
    public static IReadOnlyList<string> CatalogNames => CatalogTables.Names;

    /// <summary>A table, or null where the snapshot has none of that name (case is ignored).</summary>
    public ITableSource? FindTable(string name) =>
        snapshot.FindTable(name) is { } table ? snapshot.GetSource(table) : null;

    /// <summary>A table; throws UnknownName, naming those there are.</summary>
    public ITableSource GetTable(string name) =>
        FindTable(name)
        ?? Throw.Error<ITableSource>(
            ErrorCode.UnknownName,
            $"There is no table {name}; there are {string.Join(", ", TableNames)}"
        );

    /// <summary>
    /// The rows of a view at this snapshot, or null where there is no view of that name: its contents, if the snapshot
    /// was opened with them, else its definition over the snapshot, which gives the same rows.
    /// </summary>
    /// <param name="name">The view, ignoring case.</param>
    /// <param name="usesContents">False to have the definition in any case.</param>
    public ViewRows? FindView(string name, bool usesContents = true)
    {
        if (views?.Find(name) is not { } live)
        {
            return null;
        }

        var definition = live.Definition;
        if (live.BuildError is { } error)
        {
            throw new TickStoreException(ErrorCode.InvalidArgument, $"View {name} has failed: {error.Message}", error);
        }

        if (live.View?.Failure is { } failure)
        {
            throw new TickStoreException(failure.Code, $"View {name} has failed: {failure.Message}", failure);
        }

        var plan =
            usesContents && contents.TryGetValue(live, out var kept)
                ? new KeyedScanNode(kept)
                : views.History.Over(definition.Plan.Plan, this);
        return new ViewRows(plan, definition.Plan.VisibleCount, definition.Plan.KeyColumns, definition.TimeColumn);
    }

    /// <summary>The rows of <c>ts_catalog.NAME</c> as they are now, or null where there is no such table.</summary>
    public PlanNode? FindCatalogTable(string name) => catalog.Find(name, this);

    /// <summary>
    /// Takes over another snapshot, which is then closed with this one: for a query that reads tables as of two sequences.
    /// </summary>
    public void Adopt(DatabaseSnapshot other) => adopted.Add(other);

    /// <inheritdoc/>
    public void Dispose()
    {
        snapshot.Dispose();
        foreach (var kept in contents.Values)
        {
            kept.Dispose();
        }

        foreach (var other in adopted)
        {
            other.Dispose();
        }
    }
}
