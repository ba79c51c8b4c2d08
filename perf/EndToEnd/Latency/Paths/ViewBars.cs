using TickStore.Execution;
using TickStore.Sql;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.EndToEnd.Latency.Paths;

/// <summary>
/// Each batch is one commit that steps a view of 1-minute K-lines, and the view calls its subscriber: all on the thread that commits, before
/// the rows are on the device. Delivered means that the subscriber has the changed bars.
/// </summary>
internal sealed class ViewBars : ILatencyPath, IChangeListener
{
    private readonly PathSetting setting;
    private readonly TableAppender appender;
    private readonly int[] symbols;
    private readonly string view;
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
        setting.Database.Storage.WhilePaused(_ => setting.Database.GetView(view).View!.AddListener(this));
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

    public void OnChanges(in DeltaBatch changes, long sequence)
    {
        // A subscriber looks at what it gets: here, at the last price of each bar that changed.
        var units = changes.Rows[4].Values<long>();
        foreach (var close in units)
        {
            closes += close;
        }
    }

    public void OnStep(long sequence)
    {
        setting.Sink.Delivered(intendedNanos, count);
        count = 0;
    }

    public void Drain()
    {
        if (closes == 0)
        {
            throw new InvalidDataException("The subscriber saw no price");
        }
    }

    public void Dispose()
    {
        appender.Dispose();
        setting.Database.Execute($"DROP MATERIALIZED VIEW {view}");
    }
}
