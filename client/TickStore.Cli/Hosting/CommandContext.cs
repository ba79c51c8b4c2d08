using System.CommandLine;
using TickStore.Core;

namespace TickStore.Cli;

/// <summary>
/// What a verb works with: the values of its options, the database, where output goes, and how it is stopped.
/// </summary>
internal sealed class CommandContext(ParseResult parsed, Interrupt interrupt)
{
    /// <summary>The option that every verb has.</summary>
    public static Option<string?> DatabaseOption { get; } =
        new("--db")
        {
            Description = "The database's folder",
            HelpName = "PATH",
            Recursive = true,
        };

    /// <summary>What Ctrl-C does.</summary>
    public Interrupt Interrupt { get; } = interrupt;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken CancellationToken => Interrupt.Token;

    /// <summary>The folder given by <c>--db</c>, or null.</summary>
    public string? DatabasePath => parsed.GetValue(DatabaseOption);

    /// <summary>The value of an option or its default.</summary>
    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>True where an option was written, with a value or without.</summary>
    public bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The value of an argument.</summary>
    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>A point in time given by an option, or null.</summary>
    public TickTime? Time(Option<string?> option)
    {
        if (Value(option) is not { } text)
        {
            return null;
        }

        try
        {
            return TickTime.Parse(text);
        }
        catch (TickStoreException error)
        {
            throw new UsageException($"{option.Name}: {error.Message}");
        }
    }

    /// <summary>Opens the database, and makes the folder if it is missing.</summary>
    public TickDatabase OpenOrCreate() => Open(DatabasePath ?? throw NoPath());

    /// <summary>Opens a database that must be there.</summary>
    public TickDatabase OpenExisting()
    {
        var path = DatabasePath ?? throw NoPath();
        if (!Directory.Exists(path))
        {
            throw new TickStoreException(ErrorCode.NotADatabase, $"There is no database {path}: no such folder");
        }

        // Opening would make a database here, which nobody asked for.
        if (!Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new TickStoreException(
                ErrorCode.NotADatabase,
                $"There is no database in {path}: the folder is empty"
            );
        }

        return Open(path);
    }

    /// <summary>Opens or makes a database in a folder.</summary>
    public static TickDatabase Open(string path) => TickDatabase.Open(path, Options);

    /// <summary>How this program opens databases.</summary>
    public static TickDatabaseOptions Options { get; } = new() { Program = "tickstore" };

    private static UsageException NoPath() => new("--db PATH is missing: the database's folder");
}
