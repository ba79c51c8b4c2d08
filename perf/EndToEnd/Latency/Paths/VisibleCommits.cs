using TickStore.Storage;

namespace TickStore.EndToEnd.Latency.Paths;

/// <summary>Each batch is one commit that does not wait for the device. Delivered means visible to every scan that begins now.</summary>
internal sealed class VisibleCommits : ILatencyPath
{
    private readonly PathSetting setting;
    private readonly TableAppender appender;
    private readonly int[] symbols;

    public VisibleCommits(PathSetting setting)
    {
        this.setting = setting;
        symbols = TickTable.InternSymbols(setting.Database);
        appender = setting.Database.CreateAppender(
            setting.Table,
            new AppenderOptions { CommitRows = TickTape.BatchTicks, Durability = Durability.Async }
        );
    }

    public void Publish(in TickBatch ticks)
    {
        TickTable.Append(appender, ticks, symbols);
        var result = appender.Commit();
        if (setting.Database.CommittedSequence < result.LastSequence)
        {
            throw new InvalidDataException($"Row {result.LastSequence} was acknowledged and is not visible");
        }

        setting.Sink.Delivered(ticks.IntendedNanos, ticks.Count);
    }

    public void Drain() { }

    public void Dispose() => appender.Dispose();
}
