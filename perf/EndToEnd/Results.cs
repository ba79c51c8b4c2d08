using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Reporting.Plots;

namespace TickStore.EndToEnd;

/// <summary>Keeps what a run found, by machine and profile; git has the runs before it.</summary>
internal static class Results
{
    private const string JsonName = "results.jsonl";

    /// <summary>
    /// Writes the JSON lines where the arguments say. A whole run from inside the repository also goes into
    /// perf/Results/CPU/PROFILE: table, JSON lines, plots and a page that shows them.
    /// </summary>
    public static void Write(Arguments arguments, Report report)
    {
        if (arguments.JsonPath is { } path)
        {
            // Made here: a folder that is missing must not cost a whole run its figures.
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var json = File.CreateText(path);
            JsonLines.Write(report.Findings, json);
        }

        if (arguments.IsWhole && FindRepository() is { } root)
        {
            var folder = Path.Combine(root, "perf", "Results", report.Findings.Machine.FolderName, arguments.Profile);
            WriteFolder(report.Findings, folder);
            Report.Progress($"kept in {Path.GetRelativePath(root, folder)}");
        }
    }

    /// <summary>Draws table, plots and page again from JSON lines, beside the file.</summary>
    /// <exception cref="InvalidDataException">The file holds no results.</exception>
    public static void Redraw(string jsonPath)
    {
        Findings findings;
        using (var json = File.OpenText(jsonPath))
        {
            findings = JsonLines.Read(json);
        }

        WriteFolder(findings, Path.GetDirectoryName(Path.GetFullPath(jsonPath))!);
    }

    /// <summary>Writes everything that a results folder holds.</summary>
    public static void WriteFolder(Findings findings, string folder)
    {
        Directory.CreateDirectory(folder);
        Write(folder, JsonName, output => JsonLines.Write(findings, output));
        Write(folder, "table.txt", output => Reporting.Tables.ResultTables.Write(findings, output));
        PlotSet.Write(findings, folder);
        Write(folder, "README.md", output => ResultPage.Write(findings, folder, output));
    }

    /// <summary>The repository's folder above the running program, or null.</summary>
    public static string? FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TickStore.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }

    private static void Write(string folder, string name, Action<TextWriter> write)
    {
        using var output = File.CreateText(Path.Combine(folder, name));
        output.NewLine = "\n";
        write(output);
    }
}
