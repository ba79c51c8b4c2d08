namespace TickStore.EndToEnd.Reporting;

/// <summary>The page of a results folder: where the figures come from, the plots, the tables.</summary>
internal static class ResultPage
{
    /// <summary>Writes the page; plots and READING.md are linked where they stand in the folder.</summary>
    public static void Write(Findings findings, string folder, TextWriter output)
    {
        var machine = findings.Machine;
        output.WriteLine($"# {findings.Profile} profile on {machine.Cpu}, {machine.Cores} cores");
        output.WriteLine();
        output.WriteLine(
            $"Written by `perf/EndToEnd` (see [perf/README.md](../../../README.md)) at commit {machine.Commit}, {findings.Date} UTC."
        );
        output.WriteLine($"{machine.Runtime}, {machine.System}, {machine.Disk}.");
        if (File.Exists(Path.Combine(folder, "READING.md")))
        {
            output.WriteLine("What the figures say is in [READING.md](READING.md).");
        }

        output.WriteLine();
        output.WriteLine("| engine | version |");
        output.WriteLine("|---|---|");
        foreach (var (engine, version) in findings.Versions)
        {
            output.WriteLine($"| {engine} | {version} |");
        }

        foreach (var missing in findings.LeftOut.Where(l => l.Metric.Length == 0))
        {
            output.WriteLine($"| {missing.Engine} | left out, because {missing.Reason} |");
        }

        foreach (var (file, caption) in Plots.PlotSet.Files)
        {
            if (File.Exists(Path.Combine(folder, file)))
            {
                output.WriteLine();
                output.WriteLine($"![{caption}]({file})");
            }
        }

        output.WriteLine();
        output.WriteLine("```");
        Tables.ResultTables.Write(findings, output);
        output.WriteLine("```");
        output.WriteLine();
        output.WriteLine("The same as JSON lines: [results.jsonl](results.jsonl); as text: [table.txt](table.txt).");
    }
}
