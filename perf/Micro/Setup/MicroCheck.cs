using System.Reflection;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using TickStore.Codecs;
using TickStore.Micro.Codecs;

namespace TickStore.Micro.Setup;

/// <summary>
/// What must hold of the benchmarks, without measuring anything: nothing of the engine is forgotten, and each benchmark
/// runs and gives its baseline's answer. For tests, and for <c>--check</c>.
/// </summary>
public static partial class MicroCheck
{
    /// <summary>
    /// Types that a Kernels folder of the engine declares and no benchmark names, and names that no type has; empty
    /// where all is well.
    /// </summary>
    /// <param name="engineFolder">The engine's sources.</param>
    public static IReadOnlyList<string> FindGaps(string engineFolder)
    {
        var measured = MicroTypes
            .All.SelectMany(t => t.GetCustomAttribute<MeasuresAttribute>()?.Types ?? [])
            .ToHashSet(StringComparer.Ordinal);
        var gaps = new List<string>();
        foreach (var name in KernelTypes(engineFolder).Where(n => !measured.Contains(n)))
        {
            gaps.Add($"{name} is a kernel, and no class in perf/Micro is marked as measuring it");
        }

        var assemblies = MicroAssemblies();
        foreach (var name in measured.Where(n => assemblies.All(a => a.GetType(n) is null)))
        {
            gaps.Add($"{name} is said to be measured, and does not exist");
        }

        var cases = CodecCase.All().Select(c => c.Codec).ToHashSet();
        foreach (var entry in CodecLedger.Entries)
        {
            if (!cases.Contains(entry.Id))
            {
                gaps.Add($"The codec {entry.Name} has no benchmark");
            }
        }

        foreach (var type in MicroTypes.All)
        {
            if (type.GetCustomAttribute<MeasuresAttribute>() is null)
            {
                gaps.Add($"{type.FullName} does not say what it measures");
            }

            if (!MicroTypes.IsPerWidth(type) && type.GetCustomAttribute<NativeWidthAttribute>() is null)
            {
                gaps.Add($"{type.FullName} does not say with which instruction widths it runs");
            }
        }

        return gaps;
    }

    /// <summary>Runs each benchmark once with each of its parameters; what failed or differed, or nothing.</summary>
    public static IReadOnlyList<string> RunEachOnce()
    {
        RunMode.IsQuick = true;
        var failures = new List<string>();
        foreach (var type in MicroTypes.All)
        {
            foreach (var set in CasesOf(type).GroupBy(c => c.Parameters.DisplayInfo))
            {
                RunSet(type, [.. set], failures);
            }
        }

        return failures;
    }

    internal static BenchmarkCase[] CasesOf(Type type) =>
        BenchmarkConverter.TypeToBenchmarks(type, ManualConfig.CreateEmpty().AddJob(RunMode.QuickJob)).BenchmarksCases;

    private static void RunSet(Type type, IReadOnlyList<BenchmarkCase> cases, List<string> failures)
    {
        var instance = SetUp(type, cases[0]);
        var answers = new Dictionary<string, (string Method, object? Answer)>();
        foreach (var benchmark in cases)
        {
            var method = benchmark.Descriptor.WorkloadMethod;
            var name = $"{type.Name}.{method.Name} {benchmark.Parameters.DisplayInfo}";
            try
            {
                var answer = method.Invoke(instance, null);
                var group = string.Join(' ', benchmark.Descriptor.Categories);
                if (type.GetCustomAttribute<SameAnswersAttribute>() is null)
                {
                    continue;
                }

                if (answers.TryGetValue(group, out var other) && !Equals(answer, other.Answer))
                {
                    failures.Add($"{name} answers {answer}, {other.Method} answers {other.Answer}");
                }

                answers.TryAdd(group, (method.Name, answer));
            }
            catch (TargetInvocationException e)
            {
                failures.Add($"{name}: {e.InnerException}");
            }
        }

        TearDown(type, instance);
    }

    /// <summary>An instance with a benchmark's parameters, set up as BenchmarkDotNet would.</summary>
    internal static object SetUp(Type type, BenchmarkCase benchmark)
    {
        var instance = Activator.CreateInstance(type)!;
        foreach (var parameter in benchmark.Parameters.Items)
        {
            type.GetProperty(parameter.Name)!.SetValue(instance, parameter.Value);
        }

        Call<GlobalSetupAttribute>(type, instance);
        return instance;
    }

    /// <summary>Lets an instance free what it holds.</summary>
    internal static void TearDown(Type type, object instance) => Call<GlobalCleanupAttribute>(type, instance);

    private static void Call<TAttribute>(Type type, object instance)
        where TAttribute : Attribute =>
        type.GetMethods().FirstOrDefault(m => m.GetCustomAttribute<TAttribute>() is not null)?.Invoke(instance, null);

    // Declarations at the left margin of a file: what is nested belongs to them.
    private static IEnumerable<string> KernelTypes(string engineFolder) =>
        from file in Directory.EnumerateFiles(engineFolder, "*.cs", SearchOption.AllDirectories)
        where Path.GetFileName(Path.GetDirectoryName(file)) == "Kernels"
        let text = File.ReadAllText(file)
        let space = NamespaceLine().Match(text).Groups[1].Value
        from Match match in TypeLine().Matches(text)
        select $"{space}.{match.Groups[1].Value}";

    private static Assembly[] MicroAssemblies() =>
        [
            .. typeof(MicroCheck)
                .Assembly.GetReferencedAssemblies()
                .Where(n => n.Name!.StartsWith("TickStore.", StringComparison.Ordinal))
                .Select(Assembly.Load),
            typeof(MicroCheck).Assembly,
        ];

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(
        @"^(?:public|internal) (?:(?:static|sealed|readonly|ref|partial|unsafe) )*(?:class|struct|record struct|record) (\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TypeLine();
}
