using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>
/// The stages of the demo that play back: at ten times the recorded pace, and as fast as possible twice.
/// </summary>
internal static class DemoReplay
{
    private const int Trades = 1;
    private const int Snapshots = 2;

    private static readonly string[] Tables = ["s600519_orders", "s600519_trades", "s600519_snapshots"];
    private static readonly TickTime SliceStart = TickTime.Parse("2023-02-01T10:00:00+08:00");

    /// <summary>Plays a slice at 10x with a live line.</summary>
    public static void PlaySlice(DemoStage stage)
    {
        var seconds = Terminal.ShowsErrors ? 120 : 20;
        stage.Begin($"Replay: {seconds} seconds of 600519 at 10x, orders, trades and snapshots in exact order");
        var end = new TickTime(SliceStart.NanosSinceEpoch + (seconds * 1_000_000_000L));
        using var replay = stage.Database.Replay(Tables, SliceStart, end, ReplaySpeed.Times(10));
        var tape = new Tape();
        var report = replay.Run(
            block =>
            {
                tape.Take(block);
                if (Terminal.ShowsErrors)
                {
                    Console.Error.Write($"\r{tape.Line(block.LastTime)}\e[K");
                }
            },
            stage.CancellationToken
        );
        if (Terminal.ShowsErrors)
        {
            Console.Error.Write("\r\e[K");
        }

        stage.Say(tape.Line(end.NanosSinceEpoch));
        stage.Say(
            $"{report.Rows:N0} rows in {report.Seconds:N2} s; lateness against the schedule: half within "
                + $"{report.LagMicrosP50:N0} us, 99.9 % within {report.LagMicrosP999:N0} us"
        );
        stage.Say($"run hash {report.RunHash}");
    }

    /// <summary>Plays the whole day twice.</summary>
    /// <returns>True where both gave the same rows in the same order.</returns>
    public static bool PlayTwice(DemoStage stage)
    {
        stage.Begin("Replay the whole day as fast as it goes, twice: the same rows in the same order");
        var hashes = new string[2];
        for (var run = 0; run < hashes.Length; run++)
        {
            using var replay = stage.Database.Replay(Tables);
            var progress = new ReplayProgress();
            var report = replay.Run(progress.Add, stage.CancellationToken);
            progress.Clear();
            hashes[run] = report.RunHash;
            stage.Say(
                $"{report.Rows:N0} rows in {report.Seconds:N2} s, {report.Rows / report.Seconds:N0} rows/s, "
                    + $"run hash {report.RunHash}"
            );
        }

        var isEqual = hashes[0] == hashes[1];
        stage.Say(isEqual ? "The run hashes are equal" : "The run hashes DIFFER");
        return isEqual;
    }

    /// <summary>What was seen last of trades and of the book.</summary>
    private sealed class Tape
    {
        private const double China = 8 * 3600 * 1e9;

        private string trade = "-";
        private string book = "-";
        private long rowCount;

        public void Take(ReplayBlock block)
        {
            rowCount += block.RowCount;
            foreach (var run in block.Runs)
            {
                var batch = block.TableBatch(run.Table);
                var row = run.StartRow + run.RowCount - 1;
                if (run.Table == Trades)
                {
                    var quantity = batch[batch.Schema.IndexOf("qty")].Values<long>()[row];
                    trade = $"{Price(batch, "price", row):F2} x {quantity}";
                }
                else if (run.Table == Snapshots)
                {
                    book = $"{Price(batch, "bid", row):F2} / {Price(batch, "ask", row):F2}";
                }
            }
        }

        public string Line(long timeNanos)
        {
            var local = new TickTime(timeNanos + (long)China).ToString();
            var time = local[(local.IndexOf('T') + 1)..].TrimEnd('Z').PadRight(12);
            return $"{time}  trade {trade, -14}  bid/ask {book, -20}  {rowCount, 6:N0} rows";
        }

        // The first level of an array, or the value of a scalar.
        private static double Price(Batch batch, string column, int row)
        {
            var vector = batch[batch.Schema.IndexOf(column)];
            return vector.Level<long>(0)[row] / Math.Pow(10, vector.Type.Scale);
        }
    }
}
