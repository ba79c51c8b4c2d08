// Proves subscriptions to a view: what a subscriber has been told adds up to the view's contents, whether it began with a snapshot, or
// resumed at any sequence (the delta law: contents now minus contents then), live or past; final rows only; filters at the source;
// and that it is told when the view fails or is dropped.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming;

public sealed class ViewSubscriptionTests : IDisposable
{
    private const string Bars =
        "CREATE MATERIALIZED VIEW bars AS SELECT sym, bar_open, min(qty) AS low, max(qty) AS high, count(*) AS n "
        + "FROM ticks SAMPLE BY 1m GROUP BY sym";

    private readonly TickTable ticks = TickTable.Create();

    [Fact]
    public void The_snapshot_and_what_comes_add_up_to_the_contents()
    {
        ticks.Commit(500);
        ticks.Database.Execute(Bars);
        using var subscription = Subscribe(new SubscriptionRequest { Source = "bars", Snapshot = true });
        var told = new Told();
        told.Take(subscription);
        AssertEqual(told, "bars");
        Assert.True(told.Inserts > 0 && told.Updates == 0);
        for (var step = 0; step < 60; step++)
        {
            ticks.Commit(1 + (step * 13 % 70));
            told.Take(subscription);
            AssertEqual(told, "bars");
        }

        Assert.True(told.Updates > 0);
    }

    [Theory]
    [InlineData(Bars)]
    [InlineData("CREATE MATERIALIZED VIEW bars AS SELECT sym, qty, px * 2 AS twice FROM ticks WHERE qty % 3 = 1")]
    public void It_resumes_at_any_sequence(string definition)
    {
        ticks.Commit(100);
        ticks.Database.Execute(definition);
        using var whole = Subscribe(new SubscriptionRequest { Source = "bars", Snapshot = true });
        var told = new Told();
        told.Take(whole);
        var points = new List<(long Sequence, Told Told)> { (whole.Sequence, told.Copy()) };
        for (var step = 0; step < 30; step++)
        {
            ticks.Commit(1 + (step * 17 % 50));
            told.Take(whole);
            points.Add((whole.Sequence, told.Copy()));
        }

        ticks.Database.Seal();
        foreach (var (sequence, before) in points)
        {
            using var resumed = Subscribe(new SubscriptionRequest { Source = "bars", FromSequence = sequence });
            before.Take(resumed);
            AssertEqual(before, "bars");
            ticks.Commit(3);
            before.Take(resumed);
            AssertEqual(before, "bars");
        }
    }

    /// <summary>
    /// With EMIT EVERY changes are held back; whoever joins meanwhile has them in its snapshot, and is not told of
    /// them again. Those who were there before are told when it is time, and resume where they were without a gap.
    /// </summary>
    [Fact]
    public void What_is_held_back_is_told_once_to_whoever_joins_meanwhile()
    {
        ticks.Database.Execute(
            "CREATE MATERIALIZED VIEW totals AS SELECT sym, sum(qty) AS total FROM ticks GROUP BY sym EMIT EVERY 10s"
        );
        ticks.Commit(11);
        using var first = Subscribe(new SubscriptionRequest { Source = "totals", Snapshot = true });
        var firstTold = new Told();
        firstTold.Take(first);
        AssertEqual(firstTold, "totals");
        var points = new List<(long Sequence, Told Told)> { (first.Sequence, firstTold.Copy()) };
        var joined = new List<(Subscription Subscription, Told Told)>();
        var changes = firstTold.Inserts + firstTold.Updates;
        for (var second = 11; second < 60; second++)
        {
            ticks.Commit(1);
            if (second % 10 is 2 or 5 or 9)
            {
                var late = Subscribe(new SubscriptionRequest { Source = "totals", Snapshot = true });
                var told = new Told();
                told.Take(late);
                AssertEqual(told, "totals");
                Assert.Equal(0, told.Updates);
                joined.Add((late, told));
            }

            firstTold.Take(first);
            joined.ForEach(j => j.Told.Take(j.Subscription));
            points.Add((first.Sequence, firstTold.Copy()));
            var isDue = second % 10 == 0;
            Assert.Equal(isDue, firstTold.Inserts + firstTold.Updates > changes);
            changes = firstTold.Inserts + firstTold.Updates;
            if (isDue)
            {
                AssertEqual(firstTold, "totals");
                joined.ForEach(j => AssertEqual(j.Told, "totals"));
            }
        }

        joined.ForEach(j => j.Subscription.Dispose());
        foreach (var (sequence, before) in points)
        {
            using var resumed = Subscribe(new SubscriptionRequest { Source = "totals", FromSequence = sequence });
            before.Take(resumed);
            AssertEqual(before, "totals");
        }
    }

    [Fact]
    public void Nothing_is_told_where_nothing_has_changed_since()
    {
        ticks.Commit(100);
        ticks.Database.Execute(Bars);
        using var subscription = Subscribe(
            new SubscriptionRequest { Source = "bars", FromSequence = ticks.Database.CommittedSequence }
        );
        Assert.Empty(TickTable.Drain(subscription));
    }

