using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TickStore.EndToEnd.Schedule;

/// <summary>Takes files out of the operating system's page cache, so that the next read comes from the device.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Linux only.</summary>
    public static bool CanDrop => OperatingSystem.IsLinux();

    /// <summary>Drops every file below the folder. Pages that a process has mapped stay: nobody should have it open.</summary>
    public static void Drop(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            // Pages that are not written yet are not dropped.
            if (Fsync(file) != 0 || Advise(file, 0, 0, DontNeed) != 0)
            {
                throw new IOException($"{path} cannot be taken out of the page cache");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
