using System.Diagnostics;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>Where libchdb.so is: what TICKSTORE_CHDB names, else what perf/Peers/clickhouse.sh installed.</summary>
internal static class ChDbLocation
{
    private const string Variable = "TICKSTORE_CHDB";

    /// <summary>The path, or null and the reason.</summary>
    public static string? TryFind(out string reason)
    {
        reason = string.Empty;
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            reason = File.Exists(named) ? string.Empty : $"{Variable} names {named}, which is not there";
            return reason.Length == 0 ? named : null;
        }

        var script = Path.Combine(Results.FindRepository() ?? ".", "perf", "Peers", "clickhouse.sh");
        if (!File.Exists(script))
        {
            reason = "its script was not found beside the program";
            return null;
        }

        using var process = Process.Start(
            new ProcessStartInfo(script, "path") { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var path = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        if (process.ExitCode == 0)
        {
            return path;
        }

        reason = error.GetAwaiter().GetResult().Trim();
        return null;
    }
}
