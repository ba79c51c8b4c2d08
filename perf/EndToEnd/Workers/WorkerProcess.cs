using System.Diagnostics;
using System.Text.Json;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Workers;

/// <summary>
/// The driver's side of a worker: a child process that holds one engine. Disposing ends it, asked at first and then killed, with all
/// processes that its engine started.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    // Rows of an engine that takes hours are of no use to anybody.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);
    private static readonly HashSet<WorkerProcess> Alive = [];
    private static int count;
    private readonly Process process;
    private readonly string mark;
    private bool isEnded;

    private WorkerProcess(string engine, string folder, MarketProfile market)
    {
        Engine = engine;
        mark = $"{Environment.ProcessId}-{Interlocked.Increment(ref count)}";
        var start = new ProcessStartInfo(Program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        }

        foreach (var argument in new[] { "worker", engine, folder, JsonSerializer.Serialize(market) })
        {
            start.ArgumentList.Add(argument);
        }

        // The same for all, whatever the shell of this run says.
        start.Environment[Kin.Variable] = mark;
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_PROCESSOR_COUNT"] = $"{Math.Min(WorkerMain.ThreadCount, Environment.ProcessorCount)}";
        start.Environment.Remove("DOTNET_TieredPGO");
        start.Environment.Remove("DOTNET_TieredCompilation");
        process = Process.Start(start)!;
        lock (Alive)
        {
            Alive.Add(this);
        }
    }

    /// <summary>The program that knows how to be a worker: this one.</summary>
    public static string Program { get; set; } = Environment.ProcessPath!;

    /// <summary>The engine's name.</summary>
    public string Engine { get; }

    /// <summary>The process's number.</summary>
    public int ProcessId => process.Id;

    /// <summary>The engine's product and version.</summary>
    public string Version { get; private set; } = string.Empty;

    /// <summary>Starts a worker and opens its engine on the folder.</summary>
    /// <returns>Null where the engine cannot take part; <paramref name="reason"/> says why.</returns>
    public static WorkerProcess? TryStart(string engine, string folder, MarketProfile market, out string reason)
    {
        Directory.CreateDirectory(folder);
        var worker = new WorkerProcess(engine, folder, market);
        try
        {
            var hello = worker.Receive("opening", Patience);
            reason = hello.LeftOut ?? string.Empty;
            worker.Version = hello.Version ?? string.Empty;
        }
        catch
        {
            worker.Kill();
            throw;
        }

        if (reason.Length == 0)
        {
            return worker;
        }

        // It ends by itself, and answers nothing any more.
        worker.process.WaitForExit(StopPatience);
        worker.Kill();
        return null;
    }

    /// <summary>As <see cref="TryStart"/>, for an engine that took part before.</summary>
    public static WorkerProcess Start(string engine, string folder, MarketProfile market) =>
        TryStart(engine, folder, market, out var reason)
        ?? throw new WorkerException(engine, "opening", $"it takes no part any more: {reason}");

    /// <summary>
    /// Asks, and waits for the answer. Throws <see cref="WorkerException"/> for an error, a crash, or no answer, after which the worker is
    /// gone; <see cref="InvalidDataException"/> where answers differ.
    /// </summary>
    public WorkerReply Ask(WorkerRequest request)
    {
        var patience =
            request.TimeoutSeconds > 0 ? TimeSpan.FromSeconds(request.TimeoutSeconds) + StopPatience : Patience;
        try
        {
            try
            {
                process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
                process.StandardInput.Flush();
            }
            catch (IOException)
            {
                // It is gone; what it said last comes by the other pipe.
            }

            return Receive(request.ToString(), patience);
        }
        catch (TimeoutException)
        {
            Kill();
            if (request.Command == WorkerCommand.Query)
            {
                // It did not even stop by itself; the caller starts another.
                return new WorkerReply { IsTimeout = true };
            }

            throw new WorkerException(Engine, request.ToString(), $"no answer within {patience.TotalSeconds:F0} s");
        }
        catch
        {
            Kill();
            throw;
        }
    }

    /// <summary>False once it was ended.</summary>
    public bool IsAlive => !isEnded;

    public void Dispose()
    {
        if (isEnded)
        {
            return;
        }

        try
        {
            // Its stdin stays open, or it would take the driver for gone, and end in the middle of a close that takes long.
            Ask(new WorkerRequest(WorkerCommand.Quit));
            process.WaitForExit(StopPatience);
        }
        catch (Exception e) when (e is WorkerException or IOException)
        {
            Console.Error.WriteLine(e.Message);
        }

        Kill();
    }

    /// <summary>Ends all workers at once, without asking: for Ctrl-C and failures.</summary>
    public static void KillAll()
    {
        WorkerProcess[] left;
        lock (Alive)
        {
            left = [.. Alive];
        }

        foreach (var worker in left)
        {
            worker.Kill();
        }
    }

    private WorkerReply Receive(string command, TimeSpan patience)
    {
        var line = process.StandardOutput.ReadLineAsync().WaitAsync(patience).GetAwaiter().GetResult();
        if (line is null)
        {
            process.WaitForExit(StopPatience);
            var code = process.HasExited ? $"exit code {process.ExitCode}" : "its output is closed";
            throw new WorkerException(Engine, command, $"the worker ended: {code}");
        }

        var reply = WorkerReply.Parse(line);
        return reply switch
        {
            { IsDifference: true } => throw new InvalidDataException($"{Engine}, {command}: {reply.Error}"),
            { Error: not null } => throw new WorkerException(Engine, command, reply.Error),
            _ => reply,
        };
    }

    private void Kill()
    {
        lock (process)
        {
            if (isEnded)
            {
                return;
            }

            isEnded = true;
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit(StopPatience);
            }

            Kin.End(mark);
            process.Dispose();
        }

        lock (Alive)
        {
            Alive.Remove(this);
        }
    }
}
