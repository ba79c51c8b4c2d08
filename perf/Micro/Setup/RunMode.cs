using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace TickStore.Micro.Setup;

/// <summary>How long and where benchmarks run.</summary>
internal static class RunMode
{
    /// <summary>
    /// True in the children of a quick run: they measure in their own process, whose environment the parent has set,
    /// so benchmark classes must not bring jobs of their own.
    /// </summary>
    public static bool IsQuick { get; set; }

    /// <summary>A process a benchmark, 15 iterations or fewer of 100 ms: some three seconds a figure.</summary>
    public static Job ThoroughJob { get; } =
        Job
            .Default.WithIterationTime(TimeInterval.FromMilliseconds(100))
            .WithWarmupCount(4)
            .WithMinIterationCount(8)
            .WithMaxIterationCount(15);

    /// <summary>In this process, 5 iterations of 10 ms: enough to see factors, not percents.</summary>
    public static Job QuickJob { get; } =
        Job
            .Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithIterationTime(TimeInterval.FromMilliseconds(10))
            .WithMinWarmupCount(6)
            .WithMaxWarmupCount(25)
            .WithIterationCount(5)
            .WithLaunchCount(1)
            .WithGcForce(false)
            .WithId("quick");
}
