using System.CommandLine;

namespace TickStore.Cli;

/// <summary>
/// One verb of the command line: its options, its help and what it does. A new one is a file and a line in <see cref="All"/>.
/// </summary>
internal abstract class Verb
{
    /// <summary>All verbs, in the order in which the help lists them.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        new DemoCommand(),
        new ImportCommand(),
        new SqlCommand(),
        new ExportCommand(),
        new ReplayCommand(),
        new SubscribeCommand(),
        new InfoCommand(),
        new CheckCommand(),
    ];

    /// <summary>The word on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence of help.</summary>
    public abstract string Description { get; }

    /// <summary>Command lines that show how it is used.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>More help, below the examples.</summary>
    public virtual string Notes => string.Empty;

    /// <summary>The verb as the parser knows it.</summary>
    public Command ToCommand(Interrupt interrupt)
    {
        var command = new Command(Name, Description);
        Declare(command);
        command.SetAction(parsed => Run(new CommandContext(parsed, interrupt)));
        return command;
    }

    /// <summary>Adds the verb's options and arguments.</summary>
    protected abstract void Declare(Command command);

    /// <summary>
    /// Does the work, and returns the exit code. Exceptions become messages in <see cref="CommandHost"/>.
    /// </summary>
    protected abstract int Run(CommandContext context);
}
