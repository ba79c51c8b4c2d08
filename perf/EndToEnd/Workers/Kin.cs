using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TickStore.EndToEnd.Workers;

/// <summary>
/// Processes that an engine started, a database server say: they inherit an environment variable by which they are found again, even
/// where they left their parent as servers do.
/// </summary>
internal static partial class Kin
{
    /// <summary>The variable; its value names one worker of one run.</summary>
    public const string Variable = "TICKSTORE_PERF_WORKER";

    private const int Terminate = 15;

    /// <summary>Asks the processes with this mark to end, and kills those that have not after five seconds.</summary>
    public static void End(string mark)
    {
        foreach (var id in Find(mark))
        {
            // One that is gone already is as good.
            _ = Signal(id, Terminate);
        }

        for (var waited = 0; waited < 50 && Find(mark).Count > 0; waited++)
        {
            Thread.Sleep(100);
        }

        foreach (var id in Find(mark))
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or Win32Exception or InvalidOperationException)
            {
                // It ended by itself.
            }
        }
    }

    private static List<int> Find(string mark)
    {
        var found = new List<int>();
        if (!OperatingSystem.IsLinux())
        {
            return found;
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id) || id == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                if (File.ReadAllText($"{folder}/environ").Split('\0').Contains($"{Variable}={mark}"))
                {
                    found.Add(id);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody else's, or gone.
            }
        }

        return found;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
