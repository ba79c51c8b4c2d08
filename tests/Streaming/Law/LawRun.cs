using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;

namespace TickStore.Tests.Streaming.Law;

/// <summary>How rows and definitions meet.</summary>
internal enum LawPath
{
    /// <summary>The views are made first, then rows are committed.</summary>
    Live,

    /// <summary>All rows are there when the views are made.</summary>
    Backfill,

    /// <summary>The views are made in the middle, while rows go on.</summary>
    Half,

    /// <summary>As live, and the rows are those that an INGEST replay of another database gives.</summary>
    Replay,

    /// <summary>As live, and the database is closed and opened again, twice; views go on from the states that were written.</summary>
    Restart,

    /// <summary>
    /// As restart, and the states are lost the first time, so that views are made anew of the tables, and older ones
    /// the second time, so that views catch up from there.
    /// </summary>
    Stateless,

    /// <summary>As restart, and rows are sealed into segments now and then.</summary>
    Sealed,

    /// <summary>
    /// As half, with BACKFILL ALL NEWEST FIRST where a view can have it. The history is filled in bit by bit, with commits between every
    /// two batches of it, a restart, and views that read one whose history is missing.
    /// </summary>
    NewestFirst,

    /// <summary>As newest first, and the database's own thread fills in while rows are committed as fast as they can be.</summary>
    Racing,
}

/// <summary>What one run found.</summary>
/// <param name="Agreed">Views that agreed at every point at which they were compared.</param>
/// <param name="Compared">How often contents, and what deltas add up to, were compared.</param>
/// <param name="Faults">What did not agree: view, path, grouping, sequence, and the first rows that differ.</param>
internal sealed record LawOutcome(int Agreed, int Compared, IReadOnlyList<string> Faults);

/// <summary>
/// Law 2 for a whole database: all definitions as views at once, rows committed in one grouping, by one path. At some commit ends
/// the contents of each view, and what its deltas add up to, have the hash of what the twin answers at the same row.
/// </summary>
internal sealed partial class LawRun : IDisposable
{
    internal static readonly int[] CommitRows = [1, 3, 20, 300, 4000];

    private readonly LawReference reference;
    private readonly IReadOnlyList<LawView> views;
    private readonly LawPath path;
    private readonly int groupingSeed;
    private readonly int threadCount;
    private readonly Random grouping;
    private readonly int rowsMax;
    private readonly MemoryFileSystem files = new();
    private readonly Dictionary<string, ViewTap> taps = [];
    private readonly Dictionary<string, byte[]> oldStates = [];
    private readonly Dictionary<string, string> faults = [];
    private TickDatabase database;
    private LawCommits commits;
    private bool hasViews;
    private int compared;

    public LawRun(
        LawReference reference,
        IReadOnlyList<LawView> views,
        LawPath path,
        int groupingSeed,
        int threadCount = 1
    )
    {
        (this.reference, this.views, this.path) = (reference, views, path);
        (this.groupingSeed, this.threadCount) = (groupingSeed, threadCount);
        grouping = new Random(groupingSeed);
        rowsMax = CommitRows[groupingSeed % CommitRows.Length];
        files.CreateDirectory("/");
        database = Open();
        LawCommits.CreateTables(database);
        foreach (var statement in views.Select(v => v.Before).Where(b => b.Length > 0).Distinct())
        {
            database.Execute(statement);
        }

        commits = new LawCommits(database, reference.Market);
    }

    /// <summary>Goes through all rows, and compares after these numbers of them.</summary>
    public LawOutcome Run(params IReadOnlyList<int> checkpoints)
    {
        if (path is not (LawPath.Backfill or LawPath.Half or LawPath.NewestFirst or LawPath.Racing))
        {
            CreateViews();
        }

        for (var i = 0; i < checkpoints.Count; i++)
        {
            var half = (commits.Done + checkpoints[i]) / 2;
            Feed(half);
            if (path is LawPath.Sealed)
            {
                database.Seal();
            }

            if (path is LawPath.Restart or LawPath.Stateless or LawPath.Sealed && i < 2)
            {
                Restart();
            }

            if (path is LawPath.Half && i == checkpoints.Count / 2)
            {
                CreateViews();
            }

            if (IsNewestFirst)
            {
                BeginInTheMiddle(i, checkpoints);
            }

            Feed(checkpoints[i]);
            if (path is LawPath.Backfill && i == checkpoints.Count - 1)
            {
                CreateViews();
            }

            Compare(checkpoints[i]);
        }

        return new LawOutcome(views.Count - faults.Count, compared, [.. faults.Values]);
    }

