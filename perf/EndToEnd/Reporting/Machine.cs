using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TickStore.EndToEnd.Reporting;

/// <summary>Where figures were taken: absolute times do not travel, so they never go without this.</summary>
internal sealed record Machine(string Cpu, int Cores, string Runtime, string System, string Disk, string Commit)
{
    /// <summary>Looks at the machine; what cannot be found out is "unknown".</summary>
    /// <param name="folder">Where the databases lie, for the kind of its file system.</param>
    public static Machine Detect(string folder) =>
        new(
            CpuName(),
            Environment.ProcessorCount,
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.OSDescription,
            DiskOf(folder),
            CommitOf(Results.FindRepository())
        );

    /// <summary>The CPU as a folder name: lower case, letters, digits and hyphens.</summary>
    public string FolderName
    {
        get
        {
            var plain = Cpu.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-');
            return string.Join('-', new string([.. plain]).Split('-', StringSplitOptions.RemoveEmptyEntries))
                + $"-{Cores}-cores";
        }
    }

    public override string ToString() => $"{Cpu}, {Cores} cores, {Runtime}, {System}, {Disk}, commit {Commit}";

    private static string CpuName()
    {
        const string path = "/proc/cpuinfo";
        var line = File.Exists(path)
            ? File.ReadLines(path).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static string DiskOf(string folder)
    {
        try
        {
            return new DriveInfo(folder).DriveFormat;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }

    // Of the repository that the program was built in, wherever it is started.
    private static string CommitOf(string? repository)
    {
        if (repository is null || Git(repository, "rev-parse --short HEAD") is not { } commit)
        {
            return "unknown";
        }

        return commit + (Git(repository, "status --porcelain") is { Length: > 0 } ? " with changes" : string.Empty);
    }

    private static string? Git(string folder, string arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("git", arguments)
                {
                    WorkingDirectory = folder,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
