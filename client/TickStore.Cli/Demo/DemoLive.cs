using System.Diagnostics;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>
/// The stage of the demo that is live: a replay commits ticks to a second database, in memory, in which a view keeps one-minute bars, and
/// a subscription draws the candles as they change.
/// </summary>
internal static class DemoLive
{
    private const string Query = """
        SELECT bar_open, first(price)::DOUBLE AS open, max(price)::DOUBLE AS high, min(price)::DOUBLE AS low,
               last(price)::DOUBLE AS close, sum(qty)::DOUBLE AS volume
        FROM ticks SAMPLE BY 1m
        """;

    // On a terminal one hour goes by in some fifteen seconds; elsewhere it goes as fast as it can.
    private const double Speed = 240;

    // A feed hands over a few ticks at a time.
    private const int RowsPerCommit = 20;

    private static readonly TimeSpan China = TimeSpan.FromHours(8);
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TickTime From = TickTime.Parse("2023-02-01T09:30:00+08:00");
    private static readonly TickTime To = TickTime.Parse("2023-02-01T10:30:00+08:00");

    /// <summary>Shows it.</summary>
    /// <returns>True where the candles that were pushed equal the plain query.</returns>
    public static bool Show(DemoStage stage)
    {
        stage.Begin("Live K-lines: ticks are committed, a view keeps the bars, a subscription is told of each change");
        using var live = TickDatabase.OpenInMemory(CommandContext.Options);
        MakeTable(stage.Database, live);
        stage.Execute(live, $"CREATE MATERIALIZED VIEW bars_1m AS\n{Query}");
        using var subscription = live.Subscribe("SUBSCRIBE TO bars_1m");
        var screen = new LiveCandles(stage.Output, Terminal.ShowsOutput, China);
        var ticks = new LiveTicks(live);
        using var told = live.Subscribe("bars_1m", ticks.Told);
        var speed = Terminal.ShowsOutput ? ReplaySpeed.Times(Speed) : ReplaySpeed.Max;
        using var replay = stage.Database.Replay(["s600519_trades"], From, To, speed);
        replay.Run(
            block =>
            {
                ticks.Commit(block);
                screen.Take(subscription);
                screen.Draw(FrameInterval);
            },
            stage.CancellationToken
        );
        screen.Draw(TimeSpan.Zero);
        var isEqual = screen.Candles.SequenceEqual(Answer(live));
        stage.Say(
            $"{ticks.RowCount:N0} ticks in {ticks.CommitCount:N0} commits changed {screen.Candles.Count} bars "
                + $"{screen.ChangeCount:N0} times; from tick to subscriber half within {ticks.MicrosWithin(0.5):N1} us, "
                + $"99 % within {ticks.MicrosWithin(0.99):N1} us"
        );
        stage.Say(
            isEqual
                ? "The candles pushed equal the plain query over the ticks"
                : "The candles pushed DIFFER from the plain query"
        );
        return isEqual;
    }

    private static void MakeTable(TickDatabase from, TickDatabase live)
    {
        var trades = from.FindTable("s600519_trades")!;
        live.CreateTable(
            new TableSchema("ticks", [.. LiveTicks.Columns.Select(c => trades.Columns[trades.IndexOf(c)])])
            {
                EventTimeColumn = 0,
            }
        );
    }

    private static List<Candle> Answer(TickDatabase live)
    {
        using var result = live.Query($"SELECT * FROM ({Query}) q ORDER BY bar_open");
        return Candle.Read(result);
    }

    /// <summary>Commits what a replay plays, and measures until the view's change is told.</summary>
    private sealed class LiveTicks(TickDatabase live)
    {
        private readonly Batch view = Batch.CreateView(live.FindTable("ticks")!.ToBatchSchema());
        private readonly List<double> micros = [];
        private long started;

        public static IReadOnlyList<string> Columns { get; } = ["ts", "price", "qty"];

        public long RowCount { get; private set; }

        public long CommitCount { get; private set; }

        public void Commit(ReplayBlock block)
        {
            foreach (var run in block.Runs)
            {
                var end = run.StartRow + run.RowCount;
                for (var row = run.StartRow; row < end; row += RowsPerCommit)
                {
                    Commit(block.TableBatch(run.Table), row, Math.Min(RowsPerCommit, end - row));
                }
            }
        }

        private void Commit(Batch rows, int start, int count)
        {
            for (var c = 0; c < Columns.Count; c++)
            {
                view[c].Borrow(rows[rows.Schema.IndexOf(Columns[c])], start, count);
            }

            view.SetRowCount(count);
            started = Stopwatch.GetTimestamp();
            live.Commit("ticks", view, durability: Durability.Async);
            RowCount += count;
            CommitCount++;
        }

        /// <summary>The time from a commit to the subscriber that a share of the changes took at most.</summary>
        public double MicrosWithin(double share)
        {
            micros.Sort();
            return micros.Count == 0 ? 0 : micros[Math.Min(micros.Count - 1, (int)(micros.Count * share))];
        }

        // On the thread that commits, before the commit returns.
        public void Told(in ChangePush push) => micros.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
    }
}
