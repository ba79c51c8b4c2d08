// Proves what a subscriber learns of durability, on a simulated device: durable rows only come once they survive a crash, however the
// device fails; and after a crash a subscriber that saw more is told ROLLED_BACK, and gets what there is since. Epochs of long ago are
// known too, after seals and restarts.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Streaming;
using TickStore.Tests.Support;

namespace TickStore.Tests.Streaming;

public sealed class EpochTests
{
    private const int Eio = 5;

    [Fact]
    public void What_never_became_durable_is_never_handed_out()
    {
        var files = new FaultFileSystem();
        var ticks = TickTable.Create(Open(files));
        using var durable = Subscribe(ticks.Database, new SubscriptionRequest { Source = "ticks", IsDurable = true });
        using var all = Subscribe(ticks.Database, new SubscriptionRequest { Source = "ticks" });
        ticks.Commit(5);
        Assert.Equal(5, Read(durable, 5).Count);
        files.FailAt(files.OperationCount, Eio, sticky: true);
        ticks.Commit(3, Durability.Async);
        Assert.Equal(8, Read(all, 8).Count);
        Assert.Throws<TickStoreException>(ticks.Database.Flush);
        Assert.Empty(TickTable.Drain(durable));
        ticks.Dispose();
    }

    [Fact]
    public void Durable_rows_wake_whoever_waits_for_them()
    {
        using var ticks = TickTable.Create();
        using var durable = Subscribe(ticks.Database, new SubscriptionRequest { Source = "ticks", IsDurable = true });
        ticks.Commit(4, Durability.Async);
        Assert.Equal(4, Read(durable, 4).Count);
        Assert.True(durable.Sequence <= ticks.Database.DurableSequence);
    }

    [Theory]
    [InlineData("ticks")]
    [InlineData("totals")]
    public void A_subscriber_that_saw_more_is_told(string source)
    {
        var files = new FaultFileSystem();
        var database = Open(files);
        var ticks = TickTable.Create(database);
        database.Execute("CREATE MATERIALIZED VIEW totals AS SELECT sym, sum(qty) AS total FROM ticks GROUP BY sym");
        var kept = ticks.Commit(10);
        using var live = Subscribe(database, new SubscriptionRequest { Source = source });
        files.FailAt(files.OperationCount, Eio, sticky: true);
        var lost = ticks.Commit(5, Durability.Async);
        Assert.Equal(5, TickTable.Drain(live).Count);
        var (seen, epoch) = (live.Sequence, database.Epoch);
        Assert.Equal(lost, seen);
        Assert.Throws<TickStoreException>(database.Flush);
        database.Dispose();
        Assert.Equal(kept, database.DurableSequence);

        files.Heal();
        var after = files.AfterPowerCut(1);
        for (var restart = 0; restart < 4; restart++)
        {
            using var again = Open(after);
            var resume = new SubscriptionRequest
            {
                Source = source,
                FromSequence = seen,
                Epoch = epoch,
            };
            using var resumed = Subscribe(again, resume);
            var found = TickTable.Drain(resumed);
            Assert.Equal($"RolledBack {kept}", found[0]);
            Assert.Equal(again.CommittedSequence > kept, found.Count > 1);
            using var unhurt = Subscribe(again, resume with { FromSequence = kept });
            Assert.Equal(found.Skip(1), TickTable.Drain(unhurt));
            new TickTable(again).Commit(7);
            Assert.NotEmpty(TickTable.Drain(resumed));
            if (restart == 1)
            {
                again.Seal();
            }
        }
    }

    private static TickDatabase Open(FaultFileSystem files) =>
        TickDatabase.Open(files, "/db", new StorageOptions { BackgroundWork = false });

    private static Subscription Subscribe(TickDatabase database, SubscriptionRequest request) =>
        database.Subscribe(request);

    private static List<string> Read(Subscription subscription, int count)
    {
        var found = new List<string>();
        while (found.Count < count)
        {
            var block = subscription.Read(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.NotNull(block);
            TickTable.Append(block, found);
        }

        return found;
    }
}
