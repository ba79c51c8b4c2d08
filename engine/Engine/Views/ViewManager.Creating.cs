using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>Making views, and bringing them to the last commit.</summary>
internal sealed partial class ViewManager
{
    // While commits go on, what is left shrinks with each round; a round this small is done between two commits.
    private const long PausedRowsMax = 2048;
    private const int RoundsMax = 20;

    /// <summary>Makes a view of a statement, complete when it returns. Throws what is wrong with it; nothing is changed then.</summary>
    public LiveView Create(string statement, bool orReplace)
    {
        lock (manage)
        {
            var created = database.CommittedSequence;
            var definition = ViewLanguage.Get().Bind(database, statement, created);
            if (database.FindTable(definition.Name) is not null)
            {
                Throw.Error(ErrorCode.AlreadyExists, $"There is a table {definition.Name}");
            }

            var before = Find(definition.Name);
            if (before is not null && !orReplace)
            {
                Throw.Error(ErrorCode.AlreadyExists, $"View {definition.Name} exists already");
            }

            if (before is not null)
            {
                ThrowIfRead(before, "replaced");
                if (before.Writer is not null)
                {
                    Throw.Error(
                        ErrorCode.NotSupported,
                        $"Alert {before.Definition.Name} writes to a table and cannot be replaced; drop it first"
                    );
                }
            }

            var live = new LiveView(definition, created);
            live.View = Build(definition);
            if (live.View.Circuit.Inputs.Any(i => i.Kind == CircuitInputKind.View && IsSame(i.Name, definition.Name)))
            {
                live.View.Dispose();
                Throw.Error(ErrorCode.InvalidArgument, $"View {definition.Name} cannot read itself");
            }

            var isTableMade = false;
            try
            {
                if (definition.IntoTable is not null)
                {
                    ThrowIfReadsItself(live);
                    isTableMade = AlertTable.Prepare(database, definition);
                }

                Start(live);
                DefinitionTable.Add(database, definition.Name, definition.Statement, created);
                if (before is not null)
                {
                    TakeOff(before);
                }

                StartWorker();
                StartWriter(live);
                if (!live.View.IsWhole)
                {
                    StartFiller();
                }

                return live;
            }
            catch
            {
                TakeOff(live);
                if (isTableMade)
                {
                    database.DropTable(definition.IntoTable!);
                }

                throw;
            }
        }
    }

    /// <summary>Makes the views that the database has, from their statements; they catch up in the background.</summary>
    public void Restore()
    {
        lock (manage)
        {
            foreach (var entry in DefinitionTable.Read(database))
            {
                RestoreOne(entry);
            }

            foreach (var group in Views.Select(v => v.Group).OfType<ViewGroup>().Distinct())
            {
                LoadStates(group);
            }
        }

        if (Views.Count > 0)
        {
            StartWorker();
        }

        foreach (var live in Views)
        {
            StartWriter(live);
        }

        lock (manage)
        {
            if (Views.Any(v => v.View is { IsWhole: false }))
            {
                StartFiller();
            }
        }
    }

    private void RestoreOne(DefinitionTable.Entry entry)
    {
        try
        {
            var definition = ViewLanguage.Get().Bind(database, entry.Statement, entry.CreatedSequence);
            var live = new LiveView(definition, entry.CreatedSequence) { View = Build(definition) };
            try
            {
                live.Group = GroupFor(live);
                live.Group.Add(live.View, NewClock);
                views = [.. views, live];
            }
            catch
            {
                live.View.Dispose();
                throw;
            }
        }
        catch (TickStoreException e)
        {
            var broken = new ViewDefinition
            {
                Name = entry.Name,
                Statement = entry.Statement,
                Plan = new KeyedPlan(new ValuesNode(new BatchSchema(), []), 0, []),
            };
            views = [.. views, new LiveView(broken, entry.CreatedSequence) { BuildError = e }];
        }
    }

