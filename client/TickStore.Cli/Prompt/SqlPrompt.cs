using System.Text;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Cli;

/// <summary>
/// The interactive prompt: statements over several lines up to a semicolon, and commands that begin with a backslash.
/// </summary>
internal sealed class SqlPrompt
{
    private const string Help = """
        \d          tables
        \d TABLE    columns of a table
        \timing     tell how long each statement takes, or stop telling
        \q          leave (as Ctrl-D)
        A statement ends with a semicolon. Ctrl-C drops what was typed, or stops what runs; Up and Down go through
        the history.
        """;

    private readonly TickDatabase database;
    private readonly LineEditor editor;
    private readonly Stream output = StandardOutput.Open();
    private readonly IExportFormat? format;
    private readonly Interrupt interrupt;
    private bool showsTimes = true;

    public SqlPrompt(TickDatabase database, IExportFormat? format, Interrupt interrupt)
    {
        this.database = database;
        this.format = format;
        this.interrupt = interrupt;
        editor = new LineEditor(new PromptHistory(PromptHistory.DefaultPath));
    }

    /// <summary>Runs until the user leaves.</summary>
    public int Run()
    {
        Console.WriteLine("TickStore. A statement ends with a semicolon; \\? helps, \\q leaves.");
        var pending = new StringBuilder();
        while (!interrupt.Token.IsCancellationRequested)
        {
            var line = editor.ReadLine(pending.Length == 0 ? "tickstore> " : "      ...> ", out var ended);
            if (ended)
            {
                break;
            }

            if (line is null)
            {
                pending.Clear();
                continue;
            }

            if (pending.Length == 0 && line.TrimStart().StartsWith('\\'))
            {
                editor.History.Add(line);
                if (!RunCommand(line.Trim()))
                {
                    break;
                }

                continue;
            }

            pending.Append(line).Append('\n');
            var script = pending.ToString();
            if (string.IsNullOrWhiteSpace(script))
            {
                pending.Clear();
            }
            else if (SqlScript.IsComplete(script))
            {
                pending.Clear();
                editor.History.Add(script.Trim());
                RunScript(script);
            }
        }

        return 0;
    }

    private void RunScript(string script)
    {
        // Ctrl-C stops the statement, and not the prompt.
        using var stop = new CancellationTokenSource();
        interrupt.BeginStep(stop);
        try
        {
            var runner = new SqlRunner(database, format, output, stop.Token)
            {
                IsForTerminal = true,
                ShowsTimes = showsTimes,
            };
            runner.Run(script);
        }
        catch (Exception error) when (error is TickStoreException or UsageException or OperationCanceledException)
        {
            Console.Error.WriteLine(error is OperationCanceledException ? "Cancelled" : error.Message);
        }
        finally
        {
            interrupt.EndStep();
        }
    }

    /// <summary>Runs a command of the prompt.</summary>
    /// <returns>False to leave.</returns>
    private bool RunCommand(string line)
    {
        var words = line.TrimEnd(';').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["\\q"]:
                return false;
            case ["\\?"]:
                Console.WriteLine(Help);
                break;
            case ["\\timing"]:
                showsTimes = !showsTimes;
                Console.WriteLine(showsTimes ? "Times are told" : "Times are not told");
                break;
            case ["\\d"]:
                ListTables();
                break;
            case ["\\d", var name]:
                Describe(name);
                break;
            default:
                Console.Error.WriteLine($"{words[0]} is no command of the prompt; \\? lists them");
                break;
        }

        return true;
    }

    private void ListTables() =>
        TextTable.WritePlain(
            Console.Out,
            ["table", "rows", "segments", "from", "to"],
            [false, true, true, false, false],
            [
                .. database
                    .Statistics()
                    .Select(t =>
                        new[]
                        {
                            t.Table.Name,
                            $"{t.RowCount:N0}",
                            $"{t.Segments.Count:N0}",
                            Time(t.MinTimeNanos),
                            Time(t.MaxTimeNanos),
                        }
                    ),
            ]
        );

    private void Describe(string name)
    {
        if (database.FindTable(name) is not { } schema)
        {
            var names = string.Join(", ", database.Tables.Select(t => t.Name).DefaultIfEmpty("none"));
            Console.Error.WriteLine($"There is no table {name}; there are {names}");
            return;
        }

        TextTable.WritePlain(
            Console.Out,
            ["column", "type", "null", "role"],
            [false, false, false, false],
            [
                .. schema.Columns.Select(
                    (c, i) => new[] { c.Name, c.Type.ToString(), c.Nullable ? "yes" : "no", RoleOf(schema, i) }
                ),
            ]
        );
    }

    private static string RoleOf(TableSchema schema, int column) =>
        column == schema.EventTimeColumn ? "EVENT TIME"
        : column == schema.ClusterColumn ? "CLUSTER BY"
        : column == schema.ReceiveTimeColumn ? "RECEIVE TIME"
        : string.Empty;

    private static string Time(long? nanos) => nanos is { } known ? new TickTime(known).ToString() : string.Empty;
}
