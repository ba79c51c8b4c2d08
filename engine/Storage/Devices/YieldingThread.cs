namespace TickStore.Storage.Devices;

/// <summary>Threads that take only what time others leave.</summary>
public static class YieldingThread
{
    /// <summary>
    /// Puts the calling thread behind all others for the rest of its life: of use to threads that somebody started for
    /// one long task. On Linux by SCHED_IDLE, which needs no privilege; elsewhere by the lowest priority.
    /// </summary>
    public static void Enter()
    {
        if (!SystemCalls.Default.TryYieldThread())
        {
            Thread.CurrentThread.Priority = ThreadPriority.Lowest;
        }
    }
}
