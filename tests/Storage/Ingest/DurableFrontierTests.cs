// Proves that the durable sequence is exactly that of the last commit whose end the log has reached, however many commits wait
// for the device: random steps beside the slow twin, a list that is searched from its start.
using TickStore.Storage.Ingest;

namespace TickStore.Tests.Storage.Ingest;

public sealed class DurableFrontierTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 500)]
    [InlineData(3, 20_000)]
    public void The_durable_sequence_is_that_of_the_last_commit_the_log_has_reached(int seed, int burstMax)
    {
        var random = new Random(seed);
        var frontier = new DurableFrontier(recoveredSequence: 7);
        var commits = new List<(long End, long Sequence)>();
        var (end, sequence, durable) = (100L, 7L, 100L);
        for (var step = 0; step < 40; step++)
        {
            for (var left = random.Next(burstMax); left > 0; left--)
            {
                end += random.Next(1, 1000);
                sequence += random.Next(1, 30);
                frontier.Committed(end, sequence);
                commits.Add((end, sequence));
            }

            durable = random.NextInt64(durable, end + 1);
            frontier.Advanced(durable);
            var expected = commits.FindLast(c => c.End <= durable) is { Sequence: > 0 } last ? last.Sequence : 7;
            Assert.Equal(expected, frontier.DurableSequence);
        }

        frontier.Advanced(end);
        Assert.Equal(sequence, frontier.DurableSequence);
    }

    [Fact]
    public void A_commit_that_the_log_reached_before_it_was_told_is_durable_at_once()
    {
        var frontier = new DurableFrontier(recoveredSequence: 0);
        frontier.Advanced(500);
        frontier.Committed(400, 10);
        frontier.Committed(500, 20);
        frontier.Committed(501, 30);
        Assert.Equal(20, frontier.DurableSequence);
    }
}
