using System.Diagnostics.CodeAnalysis;
using TickStore.Core;

namespace TickStore.Storage.Devices;

/// <summary>Turns errno values and .NET's I/O exceptions into <see cref="TickStoreException"/>s.</summary>
internal static class DeviceErrors
{
    /// <summary>EIO: the device could not read or write.</summary>
    public const int Eio = 5;

    /// <summary>ENOSPC: no space left on device.</summary>
    public const int Enospc = 28;

    /// <summary>EWOULDBLOCK on Linux, as flock reports a lock that is held.</summary>
    public const int Ewouldblock = 11;

    private const int Edquot = 122;

    /// <summary>The error for a system call that failed.</summary>
    public static TickStoreException FromErrno(int errno, string call, string path)
    {
        var full = errno is Enospc or Edquot;
        var advice = full
            ? "free space on the device, then open the database again"
            : "the device or its file " + "system failed";
        return new TickStoreException(
            full ? ErrorCode.DiskFull : ErrorCode.DeviceFailed,
            $"{path}: {call} failed with {NameOf(errno)} (errno {errno}); {advice}"
        )
        {
            Location = path,
        };
    }

    /// <summary>The error for an exception of .NET's own file calls, whose HResult carries the errno on Unix.</summary>
    public static TickStoreException FromException(Exception e, string call, string path)
    {
        const int windowsDiskFull = unchecked((int)0x80070070);
        const int windowsHandleDiskFull = unchecked((int)0x80070027);
        if (e.HResult is > 0 and < 4096)
            return FromErrno(e.HResult, call, path);
        var full = e.HResult is windowsDiskFull or windowsHandleDiskFull;
        return new TickStoreException(
            full ? ErrorCode.DiskFull : ErrorCode.DeviceFailed,
            $"{path}: {call} failed: {e.Message}",
            e
        )
        {
            Location = path,
        };
    }

    /// <summary>Throws <see cref="FromErrno"/>.</summary>
    [DoesNotReturn]
    public static void ThrowErrno(int errno, string call, string path) => throw FromErrno(errno, call, path);

    private static string NameOf(int errno) =>
        errno switch
        {
            1 => "EPERM",
            2 => "ENOENT",
            Eio => "EIO",
            9 => "EBADF",
            Ewouldblock => "EAGAIN",
            12 => "ENOMEM",
            13 => "EACCES",
            16 => "EBUSY",
            17 => "EEXIST",
            20 => "ENOTDIR",
            21 => "EISDIR",
            22 => "EINVAL",
            23 => "ENFILE",
            24 => "EMFILE",
            27 => "EFBIG",
            Enospc => "ENOSPC",
            30 => "EROFS",
            36 => "ENAMETOOLONG",
            37 => "ENOLCK",
            39 => "ENOTEMPTY",
            116 => "ESTALE",
            Edquot => "EDQUOT",
            _ => "an error",
        };
}
