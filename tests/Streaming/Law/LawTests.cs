// Proves law 2 for whole databases: every definition as a view, by every path (live, backfilled, made in the middle, fed by an INGEST
// replay, restarted, sealed, filled in backwards), in several groupings of rows into commits, on one and on two threads. Contents, and
// what the deltas add up to, have the hash of the plain query's rows. The long form is tests/law.sh.
namespace TickStore.Tests.Streaming.Law;

public sealed class LawTests(LawTests.Market market) : IClassFixture<LawTests.Market>
{
    public static TheoryData<string, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (var path in Enum.GetNames<LawPath>())
        {
            cases.Add(path, 1, 1);
            cases.Add(path, 2, 2);
        }

        cases.Add(nameof(LawPath.Live), 5, 1);
        cases.Add(nameof(LawPath.NewestFirst), 5, 1);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_views_equal_their_queries(string path, int groupingSeed, int threadCount)
    {
        using var run = new LawRun(
            market.Reference,
            [.. LawViews.All],
            Enum.Parse<LawPath>(path),
            groupingSeed,
            threadCount
        );
        var outcome = run.Run(Checkpoints(market.Reference.Ends.Length));
        Assert.True(outcome.Faults.Count == 0, string.Join('\n', outcome.Faults));
        Assert.True(outcome.Compared >= LawViews.All.Count());
        if (path is nameof(LawPath.NewestFirst) or nameof(LawPath.Racing))
        {
            Assert.True(run.NewestFirstCount >= 25, $"only {run.NewestFirstCount} views could be filled in backwards");
        }
    }

    [Fact]
    public void Definitions_have_rows_to_compare()
    {
        var rowCount = market.Reference.Ends.Length;
        var empty = LawViews.All.Where(v => market.Reference.Answer(v, rowCount).Count == 0).Select(v => v.Name);

        // No trade has a price below zero, and none falls into New York's day.
        Assert.Equal(["foreign_session", "nothing"], empty.Order(StringComparer.Ordinal));
    }

    /// <summary>The numbers of rows after which views are compared.</summary>
    internal static int[] Checkpoints(int rowCount) => [rowCount / 9, rowCount / 3, rowCount * 2 / 3, rowCount];

    public sealed class Market : IDisposable
    {
        internal LawReference Reference { get; } = new(seed: 1, rowCount: 1500);

        public void Dispose() => Reference.Dispose();
    }
}
