using System.CommandLine;
using TickStore.Formats;

namespace TickStore.Cli;

/// <summary><c>tickstore import</c>: files into tables.</summary>
internal sealed class ImportCommand : Verb
{
    private readonly Option<string> table = new("--table")
    {
        Description = "The table; made if it does not exist",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string?> format = new("--format")
    {
        Description =
            $"{string.Join("|", ImportFormats.All.Select(f => f.Name))}; what the first file looks like otherwise",
        HelpName = "FORMAT",
    };

    private readonly Option<string?> map = new("--map")
    {
        Description = "CSV: how columns become columns (JSON)",
        HelpName = "FILE",
    };

    private readonly Option<string[]?> onError = new("--on-error")
    {
        Description = "reject FILE: write rows that cannot be read to FILE and go on",
        HelpName = "reject FILE",
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> acknowledge = new("--ack")
    {
        Description = "Print 'ack <seq> <rows>' for each batch once it is durable",
    };

    private readonly Option<bool> noHeader = new("--no-header") { Description = "CSV: the first line holds values" };

    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "Files, read in this order",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <inheritdoc/>
    public override string Name => "import";

    /// <inheritdoc/>
    public override string Description => "Import files into tables";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        [
            "tickstore import --db market --table trades trades.csv.gz",
            "tickstore import --db market --table eurusd samples/lean/forex/oanda/tick/eurusd/20140505_quote.zip",
            "tickstore import --db market --table s600519 --on-error reject bad.csv samples/china-l2/600519_20230201/20230201.zip",
        ];

    /// <inheritdoc/>
    public override string Notes =>
        """
            A file of several streams makes several tables: NAME_trades, NAME_quotes and so on. Without --on-error a row that
            cannot be read fails the import, naming file, line, column and value, and nothing of it is kept.
            """;

    /// <inheritdoc/>
    protected override void Declare(Command command)
    {
        command.Options.Add(table);
        command.Options.Add(format);
        command.Options.Add(map);
        command.Options.Add(onError);
        command.Options.Add(acknowledge);
        command.Options.Add(noHeader);
        command.Arguments.Add(files);
    }

    /// <inheritdoc/>
    protected override int Run(CommandContext context)
    {
        var rejectPath = RejectPath(context);
        var paths = context.Value(files)!;
        foreach (var path in paths)
        {
            // Said before a database is made for nothing.
            if (!File.Exists(path))
            {
                throw new FileNotFoundException($"{path} cannot be read: there is no such file");
            }
        }

        using var database = context.OpenOrCreate();
        using var rejects = rejectPath is null ? null : new RejectFile(rejectPath);
        var receipts = new ImportReceipts(context.Value(acknowledge) ? StandardOutput.OpenText() : null);
        var options = new ImportOptions
        {
            Files = paths,
            Table = context.Value(table)!,
            Format = context.Value(format),
            MapFile = context.Value(map),
            CsvHasHeader = !context.Value(noHeader),
            Rejects = rejects,
            Acknowledged = receipts.Add,
        };
        ImportReport report;
        try
        {
            report = Import(database, options, context.CancellationToken);
        }
        catch (OperationCanceledException) when (receipts.RowCount > 0)
        {
            throw new OperationCanceledException(
                $"Cancelled; {receipts.RowCount:N0} rows up to _seq {receipts.LastSequence:N0} were durable and are kept"
            );
        }

        foreach (var (name, rowCount) in report.Tables)
        {
            Console.Error.WriteLine($"{name}: {rowCount:N0} rows");
        }

        var rate = report.Seconds > 0 ? report.RowCount / report.Seconds : 0;
        Console.Error.WriteLine(
            $"Imported {report.RowCount:N0} rows, rejected {report.RejectedRows:N0}, late {report.LateRows:N0}; "
                + $"{report.Seconds:N2} s, {rate:N0} rows/s"
        );
        return 0;
    }

    /// <summary>
    /// Imports under a progress bar, and puts the rows into segments at once, for a bulk load will not be added to
    /// soon.
    /// </summary>
    public static ImportReport Import(
        TickDatabase database,
        ImportOptions options,
        CancellationToken cancellationToken
    ) =>
        ProgressBar.Run(
            options.Table,
            bar =>
            {
                var shown = options with { Progress = p => Show(bar, options.Table, p) };
                var report = database.Import(shown, cancellationToken);
                bar.Report($"{options.Table}: compressing");
                database.Seal();
                database.Compact();
                return report;
            }
        );

    private static void Show(ProgressBar bar, string table, ImportProgress progress)
    {
        var share = progress.BytesTotal == 0 ? 1 : (double)progress.BytesRead / progress.BytesTotal;
        bar.Report(share, $"{table}: {(progress.IsChecking ? "checking" : "importing")}, {progress.RowCount:N0} rows");
    }

    private string? RejectPath(CommandContext context) =>
        context.Value(onError) switch
        {
            null or [] => null,
            ["reject", var path] => path,
            var other => throw new UsageException($"--on-error {other[0]} is not possible: reject FILE"),
        };
}
