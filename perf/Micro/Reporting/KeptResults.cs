using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TickStore.Micro.Reporting;

/// <summary>Where results are kept: perf/Results/CPU/micro/, as JSON lines and as Markdown.</summary>
internal static class KeptResults
{
    /// <summary>Writes both files of a run, over those of the run before.</summary>
    /// <param name="name">Of the run: its mode.</param>
    /// <param name="rows">Its figures.</param>
    /// <returns>The folder.</returns>
    public static string Write(string name, IReadOnlyList<MicroRow> rows)
    {
        var root = FindRepository();
        var folder = Path.Combine(root, "perf", "Results", MachineFolder(), "micro");
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, $"{name}.jsonl"), rows.Select(r => r.ToJson()));
        File.WriteAllText(
            Path.Combine(folder, $"{name}.md"),
            $"""
            # Micro benchmarks, {name}

            {CpuName()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, commit {Commit(
                root
            )}. Times are medians of one value; x base is time over the group's baseline.
            {MicroTable.Write(rows)}
            """
        );
        return folder;
    }

    /// <summary>The repository that this program was built in.</summary>
    public static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TickStore.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("TickStore.sln was not found above the program");
    }

    // The same name as the end-to-end suite gives a machine, so that all its results lie in one folder.
    private static string MachineFolder()
    {
        var plain = CpuName().ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-');
        return string.Join('-', new string([.. plain]).Split('-', StringSplitOptions.RemoveEmptyEntries))
            + $"-{Environment.ProcessorCount}-cores";
    }

    private static string CpuName()
    {
        const string File = "/proc/cpuinfo";
        var line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Commit(string root)
    {
        var start = new ProcessStartInfo("git", ["-C", root, "rev-parse", "--short", "HEAD"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            var output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
