using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace TickStore.Micro.Setup;

/// <summary>The benchmark classes of this assembly.</summary>
internal static class MicroTypes
{
    /// <summary>Every class with a benchmark, by name: the rooms of the engine stay together.</summary>
    public static Type[] All { get; } =
    [
        .. typeof(MicroTypes)
            .Assembly.GetTypes()
            .Where(t => t.GetMethods().Any(m => m.GetCustomAttribute<BenchmarkAttribute>() is not null))
            .OrderBy(t => t.FullName, StringComparer.Ordinal),
    ];

    /// <summary>Whether a class is measured with each instruction width.</summary>
    public static bool IsPerWidth(Type type) => type.GetCustomAttribute<PerWidthAttribute>() is not null;
}
