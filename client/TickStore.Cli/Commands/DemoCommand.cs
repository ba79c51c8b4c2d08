using System.CommandLine;
using TickStore.Core;

namespace TickStore.Cli;

/// <summary><c>tickstore demo</c>: a newcomer's first minute, on the recordings in the repository.</summary>
internal sealed class DemoCommand : Verb
{
    private readonly Option<bool> keep = new("--keep") { Description = "Keep the database that the demo makes" };

    /// <inheritdoc/>
    public override string Name => "demo";

    /// <inheritdoc/>
    public override string Description =>
        "See it work: import, K-lines, SQL, live views and replay on the repository's real samples";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["tickstore demo", "tickstore demo --db market"];

    /// <inheritdoc/>
    public override string Notes =>
        "Without --db the database lies in a temporary folder, which is removed at the end unless --keep is given.";

    /// <inheritdoc/>
    protected override void Declare(Command command) => command.Options.Add(keep);

    /// <inheritdoc/>
    protected override int Run(CommandContext context)
    {
        var path = context.DatabasePath ?? Directory.CreateTempSubdirectory("tickstore-demo-").FullName;
        var isKept = context.DatabasePath is not null || context.Value(keep);
        try
        {
            return Play(context, path, isKept);
        }
        finally
        {
            if (!isKept)
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    private static int Play(CommandContext context, string path, bool isKept)
    {
        using var output = StandardOutput.OpenText();
        using var database = CommandContext.Open(path);
        if (DemoStore.Tables.FirstOrDefault(t => database.FindTable(t) is not null) is { } table)
        {
            throw new TickStoreException(
                ErrorCode.AlreadyExists,
                $"{path} holds a table {table} already: give the demo another folder"
            );
        }

        var stage = new DemoStage(database, output, context.CancellationToken);
        stage.Say($"The database is {path}");
        DemoStore.Import(stage);
        DemoStore.ShowBytes(stage);
        DemoQueries.ShowBars(stage);
        var areBarsEqual = DemoQueries.CompareWithVendor(stage);
        DemoQueries.ShowAsof(stage);
        var isLiveEqual = DemoLive.Show(stage);
        DemoReplay.PlaySlice(stage);
        var areRunsEqual = DemoReplay.PlayTwice(stage);
        var isClean = Check(stage);
        ShowNext(stage, path, isKept);
        return areBarsEqual && isLiveEqual && areRunsEqual && isClean ? 0 : 1;
    }

    private static bool Check(DemoStage stage)
    {
        stage.Begin("Check every checksum of every file");
        var report = stage.Database.Check(stage.CancellationToken);
        foreach (var finding in report.Findings)
        {
            stage.Say($"{finding.Path}: {finding.Message}");
        }

        stage.Say(report.IsClean ? $"All is well in {report.FileCount} files" : $"{report.Findings.Count} faults");
        return report.IsClean;
    }

    private static void ShowNext(DemoStage stage, string path, bool isKept)
    {
        stage.Begin("Next");
        var database = isKept ? path : "market";
        if (!isKept)
        {
            stage.Say("  tickstore demo --db market                      keep this database");
        }

        stage.Say($"  tickstore sql --db {database, -27}  ask it, at a prompt");
        stage.Say($"  tickstore info --db {database, -26}  bytes of every column");
        stage.Say($"  tickstore replay --db {database} --tables s600519_trades --speed 100 --format csv");
        stage.Say("  tickstore import --help                         your own files");
        stage.Say("(tickstore is: dotnet run -c Release --project client/TickStore.Cli --)");
    }
}
