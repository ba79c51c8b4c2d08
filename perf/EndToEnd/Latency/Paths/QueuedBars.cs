using TickStore.Execution;
using TickStore.Sql;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.EndToEnd.Latency.Paths;

/// <summary>
/// As <see cref="ViewBars"/>, but the subscriber reads its changes from a queue, on a thread of its own: as soon as
/// they are committed, or, with VISIBILITY DURABLE, once they are on the device.
/// </summary>
internal sealed class QueuedBars : ILatencyPath
{
    // Commits that may be on their way at once: some seconds' worth at any rate that a path keeps up with.
    private const int WaitingMax = 1 << 22;

    private readonly PathSetting setting;
    private readonly TableAppender appender;
    private readonly int[] symbols;
    private readonly string view;
    private readonly Subscription subscription;
    private readonly Thread reader;
    private readonly long[] intendedNanos = new long[WaitingMax];
    private readonly long startSequence;
    private long published;
    private long delivered;
    private double closes;
    private Exception? failure;

    public QueuedBars(PathSetting setting, bool isDurable)
    {
        this.setting = setting;
        symbols = TickTable.InternSymbols(setting.Database);
        view = $"bars_{setting.Table}";
        setting.Database.Execute(
            $"CREATE MATERIALIZED VIEW {view} AS SELECT sym, ohlcv(px, qty) AS b FROM {setting.Table} SAMPLE BY 1m GROUP BY sym"
        );
        startSequence = setting.Database.CommittedSequence;
        subscription = setting.Database.Subscribe(
            new SubscriptionRequest
            {
                Source = view,
                IsDurable = isDurable,
                OnSlow = SlowReaderPolicy.Block,
            }
        );
        appender = setting.Database.CreateAppender(
            setting.Table,
            new AppenderOptions { CommitRows = TickTape.BatchTicks, Durability = Durability.Async }
        );
        reader = new Thread(Read) { Name = "subscriber" };
        reader.Start();
    }

    public void Publish(in TickBatch ticks)
    {
        TickTable.Append(appender, ticks, symbols);
        intendedNanos[published % WaitingMax] = ticks.IntendedNanos;
        Volatile.Write(ref published, published + 1);
        appender.Commit();
    }

    public void Drain()
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (Volatile.Read(ref delivered) < published && Volatile.Read(ref failure) is null)
        {
            if (patience.Elapsed > TimeSpan.FromSeconds(30))
            {
                throw new InvalidDataException($"{published} commits were made, and {delivered} arrived");
            }

            Thread.Sleep(1);
        }

        if (failure is not null)
        {
            throw new InvalidOperationException("The subscriber failed", failure);
        }
    }

    public void Dispose()
    {
        appender.Dispose();
        subscription.Dispose();
        reader.Join();
        setting.Database.Execute($"DROP MATERIALIZED VIEW {view}");
    }

    private void Read()
    {
        try
        {
            while (subscription.Read() is { } block)
            {
                if (block.RowCount == 0)
                {
                    continue;
                }

                foreach (var close in block.Rows[4].Values<long>())
                {
                    closes += close;
                }

                // Commits have a fixed number of rows, so the sequence tells which of them have arrived.
                var arrived = (block.SequenceOf(block.RowCount - 1) - startSequence) / TickTape.BatchTicks;
                for (var commit = delivered; commit < arrived; commit++)
                {
                    setting.Sink.Delivered(intendedNanos[commit % WaitingMax], TickTape.BatchTicks);
                }

                Volatile.Write(ref delivered, arrived);
            }
        }
        catch (Exception e)
        {
            Volatile.Write(ref failure, e);
        }
    }
}
