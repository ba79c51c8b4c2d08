using TickStore.Sql;
using TickStore.Storage;

namespace TickStore.EndToEnd.Latency.Paths;

/// <summary>
/// Each batch is one commit that steps a view of 1-minute K-lines, and the view calls its subscriber: all on the thread
/// that commits, before the rows are on the device. Delivered means that the subscriber has the changed bars.
/// </summary>
internal sealed class ViewBars : ILatencyPath
{
    private readonly PathSetting setting;
    private readonly TableAppender appender;
    private readonly int[] symbols;
    private readonly string view;
    private readonly InlineSubscription subscription;
    private long intendedNanos;
    private int count;
    private double closes;

    public ViewBars(PathSetting setting)
    {
        this.setting = setting;
        symbols = TickTable.InternSymbols(setting.Database);
        view = $"bars_{setting.Table}";
        setting.Database.Execute(
            $"CREATE MATERIALIZED VIEW {view} AS SELECT sym, ohlcv(px, qty) AS b FROM {setting.Table} SAMPLE BY 1m GROUP BY sym"
        );
        subscription = setting.Database.Subscribe(view, Take);
        appender = setting.Database.CreateAppender(
            setting.Table,
            new AppenderOptions { CommitRows = TickTape.BatchTicks, Durability = Durability.Async }
        );
    }

    public void Publish(in TickBatch ticks)
    {
        TickTable.Append(appender, ticks, symbols);
        (intendedNanos, count) = (ticks.IntendedNanos, ticks.Count);
        appender.Commit();
        if (count != 0)
        {
            throw new InvalidDataException("A commit returned before its subscriber was called");
        }
    }

    public void Drain()
    {
        if (subscription.Error is { } error)
        {
            throw new InvalidOperationException("The subscriber failed", error);
        }

        if (closes == 0)
        {
            throw new InvalidDataException("The subscriber saw no price");
        }
    }

    public void Dispose()
    {
        appender.Dispose();
        subscription.Dispose();
        setting.Database.Execute($"DROP MATERIALIZED VIEW {view}");
    }

    // A subscriber looks at what it gets: here, at the last price of each bar that changed.
    private void Take(in ChangePush push)
    {
        foreach (var close in push.Rows[4].Values<long>())
        {
            closes += close;
        }

        setting.Sink.Delivered(intendedNanos, count);
        count = 0;
    }
}
