using System.Diagnostics;
using System.Text.Json;
using TickStore.EndToEnd.Engines;
using TickStore.EndToEnd.Reporting;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Workers;

/// <summary>
/// The worker's side: <c>worker ENGINE FOLDER MARKET</c>. Opens the engine, says hello, and answers a line with a line until stdin ends;
/// then it ends as well, in the middle of a command if need be, for its driver is gone.
/// </summary>
internal static class WorkerMain
{
    /// <summary>Threads that an engine may use.</summary>
    public const int ThreadCount = 2;

    private static readonly TimeSpan LastCommandPatience = TimeSpan.FromSeconds(5);

    public static int Run(string[] args)
    {
        var output = PrivateOutput.Take();
        // Ctrl-C reaches every process of the terminal; the driver decides what it means.
        Console.CancelKeyPress += (_, e) => e.Cancel = true;
        KeepToTwoCores();
        using var requests = new BlockingLines(Console.In, OnDriverGone);
        var memory = PeakMemory.Start();
        IEngine? engine;
        try
        {
            engine = EngineCatalog.TryOpen(args[1], args[2], out var reason);
            output.WriteLine(
                (engine is null ? new WorkerReply { LeftOut = reason } : new() { Version = engine.Version }).ToJson()
            );
        }
        catch (Exception e)
        {
            output.WriteLine(new WorkerReply { Error = e.Message }.ToJson());
            Console.Error.WriteLine(e);
            return 1;
        }

        if (engine is null)
        {
            return 0;
        }

        using var session = new WorkerSession(
            engine,
            args[2],
            JsonSerializer.Deserialize<MarketProfile>(args[3])!,
            memory
        );
        while (requests.Next() is { } line)
        {
            var request = JsonSerializer.Deserialize<WorkerRequest>(line)!;
            output.WriteLine(session.Answer(request).ToJson());
            if (request.Command == WorkerCommand.Quit)
            {
                break;
            }
        }

        return 0;
    }

    // Whatever an engine starts inherits it. What .NET says about cores is no help here: the driver tells it that there are two.
    private static void KeepToTwoCores()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows())
        {
            return;
        }

        using var self = Process.GetCurrentProcess();
        var allowed = (ulong)self.ProcessorAffinity;
        var kept = 0UL;
        for (var i = 0; i < ThreadCount; i++)
        {
            var lowest = allowed & (0 - allowed);
            kept |= lowest;
            allowed ^= lowest;
        }

        if (allowed != 0)
        {
            self.ProcessorAffinity = (nint)kept;
        }
    }

    // The main thread ends by itself unless it is within a command.
    private static void OnDriverGone()
    {
        Thread.Sleep(LastCommandPatience);
        if (Environment.GetEnvironmentVariable(Kin.Variable) is { } mark)
        {
            Kin.End(mark);
        }

        Environment.Exit(1);
    }
}
