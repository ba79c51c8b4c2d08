using Spectre.Console;

namespace TickStore.Cli;

/// <summary>What the two output streams are, and what they can show.</summary>
internal static class Terminal
{
    private const int WidthOtherwise = 100;

    /// <summary>True where somebody looks at standard output.</summary>
    public static bool ShowsOutput { get; } = !Console.IsOutputRedirected && IsCapable;

    /// <summary>True where somebody looks at standard error: progress is shown then only.</summary>
    public static bool ShowsErrors { get; } = !Console.IsErrorRedirected && IsCapable;

    /// <summary>True where standard input is typed.</summary>
    public static bool IsInteractive { get; } = !Console.IsInputRedirected && !Console.IsOutputRedirected && IsCapable;

    /// <summary>True where standard output takes colours: a terminal, and NO_COLOR is not set (no-color.org).</summary>
    public static bool HasColors { get; } =
        ShowsOutput && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Cells in a line.</summary>
    public static int Width
    {
        get
        {
            var width = ShowsOutput || ShowsErrors ? Console.WindowWidth : 0;
            return width > 0 ? width : WidthOtherwise;
        }
    }

    /// <summary>A console on standard error, for progress.</summary>
    public static IAnsiConsole OpenErrors() =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    private static bool IsCapable => Environment.GetEnvironmentVariable("TERM") is not "dumb";
}
