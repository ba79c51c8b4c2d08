using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Reports;

namespace TickStore.Micro.Reporting;

/// <summary>One figure of a run. Times are per value where a benchmark handles many values a call.</summary>
/// <param name="Suite">The benchmark class, without the common part of its namespace.</param>
/// <param name="Group">Benchmarks of one group of a suite answer one question, and share a baseline.</param>
/// <param name="Method">The benchmark.</param>
/// <param name="Case">Its parameters, or empty.</param>
/// <param name="Width">Name of the instruction width it ran with.</param>
/// <param name="IsBaseline">True for what the others of the group are compared with.</param>
/// <param name="Nanos">Median time of a value, in nanoseconds.</param>
/// <param name="MinNanos">Least time.</param>
/// <param name="MaxNanos">Greatest time.</param>
/// <param name="Runs">How many iterations were counted.</param>
/// <param name="BytesPerValue">Bytes of a value in memory; null where nobody says.</param>
/// <param name="StoredBytesPerValue">Bytes of a value as stored; null where nothing is.</param>
/// <param name="AllocatedBytes">Managed bytes allocated by one value.</param>
internal sealed record MicroRow(
    string Suite,
    string Group,
    string Method,
    string Case,
    string Width,
    bool IsBaseline,
    double Nanos,
    double MinNanos,
    double MaxNanos,
    int Runs,
    double? BytesPerValue,
    double? StoredBytesPerValue,
    double? AllocatedBytes
)
{
    private const string CommonNamespace = "TickStore.Micro.";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Decoded bytes, in 10^9 a second.</summary>
    [JsonIgnore]
    public double? GigabytesPerSecond => BytesPerValue / Nanos;

    /// <summary>The figures of a summary; benchmarks that failed have none.</summary>
    /// <param name="summary">What BenchmarkDotNet gives back.</param>
    /// <param name="width">The width of this process, or null where each job names its own.</param>
    public static IEnumerable<MicroRow> Of(Summary summary, string? width)
    {
        foreach (var report in summary.Reports)
        {
            if (!report.Success || report.ResultStatistics is not { } statistics)
            {
                continue;
            }

            var benchmark = report.BenchmarkCase;
            yield return new MicroRow(
                benchmark.Descriptor.Type.FullName!.Replace(CommonNamespace, string.Empty, StringComparison.Ordinal),
                string.Join(' ', benchmark.Descriptor.Categories),
                benchmark.Descriptor.WorkloadMethod.Name,
                string.Join(", ", benchmark.Parameters.Items.Select(p => p.ToDisplayText())),
                width ?? benchmark.Job.Id,
                benchmark.Descriptor.Baseline,
                statistics.Median,
                statistics.Min,
                statistics.Max,
                statistics.N,
                ValueShapes.BytesPerValue(benchmark),
                ValueShapes.StoredBytesPerValue(benchmark),
                report.GcStats.GetBytesAllocatedPerOperation(benchmark)
            );
        }
    }

    /// <summary>The row as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The inverse of <see cref="ToJson"/>.</summary>
    public static MicroRow FromJson(string line) => JsonSerializer.Deserialize<MicroRow>(line, Json)!;
}
