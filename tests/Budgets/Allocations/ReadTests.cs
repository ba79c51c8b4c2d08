// Proves: reading allocates nothing a row, from segments and from the head: scans in each order, filters and projections and aggregates by
// SQL, and replay with and without run hash. Each reads a table of n rows and one of 4 n rows, warm; what the larger one allocates more is
// divided by its rows more. Below 0.01 bytes a row is what a list entry a morsel or a chunk of 65,536 rows comes to.
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Tests.Budgets;

[Collection(Alone.Name)]
public sealed class ReadTests(HeadTables head, SegmentTables segments)
    : IClassFixture<HeadTables>,
        IClassFixture<SegmentTables>
{
    private const double None = 0.01;

    // A chunk is a run of its own in an ordered scan, with a list and a place in a dictionary: 700 bytes for 65,536 rows.
    private const double OfChunks = 0.015;

    // Each morsel of 65,536 rows has its evaluators and their vectors made anew. To be brought down to nothing.
    private const double OfExpressions = 0.25;

    // Each morsel of 65,536 rows has a table of groups of its own, which is merged at the end. To be brought down to nothing.
    private const double OfGroups = 0.22;

    [Theory]
    [InlineData(ScanOrder.None, None)]
    [InlineData(ScanOrder.Clustered, None)]
    [InlineData(ScanOrder.EventTime, OfChunks)]
    [InlineData(ScanOrder.Sequence, OfChunks)]
    public void Scans(ScanOrder order, double headBudget)
    {
        AssertWithin(headBudget, head, t => Scan(t, order, []));
        AssertWithin(None, segments, t => Scan(t, order, []));
    }

    [Theory]
    [InlineData(ScanOrder.None, None)]
    [InlineData(ScanOrder.Clustered, None)]
    [InlineData(ScanOrder.EventTime, OfChunks)]
    [InlineData(ScanOrder.Sequence, OfChunks)]
    public void Scans_that_leave_rows_out(ScanOrder order, double headBudget)
    {
        ScanPredicate[] predicates =
        [
            new()
            {
                Column = 3,
                Operator = ScanOperator.Greater,
                Integer = 500,
            },
        ];
        AssertWithin(headBudget, head, t => Scan(t, order, predicates));
        AssertWithin(None, segments, t => Scan(t, order, predicates));
    }

    [Theory]
    [InlineData("SELECT ts, sym, px, qty, side FROM trades", None)]
    [InlineData("SELECT ts, px FROM trades WHERE qty > 500", None)]
    [InlineData("SELECT ts, px FROM trades WHERE sym = '600001'", None)]
    [InlineData("SELECT count(*), sum(qty), min(px), max(px) FROM trades", None)]
    [InlineData("SELECT ts, px * qty FROM trades WHERE px * qty > 100000", OfExpressions)]
    [InlineData("SELECT sym, count(*), sum(qty), avg(px) FROM trades GROUP BY sym", OfGroups)]
    [InlineData("SELECT sym, time_bucket(INTERVAL '1 minute', ts), sum(qty) FROM trades GROUP BY 1, 2", OfGroups)]
    public void Queries(string sql, double budget)
    {
        AssertWithin(budget, head, t => Query(t, sql));
        AssertWithin(budget, segments, t => Query(t, sql));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Replay(bool hasRunHash)
    {
        AssertWithin(OfChunks, head, t => Play(t, hasRunHash));
        AssertWithin(None, segments, t => Play(t, hasRunHash));
    }

    private static void AssertWithin(double budget, Grown tables, Action<Ticks> read)
    {
        var bytes = tables.BytesPerRow(read);
        Assert.True(
            bytes < budget,
            $"{tables.GetType().Name}: {bytes:F4} bytes a row are allocated, and {budget} are allowed"
        );
    }

    private static void Scan(Ticks ticks, ScanOrder order, ScanPredicate[] predicates)
    {
        using var snapshot = ticks.Database.OpenSnapshot();
        var request = new ScanRequest
        {
            Columns = [0, 1, 2, 3, 4],
            Order = order,
            Predicates = predicates,
        };
        using var scan = snapshot.GetTable(Ticks.Table).OpenScan(request, ticks.Database.Pool, CancellationToken.None);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is not null) { }
        }
    }

    private static void Query(Ticks ticks, string sql)
    {
        using var result = ticks.Database.Query(sql);
        while (result.Next() is not null) { }
    }

    private static void Play(Ticks ticks, bool hasRunHash)
    {
        using var snapshot = ticks.Database.OpenSnapshot();
        var session = new ReplaySession(
            new ReplayOptions
            {
                Tables = [snapshot.GetTable(Ticks.Table)],
                Pool = ticks.Database.Pool,
                ComputeRunHash = hasRunHash,
            }
        );
        Assert.True(session.Run(static _ => { }).Rows > 0);
    }
}
