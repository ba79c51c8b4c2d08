// Proves that the micro benchmarks leave nothing out and measure what they say, without measuring: every codec of the
// ledger and every type of a Kernels folder has a benchmark, each benchmark runs once with each of its parameters, and
// a yardstick gives the same answer as what it is held against.
using TickStore.Micro.Setup;

namespace TickStore.Tests.Micro;

public sealed class MicroBenchmarkTests
{
    [Fact]
    public void Nothing_of_the_engine_is_left_out() =>
        Assert.Empty(MicroCheck.FindGaps(Path.Combine(FindRepository(), "engine")));

    [Fact]
    public void A_kernel_that_nobody_measures_is_found()
    {
        var engine = Directory.CreateTempSubdirectory("tickstore-micro-test-");
        try
        {
            var kernels = engine.CreateSubdirectory("Core").CreateSubdirectory("Kernels");
            File.WriteAllText(
                Path.Combine(kernels.FullName, "NewKernel.cs"),
                "namespace TickStore.Core;\n\npublic readonly struct NewKernel : ICompareKernel\n{\n}\n"
            );
            var gap = Assert.Single(MicroCheck.FindGaps(engine.FullName));
            Assert.StartsWith("TickStore.Core.NewKernel is a kernel", gap, StringComparison.Ordinal);
        }
        finally
        {
            engine.Delete(recursive: true);
        }
    }

    [Fact]
    public void Each_benchmark_runs_and_answers_as_its_yardstick_does() => Assert.Empty(MicroCheck.RunEachOnce());

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TickStore.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("TickStore.sln was not found above the test");
        }

        return folder.FullName;
    }
}
