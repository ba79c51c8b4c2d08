// Proves the partition arithmetic against the calendar of .NET over its whole range, and its ends where nanoseconds
// overflow.
using TickStore.Core;
using TickStore.Storage.Catalog;

namespace TickStore.Tests.Storage.Catalog;

public sealed class PartitionsTests
{
    [Theory]
    [InlineData(PartitionUnit.Hour)]
    [InlineData(PartitionUnit.Day)]
    [InlineData(PartitionUnit.Month)]
    [InlineData(PartitionUnit.Year)]
    public void Partitions_are_those_of_the_calendar(PartitionUnit unit)
    {
        var random = new Random(11);
        for (var i = 0; i < 5000; i++)
        {
            var ticks = random.NextInt64(-92_000_000_000_000_000, 92_000_000_000_000_000);
            var time = DateTimeOffset.UnixEpoch.AddTicks(ticks);
            var (first, next) = unit switch
            {
                PartitionUnit.Hour => (
                    At(time.Year, time.Month, time.Day, time.Hour),
                    At(time.Year, time.Month, time.Day, time.Hour).AddHours(1)
                ),
                PartitionUnit.Day => (
                    At(time.Year, time.Month, time.Day, 0),
                    At(time.Year, time.Month, time.Day, 0).AddDays(1)
                ),
                PartitionUnit.Month => (At(time.Year, time.Month, 1, 0), At(time.Year, time.Month, 1, 0).AddMonths(1)),
                _ => (At(time.Year, 1, 1, 0), At(time.Year, 1, 1, 0).AddYears(1)),
            };
            Assert.Equal((Nanos(first), Nanos(next) - 1), Partitions.Around(unit, (ticks * 100) + random.Next(100)));
        }
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MinValue + 1)]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    [InlineData(-1)]
    public void The_ends_of_time_lie_in_a_partition(long nanos)
    {
        foreach (var unit in Enum.GetValues<PartitionUnit>())
        {
            var (first, last) = Partitions.Around(unit, nanos);
            Assert.InRange(nanos, first, last);
        }

        Assert.Equal((long.MinValue, long.MaxValue), Partitions.Around(PartitionUnit.None, nanos));
    }

    private static DateTimeOffset At(int year, int month, int day, int hour) =>
        new(year, month, day, hour, 0, 0, TimeSpan.Zero);

    private static long Nanos(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * 100;
}