    // All views that a view reads, in one group with it. Nothing has been stepped yet.
    private ViewGroup GroupFor(LiveView live)
    {
        ViewGroup? group = null;
        foreach (var read in ReadBy(live))
        {
            if (group is null)
            {
                group = read.Group;
            }
            else if (read.Group is { } other && other != group)
            {
                group.Absorb(other);
                foreach (var view in views)
                {
                    view.Group = view.Group == other ? group : view.Group;
                }
            }
        }

        return group ?? new ViewGroup();
    }

    private List<LiveView> ReadBy(LiveView live) =>
        [
            .. live.View!.Circuit.Inputs.Where(i => i.Kind == CircuitInputKind.View)
                .Select(i =>
                    Find(i.Name)
                    ?? Throw.Error<LiveView>(
                        ErrorCode.UnknownName,
                        $"There is no view {i.Name} for {live.Definition.Name} to read"
                    )
                ),
        ];

    /// <summary>Makes the view's circuit, without rows. Throws NotSupported, with the reason, where it can have none.</summary>
    public View Build(ViewDefinition definition)
    {
        var budget = new MemoryBudget(
            definition.MemoryBytes > 0 ? definition.MemoryBytes : Storage.Budget.LimitBytes / 4,
            $"View {definition.Name}",
            Storage.Budget
        );
        return new View(
            new ViewOptions
            {
                Name = definition.Name,
                Plan = definition.Plan,
                TimeColumn = definition.TimeColumn,
                Backward = definition.BackfillsNewestFirst ? BackwardRange.TryFind(definition.Plan, out _) : null,
                History = history,
                Budget = budget,
                Evaluation = new EvaluationContext
                {
                    Symbols = database.Symbols,
                    Pool = database.Pool.WithBudget(budget),
                    HasRowBeyond = HasRowBeyond,
                },
                EmitEveryNanos = definition.Emit == ViewEmit.Every ? definition.EmitEveryNanos : 0,
            }
        );
    }

    // Rows up to a sequence are there as soon as a step may ask for them, whichever snapshot is looked at.
    private bool HasRowBeyond(string table, long nanos, long sequence)
    {
        using var snapshot = database.OpenSnapshot();
        var rows = new Querying.QueryWatermarks(null, snapshot, database.Pool, CancellationToken.None);
        return rows.HasRowBeyond(table, nanos, sequence);
    }

    private TableClock NewClock(string table) => new(database.TableOf(table).Schema);

    private void Start(LiveView live)
    {
        var reads = ReadBy(live);
        foreach (var read in reads)
        {
            if (read.View?.Failure is { } failure)
            {
                throw new TickStoreException(
                    failure.Code,
                    $"View {read.Definition.Name} has failed: {failure.Message}",
                    failure
                );
            }

            BringUp(read.Group!);
        }

        // Alone at first: what views that are read have is pushed to it, and what they change meanwhile is gathered.
        var alone = new ViewGroup();
        alone.Add(live.View!, NewClock, linksViews: false);
        if (!live.Definition.Backfills)
        {
            SkipTo(alone, live.CreatedSequence);
        }

        if (live.View!.Backward is not null)
        {
            BeginNewest(alone, live);
        }

        var feeds = new List<ViewFeed>();
        var start = 0L;
        Storage.WhilePaused(sequence =>
        {
            start = sequence;
            Level(reads, sequence);
            for (var input = 0; input < live.View!.Circuit.Inputs.Count; input++)
            {
                if (live.View.Circuit.Inputs[input].Kind == CircuitInputKind.View)
                {
                    var read = Find(live.View.Circuit.Inputs[input].Name)!;
                    feeds.Add(new ViewFeed(read.View!, live.View, input));
                }
            }
        });
        try
        {
            foreach (var feed in feeds)
            {
                feed.PushAll(history, start);
                alone.Touch();
            }

            Advance(alone, start);
            PutInPlace(alone, feeds, live, reads);
            ThrowIfFailed(live);
        }
        finally
        {
            foreach (var feed in feeds)
            {
                Storage.WhilePaused(_ => feed.Stop());
                feed.Dispose();
            }
        }
    }

