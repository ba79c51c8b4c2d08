using System.Diagnostics;

namespace TickStore.Tests.Cli;

/// <summary>What a run of the command line left behind.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Errors)
{
    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the built <c>tickstore</c> in processes of its own, as a shell would.</summary>
internal static class Cli
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Runs a command line to its end, and expects it to succeed.</summary>
    public static CliResult Succeed(params string[] arguments)
    {
        var result = Run(arguments);
        Assert.True(
            result.ExitCode == 0,
            $"tickstore {string.Join(' ', arguments)}: exit code {result.ExitCode}\n{result.Errors}"
        );
        return result;
    }

    /// <summary>Runs a command line to its end.</summary>
    public static CliResult Run(params string[] arguments) => RunWithInput(string.Empty, arguments);

    /// <summary>Runs a command line to its end, with a text on standard input.</summary>
    public static CliResult RunWithInput(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input.
        }

        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"tickstore {string.Join(' ', arguments)} did not end within {Patience}");
        }

        return new CliResult(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>Starts a command line, all its streams redirected.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "tickstore.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
