// Proves pacing and control with a clock that moves a little at each look, so that no wall time decides: no row is early,
// a change of speed does not jump, a pause holds, steps play exactly as many rows as were asked for.
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Tests.Engine.Replay;

public sealed class ReplayPaceTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(250.5)]
    public void No_row_is_early_and_the_pace_is_the_multiple(double multiple)
    {
        using var database = Filled(out var clock);
        var session = Session(database, clock, ReplaySpeed.Times(multiple));
        var startStamp = clock.Stamp;
        var lastStamp = 0L;
        var report = session.Run(block =>
        {
            lastStamp = clock.Stamp;
            var dueNanos = (block.LastTime - MarketTables.Start) / multiple;
            Assert.True(lastStamp - startStamp >= dueNanos, "A row came before it was due.");
        });
        const double RecordedNanos = 999 / 3 * 1_000_000.0;

        // Measuring the lag of a row moves this clock too, and that is all that may come on top of the recorded pace.
        var measuringNanos = 1000 * 3 * SteppingClock.LookNanos;
        Assert.Equal(1000, report.Rows);
        Assert.InRange(lastStamp - startStamp, RecordedNanos / multiple, (RecordedNanos / multiple) + measuringNanos);
    }

    [Fact]
    public void Steps_play_exactly_what_was_asked_for()
    {
        using var database = Filled(out var clock);
        var session = Session(database, clock, ReplaySpeed.Step);
        var played = 0;
        var asked = new[] { 1, 5, 100, 7 };
        var asking = 0;
        session.Step(asked[0]);
        session.Run(block =>
        {
            played += block.RowCount;
            if (asking == asked.Length)
            {
                return;
            }

            Assert.True(played <= asked.Take(asking + 1).Sum());
            if (played == asked.Take(asking + 1).Sum())
            {
                if (++asking < asked.Length)
                {
                    session.Step(asked[asking]);
                }
                else
                {
                    session.Speed = ReplaySpeed.Max;
                }
            }
        });
        Assert.Equal(1000, played);
        Assert.Equal(asked.Length, asking);
    }

    [Fact]
    public async Task A_pause_holds_until_resume()
    {
        using var database = Filled(out var clock);
        var session = Session(database, clock, ReplaySpeed.Max);
        var played = 0;
        var paused = new TaskCompletionSource();
        var run = Task.Run(
            () =>
                session.Run(block =>
                {
                    Interlocked.Add(ref played, block.RowCount);
                    if (paused.TrySetResult())
                    {
                        session.Pause();
                    }
                }),
            TestContext.Current.CancellationToken
        );
        await paused.Task;
        var atPause = Volatile.Read(ref played);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(atPause, Volatile.Read(ref played));
        Assert.False(run.IsCompleted);
        session.Resume();
        Assert.Equal(1000, (await run).Rows);
    }

    [Fact]
    public void Cancelling_ends_a_replay_that_waits()
    {
        using var database = Filled(out var clock);
        var session = Session(database, clock, ReplaySpeed.Step);
        using var cancel = new CancellationTokenSource(50);
        Assert.ThrowsAny<OperationCanceledException>(() => session.Run(_ => { }, cancel.Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(1e7)]
    public void A_speed_that_is_none_is_refused(double multiple)
    {
        var error = Assert.Throws<TickStoreException>(() => ReplaySpeed.Times(multiple));
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
    }

    private static TickDatabase Filled(out SteppingClock clock)
    {
        var database = TickDatabase.OpenInMemory();
        MarketTables.Fill(database, ["a", "b"], 1000, 11);
        clock = new SteppingClock();
        return database;
    }

    private static ReplaySession Session(TickDatabase database, TimeProvider clock, ReplaySpeed speed)
    {
        // The snapshot ends with the database, which the test disposes of.
        var snapshot = database.OpenSnapshot();
        return new ReplaySession(
            new ReplayOptions
            {
                Tables = [snapshot.GetTable("a"), snapshot.GetTable("b")],
                Speed = speed,
                BlockRowsMax = 50,
                Pool = database.Pool,
                Clock = clock,
            }
        );
    }

    /// <summary>Nanosecond stamps; each look moves it by 20 microseconds.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        public const long LookNanos = 20_000;

        public long Stamp { get; private set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => Stamp += LookNanos;
    }
}
