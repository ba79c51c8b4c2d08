using System.Diagnostics;
using System.Text;
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
    private const int SymbolCount = 2000;
    private const long TickNanos = 1000;
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

        var symbols = new int[SymbolCount];
        for (var i = 0; i < symbols.Length; i++)
        {
            symbols[i] = database.Symbols.Intern(Encoding.UTF8.GetBytes($"{600_000 + i}"));
        }

        var group = live.Group!;
        var feeds = group.Tables.Where(t => t.HasReaders).Select(t => new Feed(database, t, symbols)).ToArray();
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
                for (var start = 0; start < Feed.RowCount; start += stepRows)
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

    /// <summary>A second's rows of one table as the views get them, moved on in time after each round.</summary>
    private sealed class Feed : IDisposable
    {
        public const int RowCount = 1 << 20;

        private readonly ViewGroup.TableInput input;
        private readonly TableSchema schema;
        private readonly Batch rows;
        private readonly Batch view;

        public Feed(TickDatabase database, ViewGroup.TableInput input, int[] symbols)
        {
            this.input = input;
            schema = database.FindTable(input.Clock.Table)!;
            rows = Batch.Allocate(new BatchSchema([.. schema.AllColumns]), RowCount, database.Pool);
            view = Batch.CreateView(rows.Schema);
            var random = new Random(11);
            var isQuotes = schema.Name == "quotes";
            var start = TickTime.Parse("2026-03-02 09:30:00").NanosSinceEpoch;
            for (var row = 0; row < RowCount; row++)
            {
                var symbol = random.Next(SymbolCount);
                var price = 1000 + (symbol * 10) + random.Next(20);
                rows[0].Writable<long>()[row] = start + (row * TickNanos) - (isQuotes ? TickNanos / 2 : 0);
                rows[1].Writable<int>()[row] = symbols[symbol];
                rows[2].Writable<long>()[row] = price;
                if (isQuotes)
                {
                    rows[3].Writable<long>()[row] = price + 1;
                }
                else
                {
                    rows[3].Writable<int>()[row] = 100 * (1 + random.Next(9));
                }

                rows[schema.IngestTimeIndex].Writable<long>()[row] = start;
                rows[schema.LateIndex].Writable<byte>()[row] = 0;
            }

            for (var i = 0; i < rows.ColumnCount; i++)
            {
                rows[i].SetRowCount(RowCount);
            }

            rows.SetRowCount(RowCount);
        }

        public int Push(ViewGroup group, int start, int stepRows, ref long sequence)
        {
            var count = Math.Min(stepRows, RowCount - start);
            var sequences = rows[schema.SequenceIndex].Writable<long>().Slice(start, count);
            for (var i = 0; i < sequences.Length; i++)
            {
                sequences[i] = ++sequence;
            }

            view.Borrow(rows, start, count);
            group.Push(input, view, sequence);
            return count;
        }

        public void MoveOn()
        {
            foreach (ref var time in rows[0].Writable<long>()[..RowCount])
            {
                time += RowCount * TickNanos;
            }
        }

        public void Dispose() => rows.Dispose();
    }
}
