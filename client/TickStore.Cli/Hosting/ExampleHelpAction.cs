using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TickStore.Cli;

/// <summary>The usual help, and after it the verb's examples.</summary>
internal sealed class ExampleHelpAction(HelpAction inner) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = inner.Invoke(parseResult);
        var name = parseResult.CommandResult.Command.Name;
        var verb = Verb.All.FirstOrDefault(v => v.Name == name);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(verb is null ? "Example:" : "Examples:");
        foreach (var example in verb?.Examples ?? ["tickstore demo"])
        {
            output.WriteLine($"  {example}");
        }

        if (verb?.Notes is { Length: > 0 } notes)
        {
            output.WriteLine();
            output.WriteLine(notes);
        }

        return exitCode;
    }
}
