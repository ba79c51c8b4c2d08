using System.Globalization;
using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;
using TickStore.Tests.Streaming.Law;

namespace TickStore.Tests.Streaming.Crash;

/// <summary>
/// The process that is killed: commits rows for ever into a database with live views, and prints what subscribers of them are told: a line
/// for each change, and one for each position from which to resume. It resumes from the positions that it is given.
/// </summary>
internal static class CrashChild
{
    private const long DayNanos = 24L * 3600 * 1_000_000_000;

    /// <summary>Never returns.</summary>
    /// <param name="folder">The database.</param>
    /// <param name="round">Chooses rows and their grouping; twenty rounds follow each other in time.</param>
    /// <param name="positions">NAME:SEQUENCE:EPOCH for each subscriber that has one.</param>
    /// <param name="output">What the parent reads.</param>
    public static int Run(string folder, int round, string[] positions, TextWriter output)
    {
        using var database = TickDatabase.Open(PosixFileSystem.Shared, folder, CrashViews.Storage);
        output = TextWriter.Synchronized(output);
        output.WriteLine("ready");
        output.Flush();
        if (database.FindTable("trades") is null)
        {
            LawCommits.CreateTables(database);
        }

        foreach (var view in CrashViews.All.Where(v => database.FindView(v.Name) is null))
        {
            database.Execute(view.Create);
        }

        foreach (var name in CrashViews.Followed)
        {
            var position = positions.Select(p => p.Split(':')).FirstOrDefault(p => p[0] == name);
            var request = position is null
                ? new SubscriptionRequest { Source = name, Snapshot = true }
                : new SubscriptionRequest
                {
                    Source = name,
                    FromSequence = long.Parse(position[1], CultureInfo.InvariantCulture),
                    Epoch = uint.Parse(position[2], CultureInfo.InvariantCulture),
                };
            new Thread(() => Print(database, request, output)) { IsBackground = true }.Start();
        }

        var random = new Random(round);
        var market = LawMarket.Make(round, 20_000);
        for (var i = 0; i < market.Rows.Count; i++)
        {
            market.Rows[i].Values[0] = (long)market.Rows[i].Values[0]! + (round % 20 * 7 * DayNanos);
        }

        var commits = new LawCommits(database, market);
        while (true)
        {
            commits.ContinueFrom(0);
            while (commits.Done < market.Rows.Count)
            {
                commits.Durability = random.Next(8) == 0 ? Durability.Fsync : Durability.Async;
                commits.CommitUntil(Math.Min(market.Rows.Count, commits.Done + 1 + random.Next(40)), random, 12);
                if (commits.Durability == Durability.Fsync)
                {
                    output.WriteLine($"ack {database.CommittedSequence}");
                    output.Flush();
                }

                // Slow enough for whoever reads the lines.
                Thread.Sleep(1);
                if (random.Next(400) == 0)
                {
                    database.Seal();
                }
            }
        }
    }

    private static void Print(TickDatabase database, SubscriptionRequest request, TextWriter output)
    {
        try
        {
            database.WaitForView(request.Source!);
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.UnknownName)
        {
            // A table.
        }

        using var subscription = database.Subscribe(request);
        while (subscription.Read() is { } block)
        {
            Follower.Take(
                subscription,
                block,
                change =>
                    output.WriteLine($"r {request.Source} {change.Step} {(int)change.Op} {change.Key} {change.Row}"),
                (sequence, epoch) => output.WriteLine($"b {request.Source} {sequence} {epoch}"),
                (sequence, epoch) => output.WriteLine($"k {request.Source} {sequence} {epoch}")
            );
            output.Flush();
        }
    }
}
