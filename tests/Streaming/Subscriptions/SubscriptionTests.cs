// Proves what one subscriber sees of a source, step by step and on one thread: changes in order, marks of progress, limits, conflation,
// the upsert envelope, durable visibility, each policy for slow readers; and that changes are encoded once for all subscribers.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming;

public sealed class SubscriptionTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly TailBench bench = new();

    [Fact]
    public void Changes_come_in_order_with_what_they_do()
    {
        bench.Put(1, 10).Step(1);
        using var subscription = bench.Subscribe();
        Assert.Null(subscription.TryRead());
        bench.Put(2, 20).Put(3, 30, null).Step(3);
        bench.Put(1, 11, wasThere: true).Delete(2).Step(5);
        Assert.Equal(["i 2=20@3", "i 3=30@3", "u 1=11@5", "d 2=-@5"], TailBench.Drain(subscription));
        Assert.Equal(5, subscription.Sequence);
        bench.Step(9);
        Assert.Null(subscription.TryRead());
        Assert.Equal(9, subscription.Sequence);
    }

    [Fact]
    public void Rows_of_a_step_wait_for_its_end()
    {
        using var subscription = bench.Subscribe();
        bench.Put(1, 10);
        bench.Step(1, new WithoutEnd(bench.Tail));
        Assert.Null(subscription.TryRead());
        bench.Tail.OnStep(1);
        Assert.Equal(["i 1=10@1"], TailBench.Drain(subscription));
    }

    [Fact]
    public void A_block_says_where_to_resume()
    {
        using var subscription = bench.Subscribe();
        for (var row = 0; row < 1500; row++)
        {
            bench.Put(row, row);
        }

        bench.Step(1500);
        bench.Put(1, 1, wasThere: true).Step(1501);
        var first = subscription.TryRead()!;
        Assert.Equal((1024, 0L, 1500L), (first.RowCount, first.Sequence, first.SequenceOf(0)));
        var second = subscription.TryRead()!;
        Assert.Equal((477, 1501L, 7u), (second.RowCount, second.Sequence, second.Epoch));
    }

    [Fact]
    public void Changes_are_encoded_once_for_all()
    {
        var subscriptions = Enumerable.Range(0, 5).Select(_ => bench.Subscribe()).ToArray();
        var seen = 0;
        for (var step = 1; step <= 300; step++)
        {
            for (var row = 0; row < 20; row++)
            {
                bench.Put(row, step, new string('t', 100));
            }

            bench.Step(step);
            if (step % 50 == 0)
            {
                seen += subscriptions.Sum(s => TailBench.Drain(s).Count);
            }
        }

        Assert.Equal(5 * 300 * 20, seen);
        Assert.Equal(300 * 20, bench.Tail.RowCount);
        var used = bench.Budget.UsedBytes;
        foreach (var subscription in subscriptions)
        {
            subscription.Dispose();
        }

        Assert.True(bench.Budget.UsedBytes <= used);
        bench.Close();
        Assert.Equal(0, bench.Budget.UsedBytes);
    }

    [Fact]
    public void Texts_of_any_length_arrive()
    {
        using var subscription = bench.Subscribe();
        string[] texts = ["", "a", new('b', 70_000), new('c', 200_000), "d", new('e', 65_000), new('f', 65_000)];
        foreach (var text in texts)
        {
            bench.Put(text.Length, 0, text);
        }

        bench.Step(1);
        var found = new List<string>();
        while (subscription.TryRead() is { } block)
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                found.Add(System.Text.Encoding.UTF8.GetString(block.Rows[2].Utf8(row)));
            }
        }

        Assert.Equal(texts, found);
    }

    [Fact]
    public void It_ends_after_a_number_of_rows_and_at_a_sequence()
    {
        using var limited = bench.Subscribe(new SubscriptionOptions { Limit = 3 });
        using var until = bench.Subscribe(new SubscriptionOptions { UntilSequence = 4 });
        bench.Put(1, 1).Put(2, 2).Step(2);
        Assert.Equal(2, TailBench.Drain(until).Count);
        Assert.False(until.IsCompleted);
        bench.Put(3, 3).Put(4, 4).Step(4);
        bench.Put(5, 5).Step(5);
        Assert.Equal(["i 1=1@2", "i 2=2@2", "i 3=3@4"], TailBench.Drain(limited));
        Assert.True(limited.IsCompleted);
        Assert.Equal(["i 3=3@4", "i 4=4@4"], TailBench.Drain(until));
        Assert.True(until.IsCompleted);
        Assert.Equal(4, until.Sequence);
    }

    [Fact]
    public void Progress_is_told_every_interval_if_there_was_any()
    {
        using var subscription = bench.Subscribe(new SubscriptionOptions { ProgressInterval = Second });
        bench.Clock.Advance(Second);
        Assert.Empty(TailBench.Drain(subscription));
        bench.Step(4);
        Assert.Equal(["Progress 4"], TailBench.Drain(subscription));
        bench.Step(5);
        Assert.Empty(TailBench.Drain(subscription));
        bench.Clock.Advance(Second);
        Assert.Equal(["Progress 5"], TailBench.Drain(subscription));
    }

    [Fact]
    public void Conflation_hands_out_the_newest_of_each_key_every_interval()
    {
        using var subscription = bench.Subscribe(new SubscriptionOptions { ConflateInterval = Second });
        bench.Put(1, 1).Put(2, 2).Step(2);
        bench.Put(1, 3, wasThere: true).Step(3);
        bench.Put(3, 4).Step(4);
        bench.Delete(3).Step(5);
        bench.Delete(2).Put(4, 5).Step(6);
        Assert.Empty(TailBench.Drain(subscription));
        Assert.True(subscription.Sequence < 2);
        bench.Clock.Advance(Second);
        Assert.Equal(["i 1=3@3", "i 4=5@6"], TailBench.Drain(subscription));
        Assert.Equal(6, subscription.Sequence);
        bench.Put(1, 6, wasThere: true).Step(7);
        bench.Delete(1).Step(8);
        bench.Put(1, 7).Step(9);
        bench.Clock.Advance(Second);
        Assert.Equal(["u 1=7@9"], TailBench.Drain(subscription));
    }

    [Fact]
    public void The_upsert_envelope_puts_rows_and_takes_them_away()
    {
        using var subscription = bench.Subscribe(
            new SubscriptionOptions { Envelope = SubscriptionEnvelope.Upsert, ConflationKey = [1] }
        );
        bench.Put(1, 100).Put(2, 200).Put(3, 100).Step(3);
        Assert.Equal(["u 2=200@3", "u 3=100@3"], TailBench.Drain(subscription));
    }

    [Fact]
    public void Durable_rows_only()
    {
        bench.Durable = 0;
        using var subscription = bench.Subscribe(new SubscriptionOptions { IsDurable = true });
        bench.Put(1, 1).Step(1);
        bench.Put(2, 2).Step(2);
        Assert.Empty(TailBench.Drain(subscription));
        bench.Durable = 1;
        Assert.Equal(["i 1=1@1"], TailBench.Drain(subscription));
        Assert.Equal(1, subscription.Sequence);
        bench.Durable = 2;
        Assert.Equal(["i 2=2@2"], TailBench.Drain(subscription));
    }

    [Fact]
    public void A_slow_reader_is_cut_off()
    {
        using var subscription = bench.Subscribe(new SubscriptionOptions { QueueBytes = 1000 });
        Fill(100);
        var error = Assert.Throws<TickStoreException>(() => subscription.TryRead());
        Assert.Equal(ErrorCode.SlowSubscriber, error.Code);
        Assert.Contains("resume from sequence 0", error.Message, StringComparison.Ordinal);
        Fill(5000);
        var used = bench.Budget.UsedBytes;
        Fill(20_000);
        Assert.Equal(used, bench.Budget.UsedBytes);
    }

    [Fact]
    public void A_slow_reader_skips_and_is_told()
    {
        using var subscription = bench.Subscribe(
            new SubscriptionOptions { QueueBytes = 1000, OnSlow = SlowReaderPolicy.Skip }
        );
        Fill(100);
        var found = TailBench.Drain(subscription);
        Assert.StartsWith("skipped ", found[0], StringComparison.Ordinal);
        Assert.Equal(100, int.Parse(found[0].AsSpan(8)) + found.Count - 1);
        Assert.Equal($"i 99=99@100", found[^1]);
    }

    [Fact]
    public void A_slow_reader_gets_the_newest_of_each_key()
    {
        using var subscription = bench.Subscribe(
            new SubscriptionOptions { QueueBytes = 2000, OnSlow = SlowReaderPolicy.Conflate }
        );
        for (var step = 1; step <= 1000; step++)
        {
            bench.Put(step % 3, step, wasThere: step > 3).Step(step);
        }

        var last = new Dictionary<string, string>();
        var found = TailBench.Drain(subscription);
        Assert.InRange(found.Count, 3, 150);
        foreach (var row in found)
        {
            last[row.Split('=')[0][2..]] = row.Split('=')[1];
        }

        Assert.Equal(["999@999", "1000@1000", "998@998"], ["0".Then(last), "1".Then(last), "2".Then(last)]);
        Assert.Equal(1000, subscription.Sequence);
    }

    [Fact]
    public void Keys_without_end_cut_off_a_reader_that_is_conflated()
    {
        using var subscription = bench.Subscribe(
            new SubscriptionOptions { QueueBytes = 2000, OnSlow = SlowReaderPolicy.Conflate }
        );
        Fill(1000);
        Assert.Equal(ErrorCode.SlowSubscriber, Assert.Throws<TickStoreException>(() => subscription.TryRead()).Code);
    }

    [Fact]
    public async Task Whoever_commits_waits_for_a_reader_that_blocks()
    {
        using var subscription = bench.Subscribe(
            new SubscriptionOptions { QueueBytes = 1000, OnSlow = SlowReaderPolicy.Block }
        );
        var writer = Task.Run(() => Fill(5000), TestContext.Current.CancellationToken);
        var seen = 0;
        while (seen < 5000)
        {
            var block = subscription.Read(TestContext.Current.CancellationToken)!;
            for (var row = 0; row < block.RowCount; row++)
            {
                Assert.Equal(seen++, block.Rows[1].Values<long>()[row]);
            }
        }

        await writer.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(subscription.BlockedCommits > 0);
        var stuck = Task.Run(() => Fill(5000), TestContext.Current.CancellationToken);
        subscription.Dispose();
        await stuck.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_past_comes_first_and_the_tail_behind_it()
    {
        bench.Past.Enqueue(t => bench.Put(1, 1).Put(2, 2).Step(2, t));
        bench.Past.Enqueue(t => bench.Put(3, 3).Step(3, t));
        Subscription? made = null;
        bench.Past.Enqueue(_ =>
        {
            bench.Put(9, 9).Step(4);
            made!.Join(bench.Tail, 4);
        });
        using var subscription = made = bench.Subscribe(joins: false);
        Assert.Equal(["i 1=1@2", "i 2=2@2", "i 3=3@3"], TailBench.Drain(subscription));
        Assert.Equal(4, subscription.Sequence);
        bench.Put(4, 4).Step(5);
        Assert.Equal(["i 4=4@5"], TailBench.Drain(subscription));
    }

    [Fact]
    public async Task Blocks_come_asynchronously()
    {
        using var subscription = bench.Subscribe(new SubscriptionOptions { UntilSequence = 2000 });
        var writer = Task.Run(() => Fill(2000), TestContext.Current.CancellationToken);
        var seen = 0L;
        await foreach (var block in subscription.WithCancellation(TestContext.Current.CancellationToken))
        {
            seen += block.RowCount;
        }

        await writer;
        Assert.Equal(2000, seen);
    }

    public void Dispose() => bench.Close();

    private void Fill(int count)
    {
        for (var row = 0; row < count; row++)
        {
            bench.Put(row, row).Step(row + 1);
        }
    }

    private sealed class WithoutEnd(ChangeTail tail) : IChangeListener
    {
        public void OnChanges(in TickStore.Execution.DeltaBatch changes, long sequence) =>
            tail.OnChanges(changes, sequence);

        public void OnStep(long sequence) { }
    }
}

internal static class Lookups
{
    public static string Then(this string key, Dictionary<string, string> values) => values[key];
}
