using System.Diagnostics;
using System.Globalization;

namespace TickStore.Tests.Support.Crash;

/// <summary>
/// Rounds of: start the writer, read its acknowledgements, SIGKILL it at a random moment, open the database and compare. The
/// list of acknowledgements is the oracle: none may be lost, no batch partial, none there twice.
/// </summary>
public static class CrashCampaign
{
    private const int KillsPerDatabase = 20;

    public static int Run(string[] args, TextWriter output)
    {
        var options = new Dictionary<string, string> { ["--count"] = "200", ["--seed"] = "1" };
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            options[args[i]] = args[i + 1];
        }

        var folder = options.GetValueOrDefault("--db") ?? Directory.CreateTempSubdirectory("tickstore-crash-").FullName;
        var report = Run(
            Path.Combine(folder, "db"),
            int.Parse(options["--count"]),
            int.Parse(options["--seed"]),
            output.WriteLine
        );
        output.WriteLine(report.ToString());
        return 0;
    }

    /// <summary>Kills <paramref name="killCount"/> writers one after the other; throws at the first violation.</summary>
    public static CrashReport Run(string folder, int killCount, int seed, Action<string>? progress = null)
    {
        var random = new Random(seed);
        var acknowledged = new Dictionary<long, int>();
        var report = new CrashReport();
        for (var kill = 0; kill < killCount; kill++)
        {
            // Some kills come during recovery and the first seal, some long after.
            var delay = TimeSpan.FromMilliseconds(random.Next(4) == 0 ? random.Next(150) : 150 + random.Next(900));
            // A database grows with each round, and so does its check: a new one begins now and then.
            if (kill % KillsPerDatabase == 0)
            {
                acknowledged.Clear();
            }

            var database = $"{folder}-{kill / KillsPerDatabase}";
            var batchesBefore = acknowledged.Count;
            WriteAndKill(database, (kill * 1000) + seed, delay, acknowledged);
            var opening = Stopwatch.StartNew();
            var found = CrashCheck.Verify(database, acknowledged);
            report = report with
            {
                Kills = kill + 1,
                AcknowledgedBatches = report.AcknowledgedBatches + acknowledged.Count - batchesBefore,
                RowsOfLastDatabase = found,
                SlowestOpenSeconds = Math.Max(report.SlowestOpenSeconds, opening.Elapsed.TotalSeconds),
            };
            if ((kill + 1) % 10 == 0)
            {
                progress?.Invoke(report.ToString());
            }
        }

        return report;
    }

    private static void WriteAndKill(string folder, int seed, TimeSpan delay, Dictionary<long, int> acknowledged)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "TickStore.Tests.CrashWriter.dll");
        var start = new ProcessStartInfo("dotnet", [program, "write", folder, seed.ToString()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (process.StandardOutput.ReadLine() is not "ready")
        {
            process.WaitForExit();
            throw new InvalidOperationException($"The writer did not start: {errors.Result}");
        }

        var killer = Task.Delay(delay).ContinueWith(_ => process.Kill(), TaskScheduler.Default);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var parts = line.Split(' ');

            // The last line may be cut off by the kill; only a whole one is an acknowledgement.
            if (
                parts is ["ack", var batch, var rows]
                && long.TryParse(batch, CultureInfo.InvariantCulture, out var number)
                && int.TryParse(rows, CultureInfo.InvariantCulture, out var count)
            )
            {
                acknowledged[number] = count;
            }
        }

        killer.Wait();
        process.WaitForExit();
        if (errors.Result.Length > 0)
        {
            throw new InvalidOperationException($"The writer failed before it was killed: {errors.Result}");
        }
    }
}

/// <summary>What a campaign saw.</summary>
public sealed record CrashReport(
    int Kills = 0,
    int AcknowledgedBatches = 0,
    long RowsOfLastDatabase = 0,
    double SlowestOpenSeconds = 0
)
{
    public override string ToString() =>
        $"{Kills} kills: {AcknowledgedBatches} acknowledged batches, none lost, none partial, none twice; "
        + $"{RowsOfLastDatabase} rows in the last database; slowest open and check {SlowestOpenSeconds:F2} s";
}
