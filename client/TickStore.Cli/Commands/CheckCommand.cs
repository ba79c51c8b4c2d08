using System.CommandLine;

namespace TickStore.Cli;

/// <summary><c>tickstore check</c>: every checksum of every file.</summary>
internal sealed class CheckCommand : Verb
{
    /// <inheritdoc/>
    public override string Name => "check";

    /// <inheritdoc/>
    public override string Description => "Read every file of a database and verify every checksum";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["tickstore check --db market"];

    /// <inheritdoc/>
    public override string Notes =>
        "Exit code 0 where all is well; else 1, with a line for each fault on standard output.";

    /// <inheritdoc/>
    protected override void Declare(Command command) { }

    /// <inheritdoc/>
    protected override int Run(CommandContext context)
    {
        using var database = context.OpenExisting();
        var report = ProgressBar.Run(
            "checking",
            bar =>
            {
                bar.Report("checking every file");
                return database.Check(context.CancellationToken);
            }
        );
        using var output = StandardOutput.OpenText();
        foreach (var finding in report.Findings)
        {
            output.WriteLine($"{finding.Path}: {finding.Message}");
        }

        output.Flush();
        if (!report.IsClean)
        {
            var faults = Count(report.Findings.Count, "fault");
            Console.Error.WriteLine($"tickstore: {faults} found in {Count(report.FileCount, "file")}");
            return 1;
        }

        Console.Error.WriteLine($"All is well in {Count(report.FileCount, "file")}");
        return 0;
    }

    private static string Count(int count, string what) => $"{count:N0} {what}{(count == 1 ? string.Empty : "s")}";
}
