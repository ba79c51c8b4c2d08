// Proves that the times of a bucket are all of its times: for random time stamps the bucket that the grid or time_bucket puts them into
// says a range that holds them, and a run around each whose ends are in the same bucket. The functions themselves are the twin.
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Operators;

public sealed class BucketTimesTests
{
    private const long Begin = 1_767_225_600_000_000_000;

    private static readonly ColumnExpression Time = new(0, "ts", DataType.Timestamp, false);

    [Theory]
    [InlineData("XSHG", 60, false, null)]
    [InlineData("XSHG", 300, true, null)]
    [InlineData("XSHG", 3600, false, Placement.Next)]
    [InlineData("XNYS", 1800, true, Placement.Last)]
    [InlineData("CFFEX", 86400, false, Placement.Next)]
    [InlineData("XNYS", 7 * 86400, false, Placement.Last)]
    public void A_bar_of_a_calendar_knows_its_times(string name, long seconds, bool isClosedRight, Placement? outside)
    {
        var width =
            seconds < 86400 ? Interval.OfNanos(seconds * 1_000_000_000) : new Interval(0, (int)(seconds / 86400), 0);
        var options = new GridOptions { IsClosedRight = isClosedRight, Outside = outside };
        var grid = new CalendarGrid(BuiltInCalendars.Find(name)!, width, options);
        var times = BucketTimes.Of(CalendarCalls.Bucket(grid, name, Time))!;
        Assert.True(times.HasRuns);
        var random = new Random(7);
        var barCount = 0;
        for (var i = 0; i < 2000; i++)
        {
            // Whole minutes among them, for boundaries.
            var nanos = Begin + random.NextInt64(90 * Interval.NanosPerDay);
            nanos -= i % 2 == 0 ? nanos % 60_000_000_000 : 0;
            var bar = grid.Find(nanos);
            if (!bar.IsBar)
            {
                continue;
            }

            barCount++;
            var (from, to) = times.RangeOf(bar.OpenNanos);
            Assert.InRange(nanos, from, to);
            var (runFrom, count) = times.RunOf(bar.OpenNanos, nanos);
            Assert.InRange(nanos, runFrom, runFrom + (long)count - 1);
            Assert.Equal(bar.OpenNanos, grid.Find(runFrom).OpenNanos);
            Assert.Equal(bar.OpenNanos, grid.Find(runFrom + (long)count - 1).OpenNanos);

            // Any stretch that has the bar has its times.
            var (spanFrom, spanTo) = times.SpanOf(
                bar.OpenNanos - random.NextInt64(1 + (i % 3 * Interval.NanosPerDay)),
                bar.OpenNanos + random.NextInt64(1 + (i % 5 * Interval.NanosPerDay))
            );
            Assert.InRange(nanos, spanFrom, spanTo);
        }

        Assert.True(barCount > 100);
    }

    [Theory]
    [InlineData(0, 60_000_000_000, 0)]
    [InlineData(0, 7_000_000_001, 1)]
    [InlineData(1, 0, 0)]
    [InlineData(5, 0, 3)]
    public void A_bucket_of_a_fixed_width_or_of_months_knows_its_times(int months, long nanos, long shift)
    {
        var overload = FunctionRegistry.Scalars["time_bucket"].Resolve([DataType.Interval, DataType.Timestamp])!;
        var minus = FunctionRegistry.Scalars["-"].Resolve([DataType.Timestamp, DataType.Interval])!;
        BoundExpression position =
            shift == 0
                ? Time
                : new CallExpression(
                    minus,
                    [Time, new ConstantExpression(ConstantValue.Of(Interval.OfNanos(shift)))],
                    false
                );
        var width = new Interval(months, 0, nanos);
        var key = new CallExpression(overload, [new ConstantExpression(ConstantValue.Of(width)), position], false);
        var times = BucketTimes.Of(key)!;
        Assert.Equal(months == 0, times.HasRuns);

        var pool = new BlockPool(new MemoryBudget(1L << 30, "buckets"));
        using var batch = Batch.Allocate(new BatchSchema([new ColumnSchema("ts", DataType.Timestamp)]), 1000, pool);
        var random = new Random(3);
        for (var row = 0; row < 1000; row++)
        {
            batch[0].Writable<long>()[row] = Begin + random.NextInt64(1000 * Interval.NanosPerDay);
        }

        batch[0].SetRowCount(1000);
        batch.SetRowCount(1000);
        using var evaluator = new ExpressionEvaluator(key, TestQuery.Context(new SymbolTable()));
        var buckets = evaluator.Evaluate(batch).Values<long>();
        for (var row = 0; row < 1000; row++)
        {
            var (from, to) = times.RangeOf(buckets[row]);
            Assert.InRange(batch[0].Values<long>()[row], from, to);
            var (spanFrom, spanTo) = times.SpanOf(buckets[row] - random.Next(9), buckets[row] + random.Next(9));
            Assert.InRange(batch[0].Values<long>()[row], spanFrom, spanTo);
            if (times.HasRuns)
            {
                Assert.Equal((from, (ulong)(to - from) + 1), times.RunOf(buckets[row], batch[0].Values<long>()[row]));
                Assert.Equal(nanos, to - from + 1);
            }
        }
    }
}
