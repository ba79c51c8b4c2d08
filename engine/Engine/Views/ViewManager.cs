using System.Diagnostics;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>
/// The views of a database: made, dropped, restored, stepped. A group of views that keeps up steps inline: on the
/// thread that commits, right after the commit is visible. A group that does not (new, just opened, being checkpointed)
/// catches up from the tables, and is put in place between two commits.
/// </summary>
internal sealed partial class ViewManager : ICommitObserver, IDisposable
{
    // Changes to the set of views, one at a time. Never taken under the sequencer's lock.
    private readonly Lock manage = new();
    private readonly TickDatabase database;
    private readonly ViewHistory history;
    private readonly CancellationTokenSource stop = new();
    private LiveView[] views = [];
    private int disposed;

    // Both belong to the sequencer's lock.
    private ViewGroup[] attached = [];
    private TableTap?[] taps = [];
    private readonly StepPace pace = new();
    private long firstRowsTimestamp;
    private int commitRows;
    private long receiveNanos = -1;

    public ViewManager(TickDatabase database)
    {
        this.database = database;
        history = new ViewHistory(database, name => Find(name)?.Definition.Plan.Plan);
        Storage.WhilePaused(_ => Storage.Observer = this);
    }

    /// <summary>The views, in the order in which they were made.</summary>
    public IReadOnlyList<LiveView> Views => Volatile.Read(ref views);

    /// <summary>Derives rows of the past; for circuits and for queries over views.</summary>
    public ViewHistory History => history;

    private StorageEngine Storage => database.Storage;

    /// <summary>A view by name, ignoring case, or null.</summary>
    public LiveView? Find(string name)
    {
        foreach (var view in Views)
        {
            if (string.Equals(view.Definition.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return view;
            }
        }

        return null;
    }

    /// <summary>The contents of those of the named views, and of the views that they read, that keep them and are at the last commit; call
    /// it while commits are paused.</summary>
    public IReadOnlyDictionary<LiveView, KeyedSnapshot> OpenContents(IReadOnlyCollection<string> names)
    {
        var contents = new Dictionary<LiveView, KeyedSnapshot>();
        foreach (var view in views)
        {
            if (
                view is { IsAttached: true, View: { Failure: null } live }
                && names.Contains(view.Definition.Name, StringComparer.OrdinalIgnoreCase)
                && live.Frontier == Storage.CommittedSequence
                && Find(view.Definition.Name) == view
                && live.OpenContents() is { } kept
            )
            {
                contents.Add(view, kept);
            }
        }

        return contents;
    }

    /// <summary>Lets the views that keep up write what their steps have held back. Commits wait meanwhile.</summary>
    public void WriteHeld() =>
        Storage.WhilePaused(_ =>
        {
            foreach (var view in views)
            {
                if (view is { IsAttached: true, View: { Failure: null } live })
                {
                    live.WriteHeld();
                }
            }
        });

    /// <inheritdoc/>
    public void OnRows(in CommittedRows rows)
    {
        var id = rows.Table.Id;
        if ((uint)id < (uint)taps.Length && taps[id] is { } tap)
        {
            if (firstRowsTimestamp == 0)
            {
                firstRowsTimestamp = Stopwatch.GetTimestamp();
                commitRows = 0;
            }

            commitRows += rows.RowCount;

            Push(tap, rows);
        }

        if (attached.Length > 0 && rows.Table.Name == MarkTable.Name)
        {
            MarkTable.ForEach(rows.Rows, Mark);
        }
    }

    // The commit has been made: whatever goes wrong from here on is the views', and must not reach who commits.
    private void Push(TableTap tap, in CommittedRows rows)
    {
        try
        {
            var shown = tap.Push(rows);
            var received = rows.Table.Schema.ReceiveTimeColumn;
            receiveNanos =
                received >= 0 && !shown[received].IsNull(rows.RowCount - 1)
                    ? rows.IngestNanos - shown[received].Values<long>()[rows.RowCount - 1]
                    : -1;
        }
#pragma warning disable CA1031 // Memory for the rows of a large commit may run out, for one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            tap.Fail(e);
        }
    }

