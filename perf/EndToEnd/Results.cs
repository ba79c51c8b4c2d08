using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd;

/// <summary>Keeps what a run found, by machine, beside the runs before it (git has those).</summary>
internal static class Results
{
    /// <summary>
    /// Writes the JSON lines where the arguments say. A whole run from inside the repository also goes into
    /// perf/Results/CPU/PROFILE.jsonl and .txt.
    /// </summary>
    public static void Write(Arguments arguments, Machine machine, Report report)
    {
        if (arguments.JsonPath is { } path)
        {
            using var json = File.CreateText(path);
            report.WriteJson(json);
        }

        if (!arguments.IsWhole || FindRepository() is not { } root)
        {
            return;
        }

        var folder = Path.Combine(root, "perf", "Results", machine.FolderName);
        Directory.CreateDirectory(folder);
        using (var json = File.CreateText(Path.Combine(folder, $"{arguments.Profile}.jsonl")))
        {
            report.WriteJson(json);
        }

        using var table = File.CreateText(Path.Combine(folder, $"{arguments.Profile}.txt"));
        report.Print(table);
        Report.Progress($"kept in {Path.GetRelativePath(root, folder)}");
    }

    public static string? FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TickStore.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
