using System.Diagnostics;
using System.Globalization;
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Streaming;
using TickStore.Tests.Streaming.Law;

namespace TickStore.Tests.Streaming.Crash;

/// <summary>
/// Rounds of: start a process that commits into live views and tells subscribers, SIGKILL it at a random moment, open the database.
/// Then each view has the rows of its query, no acknowledged commit is gone, and each subscriber that resumes from where it was
/// comes to the view's rows without a gap and without a duplicate, whatever of what it saw was lost.
/// </summary>
internal static class CrashCampaign
{
    private const int KillsPerDatabase = 20;

    /// <summary>Runs `--count N [--seed S]`, and prints what was seen. 0 where all held.</summary>
    public static int Run(string[] args, TextWriter output)
    {
        var options = new Dictionary<string, string> { ["--count"] = "200", ["--seed"] = "1" };
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            options[args[i]] = args[i + 1];
        }

        var folder = Directory.CreateTempSubdirectory("tickstore-views-");
        try
        {
            var report = Run(
                Path.Combine(folder.FullName, "db"),
                int.Parse(options["--count"], CultureInfo.InvariantCulture),
                int.Parse(options["--seed"], CultureInfo.InvariantCulture),
                output.WriteLine
            );
            output.WriteLine(report.ToString());
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Kills one process after the other; throws at the first violation.</summary>
    public static CrashReport Run(string folder, int killCount, int seed, Action<string>? progress = null)
    {
        var random = new Random(seed);
        var report = new CrashReport();
        Follower[] followers = [];
        var firings = 0L;
        var changes = CrashViews.Followed.ToDictionary(n => n, _ => 0L);
        for (var kill = 0; kill < killCount; kill++)
        {
            // A database grows with each round, and so does its check: a new one begins now and then.
            if (kill % KillsPerDatabase == 0)
            {
                followers = [.. CrashViews.Followed.Select(n => new Follower(n))];
                firings = 0;
            }

            var database = $"{folder}-{kill / KillsPerDatabase}";
            // While it opens and catches up, or later, when all is live.
            var delay = TimeSpan.FromMilliseconds(random.Next(3) == 0 ? random.Next(900) : 900 + random.Next(1500));
            var changesBefore = followers.Select(f => f.ChangeCount).ToArray();
            var rollbacksBefore = followers.Sum(f => f.RollbackCount);
            var acknowledged = WriteAndKill(database, (seed * 1000) + kill, delay, followers);
            var firingsBefore = firings;
            report = Verify(database, acknowledged, followers, kill, report, ref firings);
            for (var i = 0; i < followers.Length; i++)
            {
                changes[followers[i].Name] += followers[i].ChangeCount - changesBefore[i];
            }

            report = report with
            {
                Kills = kill + 1,
                Changes = changes.Values.Sum(),
                Firings = report.Firings + firings - firingsBefore,
                Rollbacks = report.Rollbacks + followers.Sum(f => f.RollbackCount) - rollbacksBefore,
            };
            if ((kill + 1) % 10 == 0)
            {
                progress?.Invoke(report.ToString());
            }
        }

        progress?.Invoke(string.Join(", ", changes.Select(c => $"{c.Key} {c.Value}")));
        return report with { FewestChanges = changes.Values.Min() };
    }

    private static CrashReport Verify(
        string folder,
        long acknowledged,
        Follower[] followers,
        int kill,
        CrashReport report,
        ref long firings
    )
    {
        using var database = TickDatabase.Open(PosixFileSystem.Shared, folder, CrashViews.Storage);
        var recovered = database.CommittedSequence;
        Require(
            recovered >= acknowledged,
            $"kill {kill}: _seq {acknowledged} was acknowledged, and {recovered} recovered"
        );
        if (database.FindView(CrashViews.Alert.Name) is not null)
        {
            firings = ToldFirings.Settle(database, kill);
            recovered = database.CommittedSequence;
        }

        foreach (var view in CrashViews.All.Where(v => database.FindView(v.Name) is not null))
        {
            database.WaitForView(view.Name);
            using var contents = database.Query($"SELECT * FROM {view.Name}");
            using var answer = view.Statement is null
                ? database.Query($"{view.Query} AS OF SEQ {recovered}")
                : LawReference.RunPlan(database, view, recovered);
            var differences = RowDifferences.Find(
                CanonicalRows.Read(contents),
                CanonicalRows.Read(answer),
                contents.Schema
            );
            Require(differences is null, $"kill {kill}: view {view.Name} at {recovered}: {differences}");
            report = report with { Compared = report.Compared + 1 };
        }

        foreach (var follower in followers)
        {
            if (database.FindView(follower.Name) is null && database.FindTable(follower.Name) is null)
            {
                continue;
            }

            var from = follower.Sequence;
            try
            {
                using var subscription = database.Subscribe(follower.Request);
                follower.Follow(subscription, recovered);
            }
            catch (LawException e)
            {
                throw new LawException($"kill {kill}, resumed from {from}, recovered {recovered}: {e.Message}", e);
            }

            using var contents = database.Query($"SELECT * FROM {follower.Name}");
            var differences = RowDifferences.Find(
                [.. follower.Rows.Select(Convert.FromHexString)],
                CanonicalRows.Read(contents),
                contents.Schema
            );
            Require(
                differences is null,
                $"kill {kill}: subscriber of {follower.Name}, resumed from {from}, at {recovered}: {differences}"
            );
            report = report with { Compared = report.Compared + 1 };
        }

        return report;
    }

    private static long WriteAndKill(string folder, int round, TimeSpan delay, Follower[] followers)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "TickStore.Tests.Streaming.dll");
        var positions = followers
            .Where(f => f.HasPosition)
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name}:{f.Sequence}:{f.Epoch}"));
        var start = new ProcessStartInfo(
            "dotnet",
            ["exec", program, "crash-child", folder, round.ToString(CultureInfo.InvariantCulture), .. positions]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (process.StandardOutput.ReadLine() is not "ready")
        {
            process.WaitForExit();
            throw new InvalidOperationException($"The process did not start: {errors.Result}");
        }

        var killer = Task.Delay(delay).ContinueWith(_ => process.Kill(), TaskScheduler.Default);
        var byName = followers.ToDictionary(f => f.Name);
        var acknowledged = 0L;
        foreach (var follower in followers)
        {
            follower.Cut();
        }

        // The last line may be cut off by the kill; only one that was followed by another is whole.
        string? last = null;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            acknowledged = Math.Max(acknowledged, last is null ? 0 : Hear(last, byName));
            last = line;
        }

        killer.Wait();
        process.WaitForExit();
        if (errors.Result.Length > 0)
        {
            throw new InvalidOperationException($"The process failed before it was killed: {errors.Result}");
        }

        return acknowledged;
    }

    private static long Hear(string line, Dictionary<string, Follower> followers)
    {
        var parts = line.Split(' ');
        long Number(int at) => long.Parse(parts[at], CultureInfo.InvariantCulture);
        switch (parts[0])
        {
            case "ack":
                return Number(1);
            case "r":
                followers[parts[1]].Add(new FollowedChange(Number(2), (ChangeOp)Number(3), parts[4], parts[5]));
                return 0;
            case "b":
                followers[parts[1]].Complete(Number(2), (uint)Number(3));
                return 0;
            case "k":
                followers[parts[1]].RollBack(Number(2), (uint)Number(3));
                return 0;
            default:
                throw new LawException($"A line says nothing known: {line}");
        }
    }

    private static void Require(bool holds, string violation)
    {
        if (!holds)
        {
            throw new LawException($"Violation: {violation}");
        }
    }
}

/// <summary>What a campaign saw.</summary>
internal sealed record CrashReport(
    int Kills = 0,
    long Changes = 0,
    int Rollbacks = 0,
    int Compared = 0,
    long Firings = 0,
    long FewestChanges = 0
)
{
    public override string ToString() =>
        $"{Kills} kills: {Changes} changes followed without gap or duplicate, {Rollbacks} rollbacks told; views and subscribers equal the "
        + $"queries in {Compared} comparisons; the alert's table told of {Firings} firings exactly once";
}