    /// <inheritdoc/>
    public void OnCommitted(long lastSequence, long startedTimestamp)
    {
        foreach (var group in attached)
        {
            group.Step(lastSequence);
        }

        if (firstRowsTimestamp != 0 && pace.IsOver(firstRowsTimestamp, commitRows))
        {
            SetAside();
        }

        foreach (var tap in taps)
        {
            tap?.End(lastSequence);
        }

        if (firstRowsTimestamp != 0)
        {
            Measure(startedTimestamp);
        }
    }

    /// <summary>Adds somebody who takes the rows of a table from the next commit on; call it while commits are paused.</summary>
    public void AddListener(StorageTable table, IChangeListener listener) => TapOf(table).Add(listener);

    /// <summary>Takes a listener of a table off; call it while commits are paused.</summary>
    public void RemoveListener(StorageTable table, IChangeListener listener)
    {
        if (table.Id < taps.Length)
        {
            taps[table.Id]?.Remove(listener);
        }
    }

    /// <summary>Stops everything, and writes the state of views that keep up, so that opening the database finds it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        stop.Cancel();
        worker?.Join();
        filler?.Join();
        lock (manage)
        {
            foreach (var group in Volatile.Read(ref attached))
            {
                TrySaveState(group);
            }

            Storage.WhilePaused(_ =>
            {
                attached = [];
                Storage.Observer = null;
            });
            foreach (var group in Views.Select(v => v.Group).OfType<ViewGroup>().Distinct())
            {
                group.Dispose();
            }

            foreach (var tap in taps)
            {
                tap?.Dispose();
            }

            views = [];
        }

        stop.Dispose();
    }

    // A database whose device failed is closed all the same; its views begin with an older state the next time.
    private void TrySaveState(ViewGroup group)
    {
        try
        {
            SaveState(group);
        }
#pragma warning disable CA1031 // Closing must not fail for a state that is not needed, nor hide the error that made the caller close.
        catch (Exception)
#pragma warning restore CA1031
        {
            Storage.WhilePaused(_ => Detach(group));
        }
    }

    private void Mark(string table, long nanos)
    {
        foreach (var group in attached)
        {
            group.Mark(table, nanos);
        }
    }

    private void Measure(long startedTimestamp)
    {
        var now = Stopwatch.GetTimestamp();
        var commitNanos = Nanos(firstRowsTimestamp - startedTimestamp);
        var viewNanos = Nanos(now - firstRowsTimestamp);
        foreach (var view in views)
        {
            if (view.IsAttached)
            {
                view.Latencies.Add(receiveNanos, commitNanos, viewNanos);
            }
        }

        firstRowsTimestamp = 0;
    }

    private static long Nanos(long ticks) => (long)(ticks * (1_000_000_000.0 / Stopwatch.Frequency));

    // Under the sequencer's lock.
    private TableTap TapOf(StorageTable table)
    {
        if (table.Id >= taps.Length)
        {
            Array.Resize(ref taps, table.Id + 1);
        }

        return taps[table.Id] ??= new TableTap(table.Schema, database.Pool);
    }

    // Under the sequencer's lock, with the group at the last commit.
    private void Attach(ViewGroup group)
    {
        if (group.Frontier != Storage.CommittedSequence)
        {
            Throw.Error(
                ErrorCode.Internal,
                $"Views at {group.Frontier} cannot step on from {Storage.CommittedSequence}"
            );
        }

        foreach (var input in group.Tables)
        {
            if (Storage.FindTable(input.Clock.Table) is { } table)
            {
                TapOf(table).Add(group, input);
            }
        }

        attached = [.. attached, group];
        foreach (var view in views)
        {
            view.IsAttached |= view.Group == group;
        }
    }

    // Under the sequencer's lock.
    private void Detach(ViewGroup group)
    {
        foreach (var tap in taps)
        {
            tap?.Remove(group);
        }

        attached = [.. attached.Where(g => g != group)];
        foreach (var view in views)
        {
            view.IsAttached &= view.Group != group;
        }
    }
}
