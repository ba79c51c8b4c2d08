using System.Diagnostics;
using TickStore.Formats;

namespace TickStore.Cli;

/// <summary>Runs the statements of a script in order, and writes the rows that they give.</summary>
internal sealed class SqlRunner(
    TickDatabase database,
    IExportFormat? format,
    Stream output,
    CancellationToken cancellationToken
)
{
    private bool hasWrittenRows;

    /// <summary>True to tell how long each statement took.</summary>
    public bool ShowsTimes { get; init; }

    /// <summary>True for tables with lines and a limit of rows.</summary>
    public bool IsForTerminal { get; init; }

    /// <summary>
    /// Runs a script, once all of it parses. The first statement that fails ends it; what ran before stays done.
    /// </summary>
    public void Run(string script)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var statement in database.RunScript(script, cancellationToken: cancellationToken))
        {
            using (statement)
            {
                if (statement.Rows is { } rows)
                {
                    Write(rows);
                }
                else
                {
                    var isWrite = statement.Statement is "INSERT" or "COPY";
                    var text = isWrite ? $"{statement.Statement} {statement.RowCount}" : statement.Statement;
                    Console.Error.WriteLine(text);
                }
            }

            if (ShowsTimes)
            {
                Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:N1} ms");
            }

            cancellationToken.ThrowIfCancellationRequested();
            started = Stopwatch.GetTimestamp();
        }
    }

    private void Write(QueryResult rows)
    {
        if (format is null)
        {
            // The writer leaves the stream open for the next statement.
            using var text = new StreamWriter(output, bufferSize: 1 << 15, leaveOpen: true) { NewLine = "\n" };
            TextTable.Write(rows, text, IsForTerminal, cancellationToken);
            return;
        }

        if (hasWrittenRows && ResultFormats.IsBinary(format))
        {
            throw new UsageException(
                $"A file of format {format.Name} holds the rows of one query, and the script has more"
            );
        }

        hasWrittenRows = true;
        TickDatabase.Export(rows, format, output);
    }
}
