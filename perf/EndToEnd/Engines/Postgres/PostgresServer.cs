using System.Diagnostics;

namespace TickStore.EndToEnd.Engines.Postgres;

/// <summary>The private server below a folder, started and stopped by perf/Peers/postgres.sh; it ends with this process too.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly string script;
    private readonly string folder;

    private PostgresServer(string script, string folder, string connectionString) =>
        (this.script, this.folder, ConnectionString) = (script, folder, connectionString);

    /// <summary>Host, port and user of a connection.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts it on what the folder holds; null and the reason where that is not possible.</summary>
    public static PostgresServer? TryStart(string folder, out string reason)
    {
        var script = Path.Combine(Results.FindRepository() ?? ".", "perf", "Peers", "postgres.sh");
        if (!File.Exists(script))
        {
            reason = "its script, perf/Peers/postgres.sh, was not found above the program";
            return null;
        }

        var (exitCode, line) = Run(script, "start", folder, $"{Environment.ProcessId}");
        reason = exitCode == 0 ? string.Empty : line;
        return exitCode == 0 ? new(script, folder, line) : null;
    }

    public void Dispose() => Run(script, "stop", folder);

    /// <summary>The script's exit code, and its line: of stdout where it went well, else of stderr.</summary>
    private static (int ExitCode, string Line) Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        var output = process.ExitCode == 0 ? process.StandardOutput : process.StandardError;
        return (process.ExitCode, output.ReadLine() ?? string.Empty);
    }
}