    public void Dispose() => database.Dispose();

    private TickDatabase Open() =>
        TickDatabase.Open(
            files,
            "/db",
            new StorageOptions(),
            new TickDatabaseOptions { ThreadCount = threadCount, FillsHistory = path is not LawPath.NewestFirst }
        );

    private void Feed(int until)
    {
        if (path == LawPath.Replay)
        {
            commits.ReplayUntil(reference.Database, until, grouping, rowsMax);
        }
        else
        {
            commits.CommitUntil(until, grouping, rowsMax);
        }
    }

    private void CreateViews()
    {
        hasViews = true;
        var made = new HashSet<string>();
        foreach (var view in views)
        {
            Create(view, made);
        }
    }

    private void Create(LawView view, HashSet<string> made)
    {
        foreach (var below in view.On)
        {
            Create(below, made);
        }

        if (made.Add(view.Name))
        {
            Guard(
                view,
                () =>
                {
                    Make(view);
                    taps[view.Name] = ViewTap.Attach(database, view.Name);
                }
            );
        }
    }

    private void Restart()
    {
        var done = commits.Done;
        taps.Clear();
        database.Dispose();
        ChangeStates();
        database = Open();
        commits = new LawCommits(database, reference.Market);
        commits.ContinueFrom(done);
        foreach (var view in views)
        {
            Guard(view, () => taps[view.Name] = ViewTap.Attach(database, view.Name));
        }
    }

    private void ChangeStates()
    {
        const string Folder = "/db/" + StateFolder.FolderName;
        var names = files.ListFiles(Folder);
        if (names.Count == 0)
        {
            throw new LawException("The database was closed, and no state of a view was written");
        }

        if (path != LawPath.Stateless)
        {
            return;
        }

        if (oldStates.Count == 0)
        {
            foreach (var name in names)
            {
                using var file = files.Open($"{Folder}/{name}", FileOpenMode.Read);
                var bytes = new byte[file.Length];
                file.ReadAt(bytes, 0);
                oldStates.Add(name, bytes);
                files.DeleteFile($"{Folder}/{name}");
            }

            return;
        }

        foreach (var (name, bytes) in oldStates)
        {
            files.DeleteFile($"{Folder}/{name}");
            using var file = files.Open($"{Folder}/{name}", FileOpenMode.CreateNew);
            file.WriteAt(bytes, 0);
        }
    }

    private void Compare(int rowCount)
    {
        if (!hasViews)
        {
            return;
        }

        foreach (var view in views)
        {
            Guard(
                view,
                () =>
                {
                    database.WaitForView(view.Name);
                    CheckWhole(view);
                    Compare("contents", view, ContentsOf(view), rowCount);
                    if (!view.HoldsChanges)
                        Compare("deltas", view, taps[view.Name].Contents(), rowCount);
                }
            );
        }
    }

    private List<byte[]> ContentsOf(LawView view)
    {
        using var contents = database.Query($"SELECT * FROM {view.Name}");
        return CanonicalRows.Read(contents);
    }

    private void Compare(string what, LawView view, List<byte[]> rows, int rowCount)
    {
        var answer = reference.Answer(view, rowCount);
        compared++;
        if (CanonicalRows.Hash(rows) != CanonicalRows.Hash(answer))
        {
            throw new LawException(
                $"{what} after {rowCount} rows: {RowDifferences.Find(rows, answer, reference.SchemaOf(view))}"
            );
        }
    }

    // Only the first fault of a view is told: those behind it follow from it.
    private void Guard(LawView view, Action run)
    {
        if (faults.ContainsKey(view.Name))
        {
            return;
        }

        try
        {
            run();
        }
        catch (Exception e)
        {
            var reason = e is LawException or TickStoreException ? e.Message : e.ToString();
            faults.Add(
                view.Name,
                $"{view.Name}, market {reference.Seed}, path {path}, grouping {groupingSeed} (at most {rowsMax} rows), "
                    + $"{threadCount} threads, _seq {database.CommittedSequence}\n{view.Create}\n{reason}\n"
            );
        }
    }
}
