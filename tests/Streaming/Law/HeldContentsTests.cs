// Proves that contents which are written only when somebody looks are what they would be: each grouped view is there twice, one that holds
// back what it may, and one that a listener makes write every step. Opened at random moments, with listeners that come and go and restarts
// in between, both equal the definition at that commit, count the same rows and corrections, and tell listeners the same.
using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;
using TickStore.Tests.Support;

namespace TickStore.Tests.Streaming.Law;

public sealed class HeldContentsTests
{
    private static readonly LawView[] Views = [.. LawViews.Groups, .. LawViews.Bars];

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 20)]
    [InlineData(3, 200)]
    public void Views_opened_at_random_moments_equal_their_definitions(int seed, int rowsMax)
    {
        var market = LawMarket.Make(seed, 1200);
        var random = new Random(seed);
        var files = new MemoryFileSystem();
        files.CreateDirectory("/");
        var database = Open();
        LawCommits.CreateTables(database);
        foreach (var statement in Views.Select(v => v.Before).Where(b => b.Length > 0).Distinct())
        {
            database.Execute(statement);
        }

        foreach (var view in Views)
        {
            database.Execute(view.Create);
            database.Execute((view with { Name = TwinOf(view) }).Create);
        }

        var taps = new Dictionary<string, ViewTap>();
        AttachTwins();
        var commits = new LawCommits(database, market);
        var (heldRows, comparedViews) = (0L, 0);
        while (commits.Done < market.Rows.Count)
        {
            commits.CommitUntil(Math.Min(market.Rows.Count, commits.Done + 1 + random.Next(60)), random, rowsMax);
            foreach (var view in Views)
            {
                CompareCounts(view);
                switch (random.Next(12))
                {
                    case 0:
                        Compare(view);
                        break;
                    case 1 when !taps.ContainsKey(view.Name):
                        taps.Add(view.Name, ViewTap.Attach(database, view.Name, wantsOld: random.Next(3) == 0));
                        break;
                    case 2 when taps.Remove(view.Name, out var tap):
                        Assert.Equal(Sorted(ContentsOf(view.Name)), Sorted(tap.Contents()));
                        database.Storage.WhilePaused(_ => database.GetView(view.Name).View!.RemoveListener(tap));
                        break;
                }
            }

            if (random.Next(15) == 0)
            {
                Restart();
            }
        }

        foreach (var view in Views)
        {
            Compare(view);
        }

        Assert.True(heldRows > 100, $"{heldRows} rows were held back");
        Assert.True(comparedViews > 2 * Views.Length);
        database.Dispose();

        TickDatabase Open() => TickDatabase.Open(files, "/db", new StorageOptions());

        void AttachTwins()
        {
            foreach (var view in Views)
            {
                taps[TwinOf(view)] = ViewTap.Attach(database, TwinOf(view));
            }
        }

        void Restart()
        {
            var done = commits.Done;
            taps.Clear();
            database.Dispose();
            database = Open();
            commits = new LawCommits(database, market);
            commits.ContinueFrom(done);
            foreach (var view in Views)
            {
                database.WaitForView(view.Name);
            }

            AttachTwins();
        }

        void CompareCounts(LawView view)
        {
            var live = database.GetView(view.Name).View!;
            var twin = database.GetView(TwinOf(view)).View!;
            Assert.True(live.Failure is null, $"{view.Name}: {live.Failure?.Message}");
            Assert.True(
                (live.RowCount, live.CorrectedCount, live.LateCount)
                    == (twin.RowCount, twin.CorrectedCount, twin.LateCount),
                $"{view.Name}: {live.RowCount} rows, {live.CorrectedCount} corrected, {live.LateCount} late, and not {twin.RowCount}, "
                    + $"{twin.CorrectedCount}, {twin.LateCount}"
            );
            heldRows += live.Circuit.Operators[^1].Holder?.HeldNewCount ?? 0;
        }

        void Compare(LawView view)
        {
            using var definition = database.Query($"SELECT * FROM ({view.Query}) whole");
            var expected = Sorted(CanonicalRows.Read(definition));
            Assert.Equal(expected, Sorted(ContentsOf(view.Name)));
            Assert.Equal(expected, Sorted(taps[TwinOf(view)].Contents()));
            comparedViews++;
        }

        List<byte[]> ContentsOf(string name)
        {
            using var contents = database.Query($"SELECT * FROM {name}");
            return CanonicalRows.Read(contents);
        }
    }

    [Fact]
    public void No_more_is_held_than_can_be_written_at_once()
    {
        using var database = TickDatabase.OpenInMemory();
        database.Execute("CREATE TABLE t (ts TIMESTAMP NOT NULL, id BIGINT NOT NULL) EVENT TIME ts");
        database.Execute("CREATE MATERIALIZED VIEW v AS SELECT id, count(*) AS n FROM t GROUP BY id");
        var view = database.GetView("v").View!;
        using var rows = Batch.Allocate(database.FindTable("t")!.ToBatchSchema(), 3000, database.Pool);
        for (var commit = 0; commit < 4; commit++)
        {
            for (var i = 0; i < 3000; i++)
            {
                rows[0].Writable<long>()[i] = (commit * 3000L) + i;
                rows[1].Writable<long>()[i] = (commit * 3000L) + i;
            }

            rows[0].SetRowCount(3000);
            rows[1].SetRowCount(3000);
            rows.SetRowCount(3000);
            database.Commit("t", rows);
            var heldRows = view.Circuit.Operators[^1].Holder!.HeldNewCount;
            Assert.InRange(heldRows, 1, 4096);
            Assert.Equal((commit + 1) * 3000L, view.RowCount);
        }

        var counts = database.Query("SELECT count(*), sum(n), max(id) FROM v").ToTextRows();
        Assert.Equal(["12000", "12000", "11999"], counts[0]);
        Assert.Equal(0, view.Circuit.Operators[^1].Holder!.HeldNewCount);
    }

    private static string TwinOf(LawView view) => view.Name + "_told";

    private static List<byte[]> Sorted(List<byte[]> rows)
    {
        rows.Sort(CanonicalRows.Compare);
        return rows;
    }
}
