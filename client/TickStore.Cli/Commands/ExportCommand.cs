using System.CommandLine;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Cli;

/// <summary><c>tickstore export</c>: a table or a query into a file.</summary>
internal sealed class ExportCommand : Verb
{
    private readonly Option<string?> query = new("--query")
    {
        Description = "Rows to export, as SQL",
        HelpName = "SQL",
    };

    private readonly Option<string?> table = new("--table")
    {
        Description = "The table to export, in the order of event time",
        HelpName = "NAME",
    };

    private readonly Option<string?> from = new("--from")
    {
        Description = "With --table: first event time",
        HelpName = "TS",
    };

    private readonly Option<string?> to = new("--to")
    {
        Description = "With --table: end of the event time, not included",
        HelpName = "TS",
    };

    private readonly Option<string?> format = new("--format")
    {
        Description = $"{ResultFormats.Names}; by the file's ending otherwise",
        HelpName = "FORMAT",
    };

    private readonly Option<string> file = new("-o", "--output")
    {
        Description = "The file to write",
        HelpName = "FILE",
        Required = true,
    };

    /// <inheritdoc/>
    public override string Name => "export";

    /// <inheritdoc/>
    public override string Description => "Export a table or the rows of a query to a file";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        [
            "tickstore export --db market --table eurusd --from 2014-05-05T08:00Z --to 2014-05-05T09:00Z -o eurusd.parquet",
            "tickstore export --db market --query \"SELECT bar_open, ohlcv(price, qty).* FROM trades SAMPLE BY 1m\" -o bars.csv",
        ];

    /// <inheritdoc/>
    public override string Notes => "The file appears once it is complete; an export that fails leaves none behind.";

    /// <inheritdoc/>
    protected override void Declare(Command command)
    {
        command.Options.Add(query);
        command.Options.Add(table);
        command.Options.Add(from);
        command.Options.Add(to);
        command.Options.Add(format);
        command.Options.Add(file);
    }

    /// <inheritdoc/>
    protected override int Run(CommandContext context)
    {
        var sql = context.Value(query);
        var tableName = context.Value(table);
        if (sql is null == tableName is null)
        {
            throw new UsageException("What to export is either --query SQL or --table NAME");
        }

        if (sql is not null && (context.Value(from) ?? context.Value(to)) is not null)
        {
            throw new UsageException("--from and --to go with --table; in a query write WHERE");
        }

        var path = context.Value(file)!;
        var exportFormat = context.Value(format) is { } name
            ? ResultFormats.Find(name)
            : ResultFormats.FindByExtension(path)
                ?? throw new UsageException(
                    $"The ending of {path} tells no format: give --format {ResultFormats.Names}"
                );
        using var database = context.OpenExisting();
        using var result = sql is not null
            ? database.Query(sql, context.CancellationToken)
            : OpenTable(database, tableName!, context.Time(from), context.Time(to), context.CancellationToken);
        using var output = new OutputFile(path);
        var rowCount = ProgressBar.Run(
            "exporting",
            bar => TickDatabase.Export(result, exportFormat, output.Stream, rows => bar.Report($"{rows:N0} rows"))
        );
        output.Complete();
        Console.Error.WriteLine($"Exported {rowCount:N0} rows to {path}");
        return 0;
    }

    private static QueryResult OpenTable(
        TickDatabase database,
        string name,
        TickTime? from,
        TickTime? to,
        CancellationToken cancellationToken
    )
    {
        var snapshot = database.OpenSnapshot();
        try
        {
            var source = snapshot.GetTable(name);
            var scan = new ScanNode(
                source,
                new ScanRequest
                {
                    Columns = [.. Enumerable.Range(0, source.Schema.Columns.Count)],
                    TimeFrom = from?.NanosSinceEpoch ?? long.MinValue,
                    TimeTo = to is { } end ? Math.Max(end.NanosSinceEpoch, long.MinValue + 1) - 1 : long.MaxValue,
                    Order = ScanOrder.EventTime,
                }
            );
            return database.Run(scan, snapshot, threadCount: 1, cancellationToken: cancellationToken);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }
}
