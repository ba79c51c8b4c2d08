// Proves: the exact sums and the functions pass their tests on the 256-bit and the scalar paths too. Each path is this test
// program started again with the instruction set switched off by environment.
using System.Diagnostics;
using TickStore.Tests.Execution.Expressions;

namespace TickStore.Tests.Execution.Functions;

public sealed class ForcedSumPathTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Functions_pass_without(string instructionSet)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        string[] arguments =
        [
            "exec",
            Path.Combine(AppContext.BaseDirectory, "TickStore.Tests.Execution.dll"),
            "--filter-class",
            typeof(AggregateTests).FullName!,
            "--filter-class",
            typeof(ScalarFunctionTests).FullName!,
            "--filter-class",
            typeof(ExpressionEvaluatorTests).FullName!,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A child must not report to the runner of its parent.
        foreach (
            var name in start
                .Environment.Keys.Where(n => n.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal))
                .ToList()
        )
        {
            start.Environment.Remove(name);
        }

        start.Environment[instructionSet] = "0";
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(120));
        try
        {
            await child.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
            throw;
        }

        Assert.True(child.ExitCode == 0, $"exit {child.ExitCode}\n{await output}\n{await errors}");
        Assert.Matches(@"succeeded: [1-9]\d", await output);
    }
}
