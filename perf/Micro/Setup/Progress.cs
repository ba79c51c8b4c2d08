using BenchmarkDotNet.EventProcessors;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace TickStore.Micro.Setup;

/// <summary>One line on stderr for each benchmark that has run, so that a quick run is seen to move.</summary>
internal sealed class Progress(string width) : EventProcessor
{
    /// <inheritdoc/>
    public override void OnEndRunBenchmark(BenchmarkCase benchmarkCase, BenchmarkReport report)
    {
        var nanos = report.Success ? $"{report.ResultStatistics?.Median:F2} ns" : "failed";
        Console.Error.WriteLine(
            $"{width, -9} {benchmarkCase.Descriptor.GetFilterName()} {benchmarkCase.Parameters.PrintInfo}: {nanos}"
        );
    }
}
