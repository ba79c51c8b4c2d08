using System.Diagnostics;
using System.Reflection;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Running;

namespace TickStore.Micro.Setup;

/// <summary>
/// Holds benchmarks under a profiler: calls each of those that a filter names over and over in this process, without
/// any of BenchmarkDotNet's own work between the calls. Says what it allocates as well.
/// </summary>
internal static class ProfiledLoop
{
    /// <summary>Runs the benchmarks one after the other.</summary>
    /// <param name="seconds">How long each of them.</param>
    /// <param name="filter">A glob over full names with parameters, as BenchmarkDotNet's --filter.</param>
    /// <returns>How many there were.</returns>
    public static int Run(double seconds, string filter)
    {
        RunMode.IsQuick = true;
        var glob = new GlobFilter([filter]);
        var count = 0;
        foreach (var type in MicroTypes.All)
        {
            foreach (var benchmark in MicroCheck.CasesOf(type).Where(glob.Predicate))
            {
                Run(type, benchmark, seconds);
                count++;
            }
        }

        return count;
    }

    private static void Run(Type type, BenchmarkCase benchmark, double seconds)
    {
        var instance = MicroCheck.SetUp(type, benchmark);
        var method = benchmark.Descriptor.WorkloadMethod;
        var call = (Action)(
            method.ReturnType == typeof(void)
                ? method.CreateDelegate<Action>(instance)
                : typeof(ProfiledLoop)
                    .GetMethod(nameof(Discarding), BindingFlags.NonPublic | BindingFlags.Static)!
                    .MakeGenericMethod(method.ReturnType)
                    .Invoke(null, [method, instance])!
        );
        call();
        var (calls, started) = (0L, Stopwatch.GetTimestamp());
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            call();
            calls++;
        }

        var allocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        var nanos = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        var values = calls * (double)benchmark.Descriptor.OperationsPerInvoke;
        Console.WriteLine(
            $"{benchmark.Descriptor.GetFilterName()} {benchmark.Parameters.PrintInfo}: {calls} calls, "
                + $"{nanos / values:G4} ns a value, {allocatedBytes / calls} bytes allocated a call"
        );
        MicroCheck.TearDown(type, instance);
    }

    private static Action Discarding<T>(MethodInfo method, object instance)
    {
        var function = method.CreateDelegate<Func<T>>(instance);
        return () => _ = function();
    }
}