    [Fact]
    public void A_filter_at_the_source_turns_updates_into_inserts_and_deletes()
    {
        ticks.Database.Execute(
            "CREATE MATERIALIZED VIEW totals AS SELECT sym, sum(qty) AS total FROM ticks GROUP BY sym"
        );
        var query = ticks.Database.PlanChanges("SELECT sym, total FROM totals WHERE total BETWEEN 5 AND 12");
        using var subscription = Subscribe(new SubscriptionRequest { Query = query, Snapshot = true });
        ticks.Commit(5);
        Assert.Empty(TickTable.Drain(subscription));
        ticks.Commit(3);
        Assert.Equal(["i A 5", "i B 7", "i C 9"], TickTable.Drain(subscription).Order());
        using var other = Subscribe(new SubscriptionRequest { Query = query, Snapshot = true });
        Assert.Equal(["i A 5", "i B 7", "i C 9"], TickTable.Drain(other).Order());
        ticks.Commit(5);
        var changes = TickTable.Drain(subscription).Order().ToArray();
        Assert.Equal(
            ["d A -", "d B -", "d C -", "i D 11"],
            changes.Where(c => !c.EndsWith("13", StringComparison.Ordinal))
        );
        Assert.Equal(changes, TickTable.Drain(other).Order());
    }

    [Fact]
    public void Final_rows_only()
    {
        ticks.Database.Execute(
            "CREATE MATERIALIZED VIEW bars AS SELECT sym, bar_open, is_final, count(*) AS n FROM ticks SAMPLE BY 1m GROUP BY sym"
        );
        using var subscription = ticks.Database.Subscribe("SUBSCRIBE TO bars ENVELOPE FINAL ONLY");
        ticks.Commit(30);
        Assert.Empty(TickTable.Drain(subscription));
        ticks.Commit(31);
        var found = TickTable.Drain(subscription);
        Assert.Equal(5, found.Count);
        Assert.All(found, f => Assert.Matches("^i [A-E] 1970-01-01T00:00:00Z true 12$", f));
    }

    [Fact]
    public void A_view_that_fails_ends_its_subscriptions()
    {
        ticks.Database.Execute(
            "CREATE MATERIALIZED VIEW v AS SELECT sym, sum(100 / (qty - 7)) AS q FROM ticks GROUP BY sym"
        );
        using var subscription = Subscribe(new SubscriptionRequest { Source = "v" });
        ticks.Commit(5);
        ticks.Commit(5);
        Assert.Equal(5, TickTable.DrainToError(subscription, out var error).Count);
        Assert.Equal(ErrorCode.DivisionByZero, error!.Code);
        Assert.Contains("View v has failed", error.Message, StringComparison.Ordinal);
        Assert.Throws<TickStoreException>(() => Subscribe(new SubscriptionRequest { Source = "v" }));
    }

    [Fact]
    public void A_dropped_view_ends_its_subscriptions()
    {
        ticks.Database.Execute(Bars);
        using var subscription = Subscribe(new SubscriptionRequest { Source = "bars" });
        ticks.Commit(1);
        ticks.Database.DropView("bars");
        Assert.Single(TickTable.DrainToError(subscription, out var error));
        Assert.Equal(ErrorCode.UnknownName, error!.Code);
    }

    [Fact]
    public async Task The_hand_over_to_a_view_has_no_gap_and_no_duplicate()
    {
        ticks.Commit(1000);
        ticks.Database.Execute(Bars);
        var writer = Task.Run(
            () =>
            {
                for (var commit = 0; commit < 1500; commit++)
                {
                    ticks.Commit(1 + (commit % 40), TickStore.Storage.Durability.Async);
                }
            },
            TestContext.Current.CancellationToken
        );
        var subscriptions = new List<(Subscription Subscription, Told Told)>();
        while (!writer.IsCompleted)
        {
            if (subscriptions.Count < 40)
            {
                subscriptions.Add(
                    (Subscribe(new SubscriptionRequest { Source = "bars", Snapshot = true }), new Told())
                );
            }

            foreach (var (subscription, told) in subscriptions)
            {
                told.Take(subscription);
            }
        }

        await writer;
        foreach (var (subscription, told) in subscriptions)
        {
            told.Take(subscription);
            AssertEqual(told, "bars");
            subscription.Dispose();
        }
    }

    public void Dispose() => ticks.Dispose();

    private Subscription Subscribe(SubscriptionRequest request) => ticks.Database.Subscribe(request);

    private void AssertEqual(Told told, string view)
    {
        using var result = ticks.Database.Query($"SELECT * FROM {view}");
        var rows = result.ToTextRows().Select(r => string.Join(' ', r)).Order(StringComparer.Ordinal);
        Assert.Equal(rows, told.Rows);
    }

    /// <summary>What a subscriber knows: each change must fit what it knew before.</summary>
    private sealed class Told
    {
        private Dictionary<string, string> rows = [];

        public int Inserts { get; private set; }

        public int Updates { get; private set; }

        public IEnumerable<string> Rows => rows.Values.Order(StringComparer.Ordinal);

        public Told Copy() => new() { rows = new Dictionary<string, string>(rows) };

        public void Take(Subscription subscription)
        {
            while (subscription.TryRead() is { } block)
            {
                for (var row = 0; row < block.RowCount; row++)
                {
                    var key = Text(block, row, subscription.Shape.KeyColumns);
                    var isKnown = rows.ContainsKey(key);
                    Assert.Equal(block.Ops[row] != ChangeOp.Insert, isKnown);
                    Inserts += block.Ops[row] == ChangeOp.Insert ? 1 : 0;
                    Updates += block.Ops[row] == ChangeOp.Update ? 1 : 0;
                    if (block.Ops[row] == ChangeOp.Delete)
                    {
                        rows.Remove(key);
                    }
                    else
                    {
                        rows[key] = Text(block, row, Enumerable.Range(0, block.VisibleCount));
                    }
                }
            }
        }

        private static string Text(ChangeBlock block, int row, IEnumerable<int> columns) =>
            string.Join(' ', columns.Select(c => VectorTextWriter.ToText(block.Rows[c], row, block.Symbols)));
    }
}
