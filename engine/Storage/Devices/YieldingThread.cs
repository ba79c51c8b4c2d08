using System.Runtime.ExceptionServices;
using TickStore.Core;

namespace TickStore.Storage.Devices;

/// <summary>Threads that take only what time others leave.</summary>
public static class YieldingThread
{
    /// <summary>
    /// Puts the calling thread behind all others for the rest of its life: of use to threads that somebody started for one long task. On
    /// Linux by SCHED_IDLE, which needs no privilege; elsewhere by the lowest priority.
    /// What it does has to call <see cref="WorkPace.Step"/> now and then.
    /// </summary>
    public static void Enter()
    {
        if (!SystemCalls.Default.TryYieldThread())
        {
            Thread.CurrentThread.Priority = ThreadPriority.Lowest;
        }

        WorkPace.Enter();
    }

    /// <summary>Does a task on a yielding thread, and waits for it; what it throws is thrown here. Costs the start of a thread.</summary>
    public static T Run<T>(string name, Func<T> task)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = task();
            }
#pragma warning disable CA1031 // Whatever it is, it is thrown where the task was asked for.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
