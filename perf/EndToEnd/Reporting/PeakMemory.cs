namespace TickStore.EndToEnd.Reporting;

/// <summary>
/// The most memory that the process held during a phase, above what it held before (the generated rows). Linux resets
/// the high-water mark on request; where it does not, the figure is left out.
/// </summary>
internal sealed class PeakMemory
{
    private readonly long? baselineBytes;

    private PeakMemory(long? baselineBytes) => this.baselineBytes = baselineBytes;

    public static PeakMemory Start()
    {
        GC.Collect();
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(null);
        }

        return new(Read("VmRSS:"));
    }

    /// <summary>MiB since the start, or null.</summary>
    public double? MebibytesAbove() =>
        baselineBytes is { } before && Read("VmHWM:") is { } peak ? (peak - before) / 1048576.0 : null;

    private static long? Read(string field)
    {
        var line = File.ReadLines("/proc/self/status")
            .FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null
            ? null
            : long.Parse(line[field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal).Trim()) * 1024;
    }
}
