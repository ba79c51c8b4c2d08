// Proves: the small profile's tables take exactly the bytes that Sizes/small.txt says, in all and by column. Rows, clock and encoder are
// deterministic on any machine, so a codec that got worse fails here, and so does one that got better, until the file says the new number.
using System.Globalization;
using System.Text;
using TickStore.Core;
using TickStore.EndToEnd.Data;
using TickStore.Storage;
using TickStore.Workloads;

namespace TickStore.Tests.Budgets;

[Collection(Alone.Name)]
public sealed class BytesPerRowTests
{
    private const int CommitRows = 20_000;

    // Fewer than the head takes before a thread of its own would begin to seal: the segments must not depend on when that is.
    private const int SealRows = 100_000;

    private static readonly string[] Expected = File.ReadAllLines(
        Path.Combine(AppContext.BaseDirectory, "Sizes", "small.txt")
    );

    public static TheoryData<string> Variants =>
        new(["trades", "trades_10ms", "quotes", "snapshots", "snapshots_quiet"]);

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_table_takes_the_bytes_that_the_file_says(string variant)
    {
        var actual = Measure(variant);
        var expected = Array.FindAll(Expected, line => line.StartsWith(variant + " ", StringComparison.Ordinal));
        Assert.True(
            expected.AsSpan().SequenceEqual(actual.ToArray()),
            $"tests/Budgets/Sizes/small.txt says\n{string.Join('\n', expected)}\nand the table takes\n{string.Join('\n', actual)}\n"
                + "More bytes are a codec that got worse. For fewer, write the new lines into the file."
        );
    }

    [Fact]
    public void Every_line_of_the_file_is_of_a_variant() =>
        Assert.All(Expected, line => Assert.Contains(line.Split(' ')[0], Variants.Select(v => v.Data)));

    private static List<string> Measure(string variant)
    {
        var market = WorkloadProfile.Small.Market;
        market = variant switch
        {
            "trades_10ms" => market with { StampNanos = MarketProfile.TenMillisecondStamps },
            "snapshots_quiet" => market with { BookActivity = MarketProfile.QuietBook },
            _ => market,
        };
        var workload = Workload.Of(variant.Split('_')[0], WorkloadProfile.Small with { Market = market });
        var folder = Directory.CreateTempSubdirectory("tickstore-budgets-").FullName;
        try
        {
            using var database = TickDatabase.Open(folder, new TickDatabaseOptions { Clock = new SteadyClock() });
            Write(database, workload);
            return Describe(variant, database.Statistics().Single());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(TickDatabase database, Workload workload)
    {
        database.CreateTable(workload.Schema);
        var symbols = workload.InternSymbols(database.Symbols);
        var options = new AppenderOptions { CommitRows = CommitRows, Durability = Durability.Async };
        using var appender = database.CreateAppender(workload.Name, options);
        for (var start = 0; start < workload.RowCount; start += CommitRows)
        {
            workload.Fill(appender.Pending, start, Math.Min(CommitRows, workload.RowCount - start), symbols);
            appender.Commit();
            if (workload.Name == "snapshots" && (start + CommitRows) % SealRows == 0)
            {
                database.Seal();
            }
        }

        database.Seal();
    }

    private static List<string> Describe(string variant, TableStatistics table)
    {
        Assert.Equal(0, table.HeadRowCount);
        var lines = new List<string> { Line("total", table.SegmentBytes) };
        foreach (var column in table.Columns)
        {
            lines.Add(Line($"column.{column.Column.Name}", column.Bytes));
        }

        return lines;

        string Line(string part, long bytes) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{variant} {part} {bytes} bytes, {(double)bytes / table.RowCount:F4} a row"
            );
    }

    /// <summary>A clock that goes on by a millisecond at each look, so that time stamps of commits are always the same.</summary>
    private sealed class SteadyClock : TimeProvider
    {
        private long ticks = new DateTime(2023, 2, 1, 1, 30, 0, DateTimeKind.Utc).Ticks;

        public override DateTimeOffset GetUtcNow() =>
            new(Interlocked.Add(ref ticks, TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
    }
}
