using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using TickStore.Micro.Reporting;

namespace TickStore.Micro.Setup;

/// <summary>The configurations of BenchmarkDotNet that the two modes use.</summary>
internal static class MicroConfig
{
    /// <summary>A process a benchmark; the classes bring the jobs. Everything is printed.</summary>
    public static IConfig Thorough(string artifactsFolder) =>
        Common(artifactsFolder)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddColumn(new ValuesPerSecondColumn(), new GigabytesPerSecondColumn(), new StoredBytesColumn());

    /// <summary>This process, few iterations; a line a benchmark on stderr.</summary>
    public static IConfig Quick(string artifactsFolder, string width) =>
        Common(artifactsFolder)
            .AddLogger(NullLogger.Instance)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddEventProcessor(new Progress(width))
            .AddJob(RunMode.QuickJob);

    private static ManualConfig Common(string artifactsFolder) =>
        ManualConfig
            .CreateEmpty()
            .WithArtifactsPath(artifactsFolder)
            .WithOption(ConfigOptions.DisableLogFile, true)
            .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory)
            .AddDiagnoser(MemoryDiagnoser.Default);
}
