using TickStore.Core;
using TickStore.Engine.Views;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore;

/// <summary>Views that are kept up.</summary>
public sealed partial class TickDatabase
{
    /// <summary>
    /// How each view is doing, in the order in which they were made. What their steps have held back is written first, so that a row which
    /// a view cannot hold shows in its status; commits wait meanwhile, up to half a millisecond a view.
    /// </summary>
    public IReadOnlyList<ViewStatus> Views
    {
        get
        {
            viewManager.WriteHeld();
            return [.. viewManager.Views.Select(StatusOf)];
        }
    }

    /// <summary>The names of the views, in the order in which they were made.</summary>
    public IEnumerable<string> ViewNames => viewManager.Views.Select(v => v.Definition.Name);

    internal ViewManager ViewManager => viewManager;

    /// <summary>
    /// Makes a view of a statement (CREATE MATERIALIZED VIEW, CREATE INDEX VIEW, CREATE ALERT), complete when it returns: it has all rows
    /// committed so far that belong to it, and steps with every commit from then on. Commits go on meanwhile.
    /// </summary>
    /// <param name="statement">The statement; kept, and bound again whenever the database is opened.</param>
    /// <param name="orReplace">Takes the place of a view of that name, which no other view may read.</param>
    /// <exception cref="TickStoreException">What is wrong with the statement; AlreadyExists; NotSupported, with the reason, for what cannot
    /// be kept up; what a function throws over the rows there are. Nothing is changed then.</exception>
    public void CreateView(string statement, bool orReplace = false) => viewManager.Create(statement, orReplace);

    /// <summary>Drops a view, durably. Throws UnknownName, and InvalidArgument where another view reads it.</summary>
    public void DropView(string name) => viewManager.Drop(GetView(name));

    /// <summary>What a view is, ignoring case; null where there is none of that name.</summary>
    public ViewDefinition? FindView(string name) => viewManager.Find(name)?.Definition;

    /// <summary>
    /// A view as a leaf of the plan of another view: its columns and its key; it cannot be read. Throws UnknownName, and NotSupported for a
    /// view that failed.
    /// </summary>
    public IKeyedSource ViewLeaf(string name) => new ViewPlaceholder(GetView(name).Definition);

    /// <summary>The circuit of a view, an operator a line, as EXPLAIN shows it. Throws UnknownName.</summary>
    public IReadOnlyList<string> DescribeView(string name)
    {
        var live = GetView(name);
        var lines = live.View?.Circuit.Describe() ?? [];
        return BackfilledFrom(live) is { } from
            ? [.. lines, $"backfill: newest first, kept from {from} on; queries run the definition until all is there"]
            : lines;
    }

    /// <summary>The circuit that a view would have, as the other form shows it. Throws NotSupported where it can have none.</summary>
    public IReadOnlyList<string> DescribeView(ViewDefinition definition)
    {
        using var view = viewManager.Build(definition);
        return view.Circuit.Describe();
    }

    /// <summary>The tables and views that a view reads, in the order of their first appearance. Throws UnknownName.</summary>
    public IReadOnlyList<CircuitInput> InputsOfView(string name) => GetView(name).View?.Circuit.Inputs ?? [];

    /// <summary>Waits until a view has everything up to a sequence. Throws UnknownName, and what a view failed with.</summary>
    public void WaitForView(string name, long? sequence = null, CancellationToken cancellationToken = default)
    {
        var live = GetView(name);
        var wanted = sequence ?? CommittedSequence;
        while (live.View is null || live.View.Frontier < wanted || !live.IsAttached)
        {
            if ((live.View is { } view ? view.Failure : live.BuildError) is { } failure)
            {
                throw new TickStoreException(
                    ErrorCode.InvalidArgument,
                    $"View {name} has failed: {failure.Message}",
                    failure
                );
            }

            // A view that is behind comes up in milliseconds or seconds; nobody waits here for microseconds.
            cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(1));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Writes the state of every view that keeps up, so that opening the database after a crash need not read older rows again. Done every
    /// few million rows and when the database is closed anyway.
    /// </summary>
    public void SaveViewStates() => viewManager.SaveStates();

    /// <summary>
    /// Says that no row of a table with an event time before this one will come any more, as a feed's heartbeat does: bars close although
    /// nothing trades. Kept as a row, so that a replay finds it.
    /// </summary>
    public void Mark(string table, TickTime time) => MarkTable.Append(this, TableOf(table).Name, time.NanosSinceEpoch);

    /// <summary>
    /// The rows of a definition over a snapshot, whether a view is made of it or not; views that it reads are answered by their own. First
    /// the columns that may be named, then hidden ones.
    /// </summary>
    public PlanNode RowsOf(ViewDefinition definition, DatabaseSnapshot snapshot) =>
        viewManager.History.Over(definition.Plan.Plan, snapshot);

    internal LiveView GetView(string name) =>
        viewManager.Find(name)
        ?? Throw.Error<LiveView>(
            ErrorCode.UnknownName,
            viewManager.Views.Count == 0
                ? $"There is no view {name}: the database has none"
                : $"There is no view {name}; there are {string.Join(", ", viewManager.Views.Select(v => v.Definition.Name))}"
        );

    private ViewStatus StatusOf(LiveView live)
    {
        var failure = live.View is null ? live.BuildError : live.View.Failure;
        return new ViewStatus(
            live.Definition.Name,
            live.Definition.Kind,
            failure is not null ? "failed"
                : !live.IsAttached ? "catching up"
                : live.View!.IsWhole ? "live"
                : "backfilling",
            (failure ?? live.Writer?.Failure)?.Message,
            Math.Max(0, CommittedSequence - (live.View?.Frontier ?? 0)),
            live.IsAttached ? 0 : EventLagMicros(live),
            live.View?.RowCount ?? 0,
            live.View?.LateCount ?? 0,
            live.View?.CorrectedCount ?? 0,
            live.View?.StateBytes ?? 0,
            BackfilledFrom(live),
            live.Latencies
        );
    }

    private static TickTime? BackfilledFrom(LiveView live) =>
        live.View?.UnfilledTo is { } bucket and not long.MinValue ? new TickTime(bucket + 1) : null;

    // Of a view that keeps up it is zero by definition; else the tables are looked at, which costs what their statistics cost.
    private long EventLagMicros(LiveView live)
    {
        var lagNanos = 0L;
        foreach (var table in live.Group?.Tables ?? [])
        {
            var newest = Statistics().FirstOrDefault(t => t.Table.Name == table.Clock.Table)?.MaxTimeNanos;
            if (newest is { } nanos && table.Clock.NewestNanos != long.MinValue)
            {
                lagNanos = Math.Max(lagNanos, nanos - table.Clock.NewestNanos);
            }
        }

        return lagNanos / 1000;
    }

    private sealed class ViewPlaceholder(ViewDefinition definition) : IKeyedSource
    {
        public string Name => definition.Name;

        public BatchSchema Schema => definition.Plan.Plan.Schema;

        public int VisibleCount => definition.Plan.VisibleCount;

        public IReadOnlyList<int> KeyColumns => definition.Plan.KeyColumns;

        public int TimeColumn => definition.TimeColumn;

        public long RowCount => 0;

        public IBatchReader Open() =>
            Throw.Error<IBatchReader>(ErrorCode.Internal, $"View {Name} was read where only its columns are known");
    }
}
