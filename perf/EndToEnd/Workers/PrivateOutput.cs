using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TickStore.EndToEnd.Workers;

/// <summary>
/// Keeps a worker's stdout for the protocol alone: whatever else writes to stdout, a native library or the server of an engine, writes
/// to stderr from then on.
/// </summary>
internal static partial class PrivateOutput
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    // Linux and macOS number it differently: the lowest free descriptor from the argument on, closed by exec, so that a server
    // which the engine starts does not hold the pipe open.
    private static readonly int DuplicateCloseOnExec = OperatingSystem.IsMacOS() ? 67 : 1030;

    /// <summary>Moves stdout aside. To be called once, before anything is written.</summary>
    public static StreamWriter Take()
    {
        Console.SetOut(Console.Error);
        if (OperatingSystem.IsWindows())
        {
            return new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        }

        var kept = Fcntl(StandardOutput, DuplicateCloseOnExec, StandardError + 1);
        if (kept < 0 || Dup2(StandardError, StandardOutput) < 0)
        {
            throw new IOException($"stdout cannot be moved aside: error {Marshal.GetLastPInvokeError()}");
        }

        var handle = new SafeFileHandle(kept, ownsHandle: true);
        return new StreamWriter(new FileStream(handle, FileAccess.Write, bufferSize: 1)) { AutoFlush = true };
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Dup2(int from, int to);
}
