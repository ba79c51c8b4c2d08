using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming.Law;

/// <summary>Listens to a view inline, from its rows at one moment on, and adds up what it is told.</summary>
internal sealed class ViewTap : IChangeListener
{
    private readonly DeltaMap map;
    private Exception? fault;

    private ViewTap(DeltaMap map, bool wantsOld) => (this.map, WantsOld) = (map, wantsOld);

    /// <summary>Steps in which something was told of a row that is the same afterwards.</summary>
    public int EmptyChanges { get; private set; }

    /// <inheritdoc/>
    public bool WantsOld { get; }

    /// <summary>Begins between two commits: what the view has then, and every change behind it.</summary>
    public static ViewTap Attach(TickDatabase database, string name, bool wantsOld = true)
    {
        database.WaitForView(name);
        ViewTap? tap = null;
        database.Storage.WhilePaused(_ =>
        {
            var snapshot = database.OpenSnapshot(views: [name]);
            var rows = snapshot.FindView(name)!;
            var map = new DeltaMap(new KeyedPlan(rows.Plan, rows.VisibleCount, rows.KeyColumns), database.Symbols);
            using (var result = database.Run(rows.Plan, snapshot, threadCount: 1))
            {
                while (result.Next() is { } batch)
                {
                    map.Apply(new DeltaBatch(batch), appendOnly: true, keysOnce: true, tellsOld: false);
                }
            }

            map.EndStep();
            tap = new ViewTap(map, wantsOld);
            database.GetView(name).View!.AddListener(tap);
        });
        return tap!;
    }

    /// <summary>The visible columns of the rows that there must be now. Throws what was wrong with the changes.</summary>
    public List<byte[]> Contents() =>
        fault is null ? map.Contents() : throw new LawException($"the deltas: {fault.Message}", fault);

    /// <inheritdoc/>
    public void OnChanges(in DeltaBatch changes, long sequence)
    {
        try
        {
            map.Apply(changes, appendOnly: false, keysOnce: true, tellsOld: true);
        }
        catch (LawException e)
        {
            fault ??= e;
        }
    }

    /// <inheritdoc/>
    public void OnStep(long sequence)
    {
        map.EndStep();
        EmptyChanges += map.EmptyChanges;
    }
}
