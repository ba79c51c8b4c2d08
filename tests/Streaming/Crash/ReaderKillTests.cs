// Proves that a named reader deals with each row exactly once although the process is SIGKILLed at random moments, in
// the middle of reading, of acknowledging and of committing: a position that was acknowledged is never lost, none is
// ahead of what was, and what comes again behind it is what came before, to the row.
using System.Diagnostics;
using System.Globalization;
using TickStore.Core;
using TickStore.Storage.Devices;

namespace TickStore.Tests.Streaming.Crash;

public sealed class ReaderKillTests
{
    private const int KillCount = 6;

    private readonly List<(long Sequence, long Number)> rows = [];
    private long acknowledging;
    private long acknowledged;
    private int seenAgain;

    [Fact]
    public void Each_row_is_dealt_with_exactly_once()
    {
        var folder = Directory.CreateTempSubdirectory("tickstore-reader-");
        try
        {
            var path = Path.Combine(folder.FullName, "db");
            var random = new Random(11);
            for (var kill = 0; kill < KillCount; kill++)
            {
                Live(path, kill, TimeSpan.FromMilliseconds(500 + random.Next(700)));
            }

            using var database = TickDatabase.Open(PosixFileSystem.Shared, path, CrashViews.Storage);
            var position = database.DurableReaders.Single().Position;
            Assert.InRange(position, acknowledged, acknowledging);
            using var stored = database.Query($"SELECT _seq, qty FROM ticks WHERE _seq <= {position} ORDER BY _seq");
            var expected = stored.ToTextRows().Select(r => (Number(r[0]!), Number(r[1]!))).ToList();
            Assert.NotEmpty(expected);
            Assert.Equal(expected, rows.Where(r => r.Sequence <= position));
            Assert.Equal(Enumerable.Range(0, expected.Count).Select(i => (long)i), expected.Select(r => r.Item2));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Live(string path, int seed, TimeSpan delay)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "TickStore.Tests.Streaming.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, "reader-child", path, $"{seed}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        Task? killer = null;

        // The last line may be cut off by the kill; only one that was followed by another is whole.
        string? last = null;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            killer ??= Task.Delay(delay).ContinueWith(_ => process.Kill(), TaskScheduler.Default);
            if (last is not (null or "."))
            {
                Hear(last);
            }

            last = line;
        }

        killer?.Wait();
        process.WaitForExit();
        Assert.Equal(string.Empty, errors.Result);
        Assert.NotNull(killer);
    }

    private void Hear(string line)
    {
        var parts = line.Split(' ');
        var sequence = Number(parts[1]);
        switch (parts[0])
        {
            case "from":
                // Rows behind it are dealt with once more, and have to be the same.
                Assert.InRange(sequence, acknowledged, Math.Max(acknowledged, acknowledging));
                seenAgain = rows.FindIndex(r => r.Sequence > sequence);
                seenAgain = seenAgain < 0 ? rows.Count : seenAgain;
                break;
            case "row" when seenAgain < rows.Count:
                Assert.Equal(rows[seenAgain++], (sequence, Number(parts[2])));
                break;
            case "row":
                rows.Add((sequence, Number(parts[2])));
                seenAgain = rows.Count;
                break;
            case "acknowledging":
                acknowledging = sequence;
                break;
            default:
                acknowledged = sequence;
                break;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
