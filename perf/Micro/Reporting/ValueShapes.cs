using System.Reflection;
using BenchmarkDotNet.Running;

namespace TickStore.Micro.Reporting;

/// <summary>Finds out how many bytes the values of a benchmark have.</summary>
internal static class ValueShapes
{
    /// <summary>Bytes of a value in memory, from a parameter or an attribute; null where nobody says.</summary>
    public static double? BytesPerValue(BenchmarkCase benchmark) =>
        ShapeOf(benchmark)?.BytesPerValue
        ?? benchmark.Descriptor.WorkloadMethod.GetCustomAttribute<BytesPerValueAttribute>()?.Bytes
        ?? benchmark.Descriptor.Type.GetCustomAttribute<BytesPerValueAttribute>()?.Bytes;

    /// <summary>Bytes of a value as it is stored; null where nothing is stored.</summary>
    public static double? StoredBytesPerValue(BenchmarkCase benchmark) => ShapeOf(benchmark)?.StoredBytesPerValue;

    private static IValueShape? ShapeOf(BenchmarkCase benchmark)
    {
        foreach (var parameter in benchmark.Parameters.Items)
        {
            if (parameter.Value is IValueShape shape)
            {
                return shape;
            }
        }

        return null;
    }
}
