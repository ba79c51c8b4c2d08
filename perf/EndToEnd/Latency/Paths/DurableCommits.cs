using System.Threading.Channels;
using TickStore.Storage;

namespace TickStore.EndToEnd.Latency.Paths;

/// <summary>
/// Each batch is one commit that is acknowledged once it is on the device. The generator does not wait for that: commits that come while
/// the device works share its next sync.
/// </summary>
internal sealed class DurableCommits : ILatencyPath
{
    private const int WaitingMax = 1 << 16;

    private readonly Channel<Waiting> waiting = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(WaitingMax)
        {
            SingleReader = true,
            SingleWriter = true,
            FullMode = BoundedChannelFullMode.Wait,
        }
    );

    private readonly PathSetting setting;
    private readonly TableAppender appender;
    private readonly int[] symbols;
    private readonly Task acknowledging;

    public DurableCommits(PathSetting setting)
    {
        this.setting = setting;
        symbols = TickTable.InternSymbols(setting.Database);
        appender = setting.Database.CreateAppender(
            setting.Table,
            new AppenderOptions { CommitRows = TickTape.BatchTicks, Durability = Durability.Fsync }
        );
        acknowledging = Task.Run(AcknowledgeAsync);
    }

    public void Publish(in TickBatch ticks)
    {
        TickTable.Append(appender, ticks, symbols);
        var commit = new Waiting(appender.CommitAsync(), ticks.IntendedNanos, ticks.Count);
        var spinner = default(SpinWait);
        while (!waiting.Writer.TryWrite(commit))
        {
            if (acknowledging.IsFaulted)
            {
                acknowledging.GetAwaiter().GetResult();
            }

            spinner.SpinOnce();
        }
    }

    public void Drain()
    {
        waiting.Writer.Complete();
        acknowledging.GetAwaiter().GetResult();
    }

    public void Dispose() => appender.Dispose();

    private async Task AcknowledgeAsync()
    {
        await foreach (var commit in waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            var result = await commit.Durable.ConfigureAwait(false);
            if (setting.Database.DurableSequence < result.LastSequence)
            {
                throw new InvalidDataException($"Row {result.LastSequence} was acknowledged and is not durable");
            }

            setting.Sink.Delivered(commit.IntendedNanos, commit.Ticks);
        }
    }

    private readonly record struct Waiting(ValueTask<CommitResult> Durable, long IntendedNanos, int Ticks);
}
