using System.CommandLine;
using System.CommandLine.Help;
using TickStore.Core;

namespace TickStore.Cli;

/// <summary>
/// From arguments to an exit code: 0 where all went well, 1 with the cause on standard error, 2 for a command line
/// that does not read, 130 after Ctrl-C.
/// </summary>
internal static class CommandHost
{
    private const int Failed = 1;
    private const int WrongUsage = 2;
    private const int Interrupted = 130;

    /// <summary>Runs one command line.</summary>
    public static int Run(string[] args)
    {
        using var interrupt = new Interrupt();
        var root = CreateRoot(interrupt);
        if (args.Length == 0)
        {
            args = ["--help"];
        }

        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not ExampleHelpAction)
        {
            var command = parsed.CommandResult.Command;
            var verbs = string.Join(", ", Verb.All.Select(v => v.Name));
            var what =
                command == root && parsed.UnmatchedTokens.Count > 0
                    ? $"There is no command {parsed.UnmatchedTokens[0]}; there are {verbs}"
                    : parsed.Errors[0].Message.ReplaceLineEndings(" ");
            Say($"{what} (tickstore {(command == root ? string.Empty : command.Name + " ")}--help tells more)");
            return WrongUsage;
        }

        return Guard(() =>
            parsed.Invoke(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
            )
        );
    }

    private static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (OutputClosedException)
        {
            // Whoever read our output has enough, as in "tickstore ... | head".
            return 0;
        }
        catch (OperationCanceledException error)
        {
            Say(error.Message.StartsWith("Cancelled", StringComparison.Ordinal) ? error.Message : "Cancelled");
            return Interrupted;
        }
        catch (TickStoreException error) when (error.Code == ErrorCode.Cancelled)
        {
            Say("Cancelled");
            return Interrupted;
        }
        catch (UsageException error)
        {
            Say(error.Message);
            return WrongUsage;
        }
        catch (TickStoreException error)
        {
            Say(error.Message);
            return Failed;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Say(error.Message);
            return Failed;
        }
        catch (Exception error) when (Environment.GetEnvironmentVariable("TICKSTORE_TRACE") is not "1")
        {
            var message = error.Message.ReplaceLineEndings(" ");
            Say($"Internal error: {error.GetType().Name}: {message} (TICKSTORE_TRACE=1 shows where)");
            return Failed;
        }
    }

    private static RootCommand CreateRoot(Interrupt interrupt)
    {
        var root = new RootCommand("TickStore: a store for market data. Ticks in; K-lines, SQL and replays out.");
        root.Options.Add(CommandContext.DatabaseOption);
        foreach (var verb in Verb.All)
        {
            root.Subcommands.Add(verb.ToCommand(interrupt));
        }

        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction action } help)
            {
                help.Action = new ExampleHelpAction(action);
            }
        }

        return root;
    }

    private static void Say(string message) => Console.Error.WriteLine($"tickstore: {message}");
}
