// Proves that a real day replays in exact order: orders, trades and snapshots of 600519 merged by (event time, _seq), twice
// with the same run hash, whether rows lie in heads or in segments; and that a slice at 10x is never early.
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Tests.Engine.CrossChecks;

public sealed class MoutaiReplayTest
{
    private static readonly string[] Tables = ["sh_orders", "sh_trades", "sh_snapshots"];

    [Fact]
    public void A_day_replays_in_exact_order_with_the_same_hash()
    {
        using var database = TickDatabase.OpenInMemory();
        var report = DataFiles.Import(database, "sh", DataFiles.Find("china-l2/600519_20230201", "20230201.zip"));
        Assert.Equal(54_735 + 27_135 + 5_109, report.RowCount);
        var fromHeads = Play(database);
        database.Seal();
        var fromSegments = Play(database);
        Assert.Equal(report.RowCount, fromHeads.Rows);
        Assert.Equal(fromHeads.RunHash, fromSegments.RunHash);
        Assert.Equal(fromHeads.RunHash, Play(database).RunHash);
    }

    [Fact]
    public void A_slice_at_a_multiple_is_never_early()
    {
        using var database = TickDatabase.OpenInMemory();
        DataFiles.Import(database, "sh", DataFiles.Find("china-l2/600519_20230201", "20230201.zip"));
        database.Seal();

        // Ten minutes of the morning at 600x: a second of wall time.
        using var replay = database.Replay(
            Tables,
            TickTime.Parse("2023-02-01T09:40:00+08:00"),
            TickTime.Parse("2023-02-01T09:50:00+08:00"),
            ReplaySpeed.Times(600)
        );
        long rows = 0;
        var report = replay.Run(block => rows += block.RowCount);
        Assert.True(rows > 1000);
        Assert.Equal(rows, report.Rows);
        Assert.True(report.Seconds > 0.95, $"Ten minutes at 600x took {report.Seconds} s, less than a second.");
    }

    private static ReplayReport Play(TickDatabase database)
    {
        using var replay = database.Replay(Tables);
        var (lastTime, lastSequence) = (long.MinValue, 0L);
        return replay.Run(block =>
        {
            foreach (var run in block.Runs)
            {
                var batch = block.TableBatch(run.Table);
                var times = batch[batch.ColumnCount - 1].Values<long>();
                var sequences = batch[batch.ColumnCount - 2].Values<long>();
                for (var row = run.StartRow; row < run.StartRow + run.RowCount; row++)
                {
                    Assert.True(times[row] > lastTime || (times[row] == lastTime && sequences[row] > lastSequence));
                    (lastTime, lastSequence) = (times[row], sequences[row]);
                }
            }
        });
    }
}
