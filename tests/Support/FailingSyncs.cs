using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Storage.Devices;

namespace TickStore.Tests.Support;

/// <summary>
/// The real file system, but with fsync and fdatasync that can be made to fail with EIO, as a dying disk does: the
/// pages stay readable, and only the return value of the call tells. The switch is one for the process, so tests that
/// use it must not run side by side.
/// </summary>
public static unsafe class FailingSyncs
{
    private const int Eio = 5;
    private static int isBroken;
    private static long failedCount;

    /// <summary>True while every sync fails.</summary>
    public static bool IsBroken
    {
        get => Volatile.Read(ref isBroken) != 0;
        set => Volatile.Write(ref isBroken, value ? 1 : 0);
    }

    /// <summary>Syncs that failed so far.</summary>
    public static long FailedCount => Interlocked.Read(ref failedCount);

    /// <summary>A file system over these calls.</summary>
    public static IFileSystem Files() => new PosixFileSystem(SystemCalls.With(fdatasync: &Fdatasync, fsync: &Fsync));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Fdatasync(int descriptor) => IsBroken ? Fail() : SystemCalls.Default.Fdatasync(descriptor);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Fsync(int descriptor) => IsBroken ? Fail() : SystemCalls.Default.Fsync(descriptor);

    private static int Fail()
    {
        Interlocked.Increment(ref failedCount);
        Marshal.SetLastSystemError(Eio);
        return -1;
    }
}
