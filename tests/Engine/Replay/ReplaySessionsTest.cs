// Proves that a replay over a calendar plays the rows inside sessions, and of a Shanghai calendar those of the minute behind one, in order
// of time and of sequence; and that the time between sessions takes none: two days at their recorded pace times 36,000 take some tenths of
// a second, where the night between them alone would take two seconds.
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Tests.Engine.Replay;

public sealed class ReplaySessionsTest
{
    [Theory]
    [InlineData("XSHG", ReplayOrder.Event, "2,4,8,16,64")]
    [InlineData("XSHG", ReplayOrder.Ingest, "64,2,4,8,16")]
    [InlineData("XNYS", ReplayOrder.Event, "")]
    [InlineData(null, ReplayOrder.Event, "1,2,4,8,16,32,64,128")]
    public void Rows_outside_of_sessions_are_left_out(string? calendar, ReplayOrder order, string expected)
    {
        using var database = Market();
        using var replay = database.Replay(["t"], order: order, calendar: calendar);
        var played = new List<long>();
        var report = replay.Run(block => Collect(block, played));
        Assert.Equal(expected, string.Join(',', played));
        Assert.Equal(played.Count, report.Rows);
    }

    [Fact]
    public void Closed_time_takes_no_time()
    {
        using var database = Market();
        using var replay = database.Replay(["t"], speed: ReplaySpeed.Times(36_000), calendar: "XSHG");
        var report = replay.Run(static _ => { });
        Assert.Equal(5, report.Rows);
        Assert.InRange(report.Seconds, 0, 1.5);
    }

    [Fact]
    public void A_calendar_that_is_not_there_is_named()
    {
        using var database = Market();
        var error = Assert.Throws<TickStoreException>(() => database.Replay(["t"], calendar: "nowhere"));
        Assert.Equal(ErrorCode.UnknownName, error.Code);
        Assert.Contains("XSHG", error.Message, StringComparison.Ordinal);
    }

    // Before the open, the first second, the end of the morning and a second later, lunch, the close, the evening; the next morning.
    private static TickDatabase Market()
    {
        var database = TickDatabase.OpenInMemory();
        database.Execute(
            """
            CREATE TABLE t (ts TIMESTAMP, n BIGINT) EVENT TIME ts;
            INSERT INTO t VALUES ('2023-02-02 01:30:00', 64);
            INSERT INTO t VALUES ('2023-02-01 01:00:00', 1), ('2023-02-01 01:30:00', 2), ('2023-02-01 03:29:59', 4),
                ('2023-02-01 03:30:01', 8), ('2023-02-01 07:00:00', 16), ('2023-02-01 12:00:00', 32), ('2023-02-04 02:00:00', 128)
            """
        );
        return database;
    }

    private static void Collect(ReplayBlock block, List<long> played)
    {
        foreach (var run in block.Runs)
        {
            var values = block.TableBatch(run.Table)[1].Values<long>();
            for (var row = run.StartRow; row < run.StartRow + run.RowCount; row++)
            {
                played.Add(values[row]);
            }
        }
    }
}
