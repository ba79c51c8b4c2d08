using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace TickStore.Micro.Reporting;

/// <summary>A column computed from a benchmark's time per value and the bytes of a value.</summary>
internal abstract class ValueColumn : IColumn
{
    public string Id => ColumnName;

    public abstract string ColumnName { get; }

    public abstract string Legend { get; }

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        summary[benchmarkCase]?.ResultStatistics is { } statistics
        && Compute(benchmarkCase, statistics.Median) is { } value
            ? value.ToString("N2")
            : "-";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;

    protected abstract double? Compute(BenchmarkCase benchmark, double nanosPerValue);
}

/// <summary>Millions of values a second.</summary>
internal sealed class ValuesPerSecondColumn : ValueColumn
{
    public override string ColumnName => "M values/s";

    public override string Legend => "Millions of values (rows, operations) a second";

    protected override double? Compute(BenchmarkCase benchmark, double nanosPerValue) => 1e3 / nanosPerValue;
}

/// <summary>Decoded bytes a nanosecond.</summary>
internal sealed class GigabytesPerSecondColumn : ValueColumn
{
    public override string ColumnName => "GB/s";

    public override string Legend => "Decoded bytes, in 10^9 a second";

    protected override double? Compute(BenchmarkCase benchmark, double nanosPerValue) =>
        ValueShapes.BytesPerValue(benchmark) / nanosPerValue;
}

/// <summary>What a value takes when it is stored.</summary>
internal sealed class StoredBytesColumn : ValueColumn
{
    public override string ColumnName => "B/value";

    public override string Legend => "Stored bytes of a value, vector headers included";

    protected override double? Compute(BenchmarkCase benchmark, double nanosPerValue) =>
        ValueShapes.StoredBytesPerValue(benchmark);
}
