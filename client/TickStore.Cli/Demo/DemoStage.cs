namespace TickStore.Cli;

/// <summary>What the stages of the demo share: the database and where they write.</summary>
internal sealed class DemoStage(TickDatabase database, TextWriter output, CancellationToken cancellationToken)
{
    private int number;

    /// <summary>The database of the demo.</summary>
    public TickDatabase Database { get; } = database;

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Begins a stage.</summary>
    public void Begin(string title)
    {
        number++;
        Output.WriteLine();
        Output.WriteLine(Terminal.HasColors ? $"\e[1m{number}. {title}\e[0m" : $"{number}. {title}");
        Output.WriteLine();
        Output.Flush();
    }

    /// <summary>Shows the SQL that is about to run, and runs it.</summary>
    public QueryResult Query(string sql)
    {
        Show(sql);
        return Database.Query(sql, CancellationToken);
    }

    /// <summary>Shows a statement, and runs it in another database.</summary>
    public void Execute(TickDatabase database, string sql)
    {
        Show(sql);
        database.Execute(sql);
    }

    private void Show(string sql)
    {
        foreach (var line in sql.ReplaceLineEndings("\n").Split('\n'))
        {
            Output.WriteLine(Terminal.HasColors ? $"    \e[36m{line}\e[0m" : $"    {line}");
        }

        Output.WriteLine();
        Output.Flush();
    }

    /// <summary>Says something.</summary>
    public void Say(string text)
    {
        Output.WriteLine(text);
        Output.Flush();
    }
}
