using System.Globalization;

namespace TickStore.EndToEnd.Latency;

/// <summary>
/// What the machine itself takes away, to be shown beside every latency: time stolen by other virtual machines, collections of garbage,
/// and allocations of the process between two looks.
/// </summary>
internal readonly record struct MachineNoise(
    long WallNanos,
    double StolenSeconds,
    int Collections,
    TimeSpan CollectionPauses,
    long AllocatedBytes
)
{
    // The unit of /proc/stat on Linux, whatever the kernel's own clock is.
    private const double JiffiesPerSecond = 100;

    public static MachineNoise Now() =>
        new(
            LatencyClock.Nanos(),
            ReadStolenSeconds(),
            GC.CollectionCount(0),
            GC.GetTotalPauseDuration(),
            GC.GetTotalAllocatedBytes(precise: false)
        );

    /// <summary>What has come since an earlier look.</summary>
    public MachineNoise Since(MachineNoise before) =>
        new(
            WallNanos - before.WallNanos,
            StolenSeconds - before.StolenSeconds,
            Collections - before.Collections,
            CollectionPauses - before.CollectionPauses,
            AllocatedBytes - before.AllocatedBytes
        );

    /// <summary>Percent of the machine's time that was stolen, over all cores.</summary>
    public double StolenPercent => 100 * StolenSeconds / Environment.ProcessorCount / (WallNanos / 1e9);

    private static double ReadStolenSeconds()
    {
        const string path = "/proc/stat";
        if (!File.Exists(path))
        {
            return 0;
        }

        // cpu user nice system idle iowait irq softirq steal ...
        var fields = File.ReadLines(path).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 8 ? long.Parse(fields[8], CultureInfo.InvariantCulture) / JiffiesPerSecond : 0;
    }
}
