using System.Diagnostics;
using System.Text;
using TickStore.Core;
using TickStore.EndToEnd.Reporting;
using TickStore.Execution;
using TickStore.Sql;
using TickStore.Streaming;

namespace TickStore.EndToEnd.Suites;

/// <summary>
/// What it costs to keep an index and joins of two streams up, as <see cref="Upkeep"/> measures other views: rows of 2,000 symbols are
/// pushed to a view's circuit on one thread, step by step, without log and head. Rows a second of one core, of both inputs together.
/// </summary>
internal sealed class JoinUpkeep(Report report, bool isSmall)
{
    private const int MemberCount = 300;
    private const int MemberStep = UpkeepFeed.SymbolCount / MemberCount;

    private const string Tables =
        "CREATE TABLE ticks (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, px DECIMAL(18,2) NOT NULL, qty INT NOT NULL) "
        + "EVENT TIME ts CLUSTER BY (sym); "
        + "CREATE TABLE quotes (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, bid DECIMAL(18,2) NOT NULL, ask DECIMAL(18,2) NOT NULL) "
        + "EVENT TIME ts CLUSTER BY (sym); "
        + "CREATE TABLE members (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, w DECIMAL(18,4)) EVENT TIME ts; "
        + "CREATE TABLE divisors (ts TIMESTAMP NOT NULL, divisor DECIMAL(18,4)) EVENT TIME ts;";

    private const string Index = "CREATE INDEX VIEW v MEMBERS members WEIGHT w PRICE px FROM ticks DIVISOR divisors";

    private const string Asof =
        "CREATE MATERIALIZED VIEW v AS SELECT t.sym, t.ts, t.px, t.qty, q.bid, q.ask "
        + "FROM ticks t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts >= q.ts TOLERANCE INTERVAL '2s'";

    private static readonly Case[] Cases =
    [
        new("index", Index),
        new("index.1s", $"{Index} EMIT EVERY 1s"),
        // Every tick moves the index, and is told of.
        new("index.members", Index) { SymbolCount = MemberCount, SymbolStep = MemberStep },
        // Each step's ticks are joined before its quotes come: every quote then corrects a tick.
        new("asof.behind", Asof) { QuotesComeBehind = true },
        new(
            "lookup",
            "CREATE MATERIALIZED VIEW v AS SELECT t.sym, t.ts, t.px, q.bid FROM ticks t "
                + "LEFT JOIN quotes FOR SYSTEM_TIME AS OF t.ts AS q ON t.sym = q.sym"
        ),
        new(
            "window",
            "CREATE MATERIALIZED VIEW v AS SELECT t.sym, t.ts, avg(q.bid) AS b, max(q.ask) AS a, count(*) AS n FROM ticks t "
                + "WINDOW JOIN quotes q ON (sym) RANGE BETWEEN 10ms PRECEDING AND 0s FOLLOWING EXCLUDE PREVAILING"
        ),
        new(
            "band",
            "CREATE MATERIALIZED VIEW v AS SELECT t.sym, t.ts, t.px, q.bid, q.ts AS qts FROM ticks t "
                + "JOIN quotes q ON t.sym = q.sym AND q.ts BETWEEN t.ts - INTERVAL '2ms' AND t.ts"
        ),
    ];

    /// <summary>Measures all that the report wants; some seconds.</summary>
    public static void Run(Report report, bool isSmall)
    {
        var upkeep = new JoinUpkeep(report, isSmall);
        foreach (var each in Cases)
        {
            foreach (var stepRows in new[] { 20, 1000, 65_536 })
            {
                var name = $"upkeep.{each.Metric}.{stepRows}";
                if (report.Wants(name))
                {
                    Report.Progress($"upkeep: {each.Metric}, {stepRows} rows a step");
                    upkeep.Measure(name, each, stepRows);
                }
            }
        }
    }

    private void Measure(string metric, Case measured, int stepRows)
    {
        using var database = TickDatabase.OpenInMemory(new TickDatabaseOptions { MemoryBudgetBytes = 8L << 30 });
        database.Execute(Tables);
        database.Execute(Basket());
        database.Execute(measured.View);
        var live = database.GetView("v");
        var listener = new CountingListener();
        database.Storage.WhilePaused(_ => live.View!.AddListener(listener));
        var group = live.Group!;
        var feeds = group
            .Tables.Where(t => t.HasReaders && t.Clock.Table is "ticks" or "quotes")
            .Select(t => new UpkeepFeed(database, t, measured.SymbolCount, measured.SymbolStep))
            .ToArray();
        var values = new List<double>();
        var sequence = database.CommittedSequence;
        var rounds = isSmall ? 3 : 8;
        for (var round = 0; round < rounds; round++)
        {
            var seconds = 0.0;
            long rowCount = 0;
            var committed = database.CommittedSequence;
            database.Storage.WhilePaused(_ =>
            {
                var before = Stopwatch.GetTimestamp();
                for (var start = 0; start < UpkeepFeed.RowCount; start += stepRows)
                {
                    foreach (var feed in feeds)
                    {
                        rowCount += feed.Push(group, start, stepRows, ref sequence);
                        if (measured.QuotesComeBehind)
                        {
                            group.Step(sequence);
                        }
                    }

                    group.Step(sequence);
                }

                seconds = Stopwatch.GetElapsedTime(before).TotalSeconds;

                // The rows were never committed: to the database its views are where they were.
                group.StartAt(committed);
            });
            if (round > 0)
            {
                values.Add(rowCount / seconds);
            }

            Array.ForEach(feeds, f => f.MoveOn());
        }

        if (live.View!.Failure is { } failure)
        {
            throw failure;
        }

        if (listener.RowCount == 0)
        {
            throw new InvalidDataException($"{metric}: the view told of no change");
        }

        Array.ForEach(feeds, f => f.Dispose());
        report.Add(metric, Measurement.TickStore, Samples.Of([.. values]), "rows/s");
    }

    // Every sixth symbol is a member, up to 300 of them, before the first tick.
    private static string Basket()
    {
        var text = new StringBuilder(
            "INSERT INTO divisors VALUES ('2026-03-02 09:00', 1000000.0000); INSERT INTO members VALUES "
        );
        for (var i = 0; i < MemberCount; i++)
        {
            var symbol = 600_000 + (i * MemberStep);
            text.Append(i == 0 ? string.Empty : ", ").Append($"('2026-03-02 09:00', '{symbol}', {1 + (i % 97)}.25)");
        }

        return text.Append(';').ToString();
    }

    private sealed record Case(string Metric, string View)
    {
        public bool QuotesComeBehind { get; init; }

        public int SymbolCount { get; init; } = UpkeepFeed.SymbolCount;

        public int SymbolStep { get; init; } = 1;
    }

    private sealed class CountingListener : IChangeListener
    {
        public long RowCount { get; private set; }

        public void OnChanges(in DeltaBatch changes, long sequence) => RowCount += changes.RowCount;

        public void OnStep(long sequence) { }
    }
}
