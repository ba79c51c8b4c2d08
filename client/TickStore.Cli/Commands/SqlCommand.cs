using System.CommandLine;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Cli;

/// <summary><c>tickstore sql</c>: statements from the command line, a file, a pipe or a prompt.</summary>
internal sealed class SqlCommand : Verb
{
    private readonly Option<string?> command = new("-c", "--command")
    {
        Description = "Statements to run, separated by semicolons",
        HelpName = "SQL",
    };

    private readonly Option<string?> file = new("-f", "--file")
    {
        Description = "A file of statements; - is standard input",
        HelpName = "FILE",
    };

    private readonly Option<string?> format = new("--format")
    {
        Description = $"table|{ResultFormats.Names}; a table by default, or what the ending of -o asks for",
        HelpName = "FORMAT",
    };

    private readonly Option<string?> outputPath = new("-o", "--output")
    {
        Description = "Write rows to a file",
        HelpName = "FILE",
    };

    /// <inheritdoc/>
    public override string Name => "sql";

    /// <inheritdoc/>
    public override string Description => "Run SQL; without -c or -f at a prompt";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        [
            "tickstore sql --db market -c \"SELECT count(*) FROM trades\"",
            "tickstore sql --db market -c \"SELECT bar_open, ohlcv(price, qty).* FROM trades SAMPLE BY 1m\" --format csv",
            "tickstore sql --db market -f report.sql -o report.parquet",
            "tickstore sql --db market",
        ];

    /// <inheritdoc/>
    public override string Notes =>
        """
            Without --db the database is in memory and ends with the command. csv has a header line for each result; json is an
            object a row, one a line. At the prompt a statement ends with a semicolon; \? lists the commands of the prompt.
            """;

    /// <inheritdoc/>
    protected override void Declare(Command command)
    {
        command.Options.Add(this.command);
        command.Options.Add(file);
        command.Options.Add(format);
        command.Options.Add(outputPath);
    }

    /// <inheritdoc/>
    protected override int Run(CommandContext context)
    {
        if (context.Value(command) is not null && context.Value(file) is not null)
        {
            throw new UsageException("Statements come from either -c or -f");
        }

        var path = context.Value(outputPath);
        var exportFormat = FormatOf(context, path);
        if (exportFormat is not null && path is null && ResultFormats.IsBinary(exportFormat) && Terminal.ShowsOutput)
        {
            throw new UsageException($"{exportFormat.Name} is binary: give -o FILE or redirect the output");
        }

        var script = context.Value(command) ?? (context.Value(file) is { } scriptPath ? ReadScript(scriptPath) : null);
        if (script is null && (Console.IsInputRedirected || path is not null))
        {
            script = Console.In.ReadToEnd();
        }

        using var database = context.DatabasePath is null
            ? TickDatabase.OpenInMemory(CommandContext.Options)
            : context.OpenOrCreate();
        if (script is null)
        {
            return new SqlPrompt(database, exportFormat, context.Interrupt).Run();
        }

        if (path is null)
        {
            using var stream = StandardOutput.Open();
            Runner(database, exportFormat, stream, Terminal.ShowsOutput, context).Run(script);
            return 0;
        }

        using var output = new OutputFile(path);
        Runner(database, exportFormat, output.Stream, isForTerminal: false, context).Run(script);
        output.Complete();
        return 0;
    }

    private static SqlRunner Runner(
        TickDatabase database,
        IExportFormat? format,
        Stream output,
        bool isForTerminal,
        CommandContext context
    ) => new(database, format, output, context.CancellationToken) { IsForTerminal = isForTerminal };

    private static string ReadScript(string path)
    {
        if (path == "-")
        {
            return Console.In.ReadToEnd();
        }

        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TickStoreException(ErrorCode.InvalidArgument, $"{path} cannot be read: {error.Message}", error);
        }
    }

    private IExportFormat? FormatOf(CommandContext context, string? path) =>
        context.Value(format) switch
        {
            null => path is null ? null : ResultFormats.FindByExtension(path),
            "table" => null,
            var name => ResultFormats.Find(name),
        };
}