    private void PutInPlace(ViewGroup alone, List<ViewFeed> feeds, LiveView live, List<LiveView> reads)
    {
        for (var round = 0; ; round++)
        {
            var isDone = false;
            Storage.WhilePaused(sequence =>
            {
                if (sequence - alone.Frontier > PausedRowsMax && round < RoundsMax)
                {
                    return;
                }

                Level(reads, sequence);
                TakeFeeds(alone, feeds);
                Advance(alone, sequence);
                Join(alone, live, reads);

                // What cannot be written must be found before anybody hears that the view was made.
                live.View!.WriteHeld();
                isDone = true;
            });
            if (isDone)
            {
                return;
            }

            var target = 0L;
            Storage.WhilePaused(sequence =>
            {
                target = sequence;
                Level(reads, sequence);
                foreach (var feed in feeds)
                {
                    feed.Swap();
                }
            });
            foreach (var feed in feeds)
            {
                feed.PushSwapped();
                alone.Touch();
            }

            Advance(alone, target);
        }
    }

    // Rows up to there do not belong to the view, but time has passed with them.
    private void SkipTo(ViewGroup group, long sequence)
    {
        using var snapshot = database.OpenSnapshot(sequence);
        var watermarks = new Querying.QueryWatermarks(null, snapshot, database.Pool, stop.Token);
        foreach (var table in group.Tables)
        {
            table.Clock.Mark(watermarks.Of(table.Clock.Table));
        }

        group.StartAt(snapshot.Sequence);
    }

    // A group that was set aside meanwhile is brought to the last commit, for what is read and what is gathered must be of one sequence.
    private void Level(List<LiveView> reads, long sequence)
    {
        foreach (var read in reads)
        {
            Advance(read.Group!, sequence);
        }
    }

    private static void TakeFeeds(ViewGroup alone, List<ViewFeed> feeds)
    {
        foreach (var feed in feeds)
        {
            feed.Swap();
            feed.PushSwapped();
            feed.Stop();
            alone.Touch();
        }
    }

    // Under the sequencer's lock, all groups at the last commit.
    private void Join(ViewGroup alone, LiveView live, List<LiveView> reads)
    {
        views = [.. views, live];
        if (reads.Count == 0)
        {
            live.Group = alone;
            Attach(alone);
            return;
        }

        live.Group = null;
        var group = reads[0].Group!;
        foreach (var other in reads.Select(r => r.Group!).Where(g => g != group).Distinct().ToList())
        {
            Detach(other);
            group.Absorb(other);
            foreach (var view in views)
            {
                view.Group = view.Group == other ? group : view.Group;
            }
        }

        Detach(group);
        group.Add(live.View!, name => alone.Tables.First(t => IsSame(t.Clock.Table, name)).Clock);
        live.Group = group;
        Attach(group);
    }

    /// <summary>Brings a group that is not attached to a sequence that is committed.</summary>
    private void Advance(ViewGroup group, long sequence)
    {
        if (group.Frontier >= sequence)
        {
            return;
        }

        try
        {
            using var snapshot = database.OpenSnapshot(sequence);
            using var catchUp = new CatchUp(group, snapshot, database.Pool);
            catchUp.Run(stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Rows may have been pushed beyond the frontier: going on from it would count them twice.
            group.Fail(e);
            throw;
        }
    }

    private void TakeOff(LiveView live)
    {
        Storage.WhilePaused(_ =>
        {
            views = [.. views.Where(v => v != live)];
            live.IsAttached = false;
            if (live.Group is { } group && live.View is { } view)
            {
                group.Remove(view);
                if (group.Count == 0)
                {
                    Detach(group);
                }
            }
        });
        live.View?.Dispose();
    }

    private static void ThrowIfFailed(LiveView live)
    {
        if (live.View!.Failure is { } failure)
        {
            throw new TickStoreException(
                failure.Code,
                $"View {live.Definition.Name} fails over the rows there are: {failure.Message}",
                failure
            )
            {
                Location = failure.Location,
            };
        }
    }

    private static bool IsSame(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
