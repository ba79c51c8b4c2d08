// Proves subscriptions to a table: what was there and what comes, in order and once, from segments, heads and the live tail, from any
// sequence, filtered and projected at the source; and that the hand-over has neither gap nor duplicate while others commit.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming;

public sealed class TableSubscriptionTests
{
    [Fact]
    public void Live_rows_come_as_they_are_committed()
    {
        using var ticks = TickTable.Create();
        ticks.Commit(3);
        using var subscription = ticks.Database.Subscribe(new SubscriptionRequest { Source = "TICKS" });
        Assert.Empty(TickTable.Drain(subscription));
        var last = ticks.Commit(2);
        Assert.Equal(
            ["i 1970-01-01T00:00:03Z D 1.0003 3", "i 1970-01-01T00:00:04Z E 1.0004 4"],
            TickTable.Drain(subscription)
        );
        Assert.Equal(last, subscription.Sequence);
        Assert.Equal(4, subscription.Shape.VisibleCount);
    }

    [Fact]
    public void The_snapshot_is_every_row_so_far()
    {
        using var ticks = TickTable.Create();
        ticks.Commit(3000);
        ticks.Database.Seal();
        ticks.Commit(1000);
        using var subscription = ticks.Database.Subscribe(
            new SubscriptionRequest { Source = "ticks", Snapshot = true }
        );
        AssertNumbers(subscription, 0, 4000);
        ticks.Commit(5);
        AssertNumbers(subscription, 4000, 4005);
    }

    [Fact]
    public void It_resumes_from_any_sequence()
    {
        using var ticks = TickTable.Create();
        var ends = Enumerable.Range(0, 50).Select(i => ticks.Commit(1 + (i * 7 % 90))).ToArray();
        ticks.Database.Seal();
        ticks.Commit(10);
        var first = ends[0] - 1;
        foreach (var from in new[] { first, first + 1, ends[20], ends[20] + 3, ends[49] + 4, ends[49] + 10 })
        {
            using var subscription = ticks.Database.Subscribe(
                new SubscriptionRequest { Source = "ticks", FromSequence = from }
            );
            AssertNumbers(subscription, (int)(from - first), (int)(ends[49] + 10 - first));
            Assert.Equal(ends[49] + 10, subscription.Sequence);
        }
    }

    [Fact]
    public void It_ends_in_the_middle_of_a_commit()
    {
        using var ticks = TickTable.Create();
        var end = ticks.Commit(10);
        var request = new SubscriptionRequest { Source = "ticks", UntilSequence = end + 4 };
        using var live = ticks.Database.Subscribe(request);
        ticks.Commit(10);
        using var past = ticks.Database.Subscribe(request with { FromSequence = end - 2 });
        AssertNumbers(live, 10, 14);
        AssertNumbers(past, 8, 14);
        Assert.True(live.IsCompleted && past.IsCompleted);
    }

    [Fact]
    public void Filters_and_projections_run_at_the_source()
    {
        using var ticks = TickTable.Create();
        ticks.Commit(20);
        var query = ticks.Database.PlanChanges("SELECT qty * 2 AS twice, sym FROM ticks WHERE sym = 'B' AND qty > 5");
        using var subscription = ticks.Database.Subscribe(new SubscriptionRequest { Query = query, Snapshot = true });
        Assert.Equal(["i 12 B", "i 22 B", "i 32 B"], TickTable.Drain(subscription));
        ticks.Commit(10);
        using var other = ticks.Database.Subscribe(
            new SubscriptionRequest { Query = query, FromSequence = subscription.Sequence }
        );
        Assert.Equal(["i 42 B", "i 52 B"], TickTable.Drain(subscription));
        Assert.Equal(["i 42 B", "i 52 B"], TickTable.Drain(other));
        Assert.Equal(2, subscription.Shape.VisibleCount);
    }

    [Fact]
    public void An_error_in_a_query_ends_its_subscription_only()
    {
        using var ticks = TickTable.Create();
        var query = ticks.Database.PlanChanges("SELECT 10 / (qty - 3) AS q FROM ticks");
        using var broken = ticks.Database.Subscribe(new SubscriptionRequest { Query = query });
        using var whole = ticks.Database.Subscribe(new SubscriptionRequest { Source = "ticks" });
        ticks.Commit(2);
        ticks.Commit(3);
        Assert.Equal(["i -3", "i -5"], TickTable.DrainToError(broken, out var error));
        Assert.Equal(ErrorCode.DivisionByZero, error!.Code);
        AssertNumbers(whole, 0, 5);
        using var past = ticks.Database.Subscribe(new SubscriptionRequest { Query = query, Snapshot = true });
        TickTable.DrainToError(past, out error);
        Assert.Equal(ErrorCode.DivisionByZero, error!.Code);
    }

