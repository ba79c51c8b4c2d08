// Proves handlers that are called on the thread that commits: before the commit returns, without any allocation for a tick once all is
// warm, with a filter at the source, and without harm to the writer where they throw.
using System.Globalization;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Streaming;
using TickStore.Tests.Support;

namespace TickStore.Tests.Streaming;

public sealed class InlineSubscriptionTests
{
    [Fact]
    public void It_is_called_before_the_commit_returns()
    {
        using var ticks = TickTable.Create();
        var seen = new List<(int Thread, long Sequence, int Rows)>();
        using var inline = ticks.Database.Subscribe(
            "ticks",
            (in ChangePush push) => seen.Add((Environment.CurrentManagedThreadId, push.Sequence, push.RowCount))
        );
        var last = ticks.Commit(3);
        Assert.Equal([(Environment.CurrentManagedThreadId, last, 3)], seen);
        inline.Dispose();
        ticks.Commit(1);
        Assert.Single(seen);
    }

    [Fact]
    public void A_filter_runs_at_the_source()
    {
        using var ticks = TickTable.Create();
        var seen = new List<long>();
        using var inline = ticks.Database.Subscribe(
            ticks.Database.PlanChanges("SELECT qty FROM ticks WHERE sym = 'C'"),
            (in ChangePush push) => seen.AddRange(push.Rows[0].Values<long>())
        );
        ticks.Commit(12);
        ticks.Commit(1);
        Assert.Equal([2, 7, 12], seen);
    }

    [Fact]
    public void What_it_throws_is_its_own_harm()
    {
        using var ticks = TickTable.Create();
        var calls = 0;
        using var inline = ticks.Database.Subscribe(
            "ticks",
            (in ChangePush _) =>
            {
                calls++;
                throw new InvalidOperationException("of the handler");
            }
        );
        ticks.Commit(1);
        ticks.Commit(1);
        Assert.Equal(1, calls);
        Assert.Equal("of the handler", inline.Error!.Message);
        Assert.Equal(2, ticks.Database.Query("SELECT * FROM ticks").ToTextRows().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tick_allocates_nothing(bool throughQueue)
    {
        using var ticks = TickTable.Create();
        ticks.Database.Execute(
            "CREATE MATERIALIZED VIEW bars AS SELECT sym, sum(qty) AS volume, max(px) AS high FROM ticks GROUP BY sym"
        );
        long pushed = 0;
        var commitCount = 0;
        using var inline = ticks.Database.Subscribe("bars", (in ChangePush push) => pushed += push.RowCount);
        using var queued = throughQueue ? ticks.Database.Subscribe(new SubscriptionRequest { Source = "bars" }) : null;
        using var rows = Ticks(ticks.Database);
        for (var warm = 0; warm < 3000; warm++)
        {
            Commit();
        }

        // Heads take new chunks now and then, which is storage's own affair: the least of several stretches tells.
        var allocatedBytes = Allocation.OfThread(() =>
        {
            for (var commit = 0; commit < 50; commit++)
            {
                Commit();
            }
        });
        Assert.Equal(0, allocatedBytes);
        Assert.Equal(5L * commitCount, pushed);

        void Commit()
        {
            commitCount++;
            ticks.Database.Commit("ticks", rows, durability: Durability.Async);
            while (queued?.TryRead() is { } block)
            {
                pushed += block.RowCount - block.Rows.RowCount;
            }
        }
    }

    [Fact]
    public void A_handler_may_query_the_view_that_calls_it_and_subscribe_to_it()
    {
        using var ticks = TickTable.Create();
        ticks.Database.Execute(
            "CREATE MATERIALIZED VIEW bars AS SELECT sym, count(*) AS n FROM ticks SAMPLE BY 1h GROUP BY sym"
        );
        var counts = new List<string>();
        var olds = new OldCounts();
        using var inline = ticks.Database.Subscribe(
            "bars",
            (in ChangePush _) =>
            {
                var total = ticks.Database.Query("SELECT sum(n) AS n FROM bars").ToTextRows();
                counts.Add(total[0][0]!);
                if (counts.Count == 3)
                {
                    ticks.Database.GetView("bars").View!.AddListener(olds);
                }
            }
        );
        for (var commit = 0; commit < 5; commit++)
        {
            ticks.Commit(10);
        }

        Assert.Null(inline.Error);
        Assert.Equal(["10", "20", "30", "40", "50"], counts);
        Assert.Equal([6, 6, 6, 6, 6, 8, 8, 8, 8, 8], olds.Counts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tick_of_bars_allocates_nothing_whether_somebody_listens_or_not(bool isTold)
    {
        using var ticks = TickTable.Create();
        ticks.Database.Execute(
            "CREATE MATERIALIZED VIEW bars AS SELECT sym, ohlcv(px, qty) AS b FROM ticks SAMPLE BY 1m GROUP BY sym"
        );
        var commitCount = 0;
        long pushed = 0;
        using var inline = isTold
            ? ticks.Database.Subscribe("bars", (in ChangePush push) => pushed += push.RowCount)
            : null;
        using var rows = Ticks(ticks.Database);
        for (var warm = 0; warm < 3000; warm++)
        {
            Commit();
        }

        var allocatedBytes = Allocation.OfThread(() =>
        {
            for (var commit = 0; commit < 50; commit++)
            {
                Commit();
            }
        });
        Assert.Equal(0, allocatedBytes);
        Assert.Equal(isTold ? 5L * commitCount : 0, pushed);
        var counts = ticks.Database.Query("SELECT sym, b.count AS n FROM bars ORDER BY sym").ToTextRows();
        Assert.Equal(["A", "B", "C", "D", "E"], counts.Select(c => c[0]));
        Assert.All(counts, c => Assert.Equal((4L * commitCount).ToString(CultureInfo.InvariantCulture), c[1]));

        void Commit()
        {
            commitCount++;
            ticks.Database.Commit("ticks", rows, durability: Durability.Async);
        }
    }

    private static Batch Ticks(TickDatabase database)
    {
        var rows = Batch.Allocate(database.FindTable("ticks")!.ToBatchSchema(), 20, database.Pool);
        for (var i = 0; i < 20; i++)
        {
            rows[0].Writable<long>()[i] = i;
            rows[1].Writable<int>()[i] = database.Symbols.Intern([(byte)('A' + (i % 5))]);
            rows[2].Writable<long>()[i] = 100 + i;
            rows[3].Writable<long>()[i] = i;
        }

        for (var c = 0; c < rows.ColumnCount; c++)
        {
            rows[c].SetRowCount(20);
        }

        rows.SetRowCount(20);
        return rows;
    }

    private sealed class OldCounts : IChangeListener
    {
        public List<long> Counts { get; } = [];

        public bool WantsOld => true;

        public void OnChanges(in DeltaBatch changes, long sequence) => Counts.AddRange(changes.Old![1].Values<long>());

        public void OnStep(long sequence) { }
    }
}
