// Proves: the 256-bit and the scalar paths pass the whole suite too. Each path is this test program started again with
// the instruction sets switched off by environment; the child proves that the switch worked (Path_is_the_forced_one).
using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace TickStore.Tests.Codecs;

public sealed class ForcedPathTests
{
    private static readonly TimeSpan ChildTimeout = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Suite_passes_without(string instructionSet)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "TickStore.Tests.Codecs.dll");
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        string[] arguments = ["exec", program, "--filter-not-class", typeof(ForcedPathTests).FullName!];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // A child must not report to the runner of its parent.
        foreach (string name in start.Environment.Keys.ToList())
        {
            if (name.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal))
                start.Environment.Remove(name);
        }
        start.Environment[instructionSet] = "0";
        // The checks before the kernels do not depend on the path; one damaged copy of each vector shows the kernels hold.
        start.Environment["TICKSTORE_FUZZ_COUNT"] = "1";
        using var child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
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

public sealed class PathProbeTests
{
    [Fact]
    public void Path_is_the_forced_one()
    {
        bool Off(string name) => Environment.GetEnvironmentVariable(name) == "0";
        bool noVectors = Off("DOTNET_EnableHWIntrinsic"),
            no256 = noVectors || Off("DOTNET_EnableAVX2");
        if (no256 || Off("DOTNET_EnableAVX512"))
            Assert.False(Vector512.IsHardwareAccelerated);
        if (no256)
            Assert.False(Vector256.IsHardwareAccelerated);
        if (noVectors)
            Assert.False(Vector128.IsHardwareAccelerated);
    }
}