    [Theory]
    [InlineData("SELECT sym, count(*) FROM ticks GROUP BY sym", "make a materialized view")]
    [InlineData(
        "SELECT n FROM (SELECT count(*) AS n FROM ticks GROUP BY sym) q WHERE n > 3",
        "make a materialized view"
    )]
    public void What_needs_state_is_refused_with_the_reason(string sql, string reason)
    {
        using var ticks = TickTable.Create();
        var error = Assert.Throws<TickStoreException>(() =>
            ticks.Database.Subscribe(new SubscriptionRequest { Query = ticks.Database.PlanChanges(sql) })
        );
        Assert.Equal(ErrorCode.NotSupported, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_requests_are_refused()
    {
        using var ticks = TickTable.Create();
        var end = ticks.Commit(3);
        Refused(ErrorCode.UnknownName, new SubscriptionRequest { Source = "tocks" });
        Refused(ErrorCode.InvalidArgument, new SubscriptionRequest());
        Refused(ErrorCode.OutOfRange, new SubscriptionRequest { Source = "ticks", FromSequence = end + 1 });
        Refused(
            ErrorCode.OutOfRange,
            new SubscriptionRequest
            {
                Source = "ticks",
                FromSequence = 1,
                Epoch = 99,
            }
        );
        Refused(ErrorCode.InvalidArgument, new SubscriptionRequest { Source = "ticks", FinalOnly = true });
        Refused(ErrorCode.InvalidArgument, new SubscriptionRequest { Source = "ticks", QueueBytes = 0 });
        Refused(
            ErrorCode.InvalidArgument,
            new SubscriptionRequest { Source = "ticks", ConflateInterval = TimeSpan.FromSeconds(1) }
        );
        Refused(
            ErrorCode.UnknownName,
            new SubscriptionRequest
            {
                Source = "ticks",
                Envelope = SubscriptionEnvelope.Upsert,
                Key = ["symbol"],
            }
        );
        Assert.Equal(0, ticks.Database.Subscriptions.OpenCount);

        void Refused(ErrorCode code, SubscriptionRequest request) =>
            Assert.Equal(code, Assert.Throws<TickStoreException>(() => ticks.Database.Subscribe(request)).Code);
    }

    [Fact]
    public void The_newest_row_of_each_symbol()
    {
        using var ticks = TickTable.Create();
        ticks.Commit(503);
        using var subscription = ticks.Database.Subscribe(
            new SubscriptionRequest
            {
                Query = ticks.Database.PlanChanges("SELECT sym, qty FROM ticks"),
                Snapshot = true,
                Envelope = SubscriptionEnvelope.Upsert,
                Key = ["sym"],
            }
        );
        Assert.Equal(["u D 498", "u E 499", "u A 500", "u B 501", "u C 502"], TickTable.Drain(subscription));
        ticks.Commit(6);
        Assert.Equal(["u E 504", "u A 505", "u B 506", "u C 507", "u D 508"], TickTable.Drain(subscription));
    }

    [Fact]
    public void A_dropped_table_ends_its_subscriptions()
    {
        using var ticks = TickTable.Create();
        using var subscription = ticks.Database.Subscribe(new SubscriptionRequest { Source = "ticks" });
        ticks.Commit(2);
        ticks.Database.DropTable("ticks");
        Assert.Equal(2, TickTable.DrainToError(subscription, out var error).Count);
        Assert.Equal(ErrorCode.UnknownName, error!.Code);
    }

    [Fact]
    public void The_end_of_the_database_ends_its_subscriptions()
    {
        var ticks = TickTable.Create();
        using var subscription = ticks.Database.Subscribe(new SubscriptionRequest { Source = "ticks" });
        ticks.Dispose();
        Assert.Null(subscription.Read(TestContext.Current.CancellationToken));
        Assert.True(subscription.IsCompleted);
    }

    [Fact]
    public void Subscribers_of_a_table_share_one_encoding()
    {
        using var ticks = TickTable.Create();
        var used = ticks.Database.Pool.Budget.UsedBytes;
        var subscriptions = Enumerable
            .Range(0, 8)
            .Select(_ => ticks.Database.Subscribe(new SubscriptionRequest { Source = "ticks" }))
            .ToArray();
        ticks.Commit(700);
        ticks.Commit(900);
        foreach (var subscription in subscriptions)
        {
            AssertNumbers(subscription, 0, 1600);
        }

        Assert.Equal(1600, ticks.Database.Subscriptions.EncodedRows("ticks"));
        Array.ForEach(subscriptions, s => s.Dispose());
        Assert.Equal(0, ticks.Database.Subscriptions.OpenCount);
        Assert.Equal(0, ticks.Database.Subscriptions.EncodedRows("ticks"));
    }

    [Fact]
    public void A_thousand_equal_queries_are_filtered_and_encoded_once()
    {
        using var ticks = TickTable.Create();
        ticks.Database.Execute("CREATE FUNCTION twice(x BIGINT) RETURNS BIGINT AS x * 2");
        var subscriptions = Enumerable
            .Range(0, 1000)
            .Select(i =>
                ticks.Database.Subscribe(
                    $"SUBSCRIBE TO (SELECT twice(qty) AS q, sym FROM ticks WHERE qty % 4 = {i % 2})"
                )
            )
            .ToArray();
        ticks.Commit(700);
        ticks.Commit(900);
        for (var i = 0; i < subscriptions.Length; i++)
        {
            var rows = TickTable.Drain(subscriptions[i]);
            Assert.Equal(400, rows.Count);
            Assert.Equal($"i {i % 2 * 2} {(i % 2 == 0 ? 'A' : 'B')}", rows[0]);
        }

        // Two queries with 400 rows each; the table itself is encoded for nobody.
        Assert.Equal(800, ticks.Database.Subscriptions.EncodedRows("ticks"));
        Array.ForEach(subscriptions, s => s.Dispose());
        Assert.Equal(0, ticks.Database.Subscriptions.EncodedRows("ticks"));
    }

    [Fact]
    public void A_query_that_failed_is_not_joined()
    {
        using var ticks = TickTable.Create();
        const string Statement = "SUBSCRIBE TO (SELECT 10 / (qty - 3) AS q FROM ticks)";
        using var failed = ticks.Database.Subscribe(Statement);
        ticks.Commit(5);
        TickTable.DrainToError(failed, out var error);
        Assert.NotNull(error);
        using var later = ticks.Database.Subscribe(Statement);
        ticks.Commit(1);
        Assert.Equal(["i 5"], TickTable.Drain(later));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_hand_over_has_no_gap_and_no_duplicate(int seed)
    {
        using var ticks = TickTable.Create();
        var first = ticks.Commit(1) - 1;
        var random = new Random(seed);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var writer = Task.Run(
            () =>
            {
                var sizes = new Random(seed);
                for (var commit = 0; !stop.IsCancellationRequested && commit < 20_000; commit++)
                {
                    ticks.Commit(1 + sizes.Next(60), TickStore.Storage.Durability.Async);
                    if (commit % 500 == 499)
                    {
                        ticks.Database.Seal();
                    }
                }
            },
            TestContext.Current.CancellationToken
        );
        for (var round = 0; round < 12; round++)
        {
            var committed = ticks.Database.CommittedSequence;
            var from =
                round % 3 == 0 ? committed : random.NextInt64(Math.Max(first, committed - 50_000), committed + 1);
            using var subscription = ticks.Database.Subscribe(
                new SubscriptionRequest
                {
                    Source = "ticks",
                    FromSequence = from,
                    UntilSequence = committed + 500,
                }
            );
            var next = from - first;
            while (!writer.IsCompleted && subscription.Read(TimeSpan.FromSeconds(20), stop.Token) is { } block)
            {
                var numbers = block.Rows[3].Values<long>();
                for (var row = 0; row < numbers.Length; row++)
                {
                    Assert.Equal(next++, numbers[row]);
                }
            }

            if (!writer.IsCompleted)
            {
                Assert.Equal(committed + 500 - first, next);
            }
        }

        await stop.CancelAsync();
        await writer;
    }

    private static void AssertNumbers(Subscription subscription, int from, int to)
    {
        var next = from;
        while (subscription.TryRead() is { } block)
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                Assert.Equal(next++, block.Rows[3].Values<long>()[row]);
            }
        }

        Assert.Equal(to, next);
    }
}
