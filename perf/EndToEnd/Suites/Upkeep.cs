using System.Diagnostics;
using TickStore.Core;
using TickStore.EndToEnd.Reporting;
using TickStore.Execution;
using TickStore.Sql;
using TickStore.Streaming;

namespace TickStore.EndToEnd.Suites;

/// <summary>
/// What it costs to keep views up, without log and head: rows of 2,000 symbols are pushed to a view's circuit on one thread, step by
/// step, and a listener takes what changes; or nobody does, and the contents are opened once at the end. Rows a second of one core.
/// </summary>
internal sealed class Upkeep(Report report, bool isSmall)
{
    private const string Ticks =
        "CREATE TABLE ticks (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, px DECIMAL(18,2) NOT NULL, qty INT NOT NULL) "
        + "EVENT TIME ts CLUSTER BY (sym)";
    private const string Quotes =
        "CREATE TABLE quotes (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, bid DECIMAL(18,2) NOT NULL, ask DECIMAL(18,2) NOT NULL) "
        + "EVENT TIME ts CLUSTER BY (sym)";

    private const string Bars = "SELECT sym, ohlcv(px, qty) AS b FROM ticks SAMPLE BY 1m GROUP BY sym";

    private static readonly (string Metric, string View)[] Cases =
    [
        ("bars", Bars),
        ("bars_unread", Bars),
        (
            "factors",
            """
            SELECT sym, ts, ema(px::DOUBLE, 20) AS f1, ema(1000 * (ema(px::DOUBLE, 20) - ema(px::DOUBLE, 40)), 10) AS f2,
                mavg(px, 20) AS f3, mstd(px, 20) AS f4, mmax(px, 60) - mmin(px, 60) AS f5, msum(qty, 100) AS f6,
                cumvwap(px, qty) AS f7, deltas(px) AS f8, rsi(px::DOUBLE, 14) AS f9, ratios(px) AS f10
            FROM ticks CONTEXT BY sym
            """
        ),
        (
            "asof",
            """
            SELECT t.sym, t.ts, t.px, t.qty, q.bid, q.ask
            FROM ticks t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts >= q.ts TOLERANCE INTERVAL '2s'
            """
        ),
    ];

    /// <summary>Measures all that the report wants; some seconds.</summary>
    public static void Run(Report report, bool isSmall)
    {
        var upkeep = new Upkeep(report, isSmall);
        foreach (var (metric, view) in Cases)
        {
            foreach (var stepRows in new[] { 20, 1000, 65_536 })
            {
                var name = $"upkeep.{metric}.{stepRows}";
                if (report.Wants(name))
                {
                    Report.Progress($"upkeep: {metric}, {stepRows} rows a step");
                    upkeep.Measure(name, view, stepRows);
                }
            }
        }
    }

    private void Measure(string metric, string view, int stepRows)
    {
        using var database = TickDatabase.OpenInMemory(new TickDatabaseOptions { MemoryBudgetBytes = 8L << 30 });
        database.Execute(Ticks);
        database.Execute(Quotes);
        database.Execute($"CREATE MATERIALIZED VIEW v AS {view}");
        var live = database.GetView("v");
        var listener = new CountingListener();
        var isRead = view != Bars || !metric.Contains("unread", StringComparison.Ordinal);
        if (isRead)
        {
            database.Storage.WhilePaused(_ => live.View!.AddListener(listener));
        }

        var group = live.Group!;
        var feeds = group
            .Tables.Where(t => t.HasReaders)
            .Select(t => new UpkeepFeed(database, t, UpkeepFeed.SymbolCount, symbolStep: 1))
            .ToArray();
        var values = new List<double>();
        var sequence = database.CommittedSequence;
        var clock = Stopwatch.StartNew();
        var rounds = isSmall ? 3 : 8;
        for (var round = 0; round < rounds; round++)
        {
            var seconds = 0.0;
            long rowCount = 0;
            var committed = database.CommittedSequence;
            database.Storage.WhilePaused(_ =>
            {
                var before = clock.Elapsed;
                for (var start = 0; start < UpkeepFeed.RowCount; start += stepRows)
                {
                    foreach (var feed in feeds)
                    {
                        rowCount += feed.Push(group, start, stepRows, ref sequence);
                    }

                    group.Step(sequence);
                }

                using (var contents = isRead ? null : live.View!.OpenContents())
                {
                    listener.Count(contents?.RowCount ?? 0);
                }

                seconds = (clock.Elapsed - before).TotalSeconds;

                // The rows were never committed: to the database its views are where they were.
                group.StartAt(committed);
            });
            if (round > 0)
            {
                values.Add(rowCount / seconds);
            }

            foreach (var feed in feeds)
            {
                feed.MoveOn();
            }
        }

        if (live.View!.Failure is { } failure)
        {
            throw failure;
        }

        if (listener.RowCount == 0)
        {
            throw new InvalidDataException($"{metric}: the view told of no change");
        }

        foreach (var feed in feeds)
        {
            feed.Dispose();
        }

        report.Add(metric, Measurement.TickStore, Samples.Of([.. values]), "rows/s");
    }

    private sealed class CountingListener : IChangeListener
    {
        public long RowCount { get; private set; }

        public void Count(long rowCount) => RowCount += rowCount;

        public void OnChanges(in DeltaBatch changes, long sequence) => Count(changes.RowCount);

        public void OnStep(long sequence) { }
    }
}
