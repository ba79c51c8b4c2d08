// Proves: the 256-bit and the scalar paths of the kernels equal their twins too. Each path is this test program started
// again with the instruction set switched off by environment; the child checks that the switch worked.
using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace TickStore.Tests.Core.Kernels;

public sealed class ForcedKernelPathTests
{
    private static readonly TimeSpan ChildTimeout = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Kernels_equal_their_twins_without(string instructionSet)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "TickStore.Tests.Core.dll");
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        string[] arguments =
        [
            "exec",
            program,
            "--filter-class",
            typeof(KernelTwinTests).FullName!,
            "--filter-class",
            typeof(KernelPathProbeTests).FullName!,
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
        timeout.CancelAfter(ChildTimeout);
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

public sealed class KernelPathProbeTests
{
    [Fact]
    public void Path_is_the_forced_one()
    {
        static bool Off(string name) => Environment.GetEnvironmentVariable(name) == "0";
        var no256 = Off("DOTNET_EnableHWIntrinsic") || Off("DOTNET_EnableAVX2");
        if (no256 || Off("DOTNET_EnableAVX512"))
        {
            Assert.False(Vector512.IsHardwareAccelerated);
        }

        if (no256)
        {
            Assert.False(Vector256.IsHardwareAccelerated);
        }
    }
}
