using System.Diagnostics;
using System.Reflection;

namespace TickStore.Tests.Support;

/// <summary>Managed bytes that something allocates, counted by the runtime: exact, and independent of the machine's speed.</summary>
public static class Allocation
{
    // Other threads of the process (the test's own runner) may allocate at any moment; of several runs the least has none of that.
    private const int Runs = 5;

    /// <summary>
    /// False where the assembly of the type is compiled without optimization: generic kernels test for types by casts, which box then.
    /// </summary>
    public static bool IsCountable(Type type) =>
        type.Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    /// <summary>Bytes allocated by all threads of the process while it runs; it has run before.</summary>
    public static long OfProcess(Action action) => OfProcess(static () => { }, action);

    /// <summary>As the other form, with something to be done before each run and not counted.</summary>
    public static long OfProcess(Action prepare, Action action) =>
        Least(prepare, action, static () => GC.GetTotalAllocatedBytes(precise: true));

    /// <summary>Bytes allocated by this thread while it runs; it has run before.</summary>
    public static long OfThread(Action action) => Least(static () => { }, action, GC.GetAllocatedBytesForCurrentThread);

    /// <summary>Bytes that 4 n rows take more than n rows do: what is constant is gone.</summary>
    /// <param name="work">Works on so many rows.</param>
    /// <param name="prepare">Done before each run for so many rows, and not counted.</param>
    /// <param name="rowCount">n.</param>
    public static long Of4Less1(Action<int> work, Action<int> prepare, int rowCount) =>
        OfProcess(() => prepare(4 * rowCount), () => work(4 * rowCount))
        - OfProcess(() => prepare(rowCount), () => work(rowCount));

    private static long Least(Action prepare, Action action, Func<long> count)
    {
        prepare();
        action();
        var least = long.MaxValue;
        for (var i = 0; i < Runs; i++)
        {
            prepare();
            var before = count();
            action();
            least = Math.Min(least, count() - before);
        }

        return least;
    }
}
