using System.Runtime.InteropServices;
using System.Text;

namespace TickStore.Storage.Devices;

/// <summary>
/// The calls that .NET does not offer, or whose errors it swallows: <c>RandomAccess.FlushToDisk</c> and
/// <c>FileStream.Flush(true)</c> return normally when fsync fails on Linux, and no call syncs a folder.
/// They are bound through the main program's export table, so that a preloaded library (fault injection) is seen too.
/// </summary>
/// <remarks>
/// Linux: fdatasync, fsync, fallocate, flock, lseek, open, close. macOS: F_FULLFSYNC for both syncs, as fsync there
/// stops at the drive's cache; no fallocate. Windows: FlushFileBuffers; folders are journalled by NTFS and need no
/// sync. Tests replace single entries. Each entry returns -1 and sets errno when it fails.
/// </remarks>
internal sealed unsafe class SystemCalls
{
    private const int FullFsync = 51;
    private const int CloseOnExec = 0x80000;
    private const int SeekData = 3;
    private const int NoSuchOffset = 6;

    private const int SchedulingIdle = 5;

    private readonly delegate* unmanaged[Cdecl]<int, int, int*, int> _sched_setscheduler;
    private readonly delegate* unmanaged[Cdecl]<int, int, int> _fcntl;
    private readonly delegate* unmanaged[Cdecl]<int, long, int, long> _lseek;
    private readonly delegate* unmanaged[Cdecl]<byte*, int, int, int> _open;
    private readonly delegate* unmanaged[Cdecl]<int, int> _close;
    private readonly delegate* unmanaged<nint, int> _flushFileBuffers;

    private SystemCalls()
    {
        if (OperatingSystem.IsWindows())
        {
            var kernel = NativeLibrary.Load("kernel32.dll");
            _flushFileBuffers = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(kernel, "FlushFileBuffers");
            return;
        }

        _close = (delegate* unmanaged[Cdecl]<int, int>)Find("close");
        _open = (delegate* unmanaged[Cdecl]<byte*, int, int, int>)Find("open");
        Fsync = (delegate* unmanaged[Cdecl]<int, int>)Find("fsync");
        if (OperatingSystem.IsLinux())
        {
            Fdatasync = (delegate* unmanaged[Cdecl]<int, int>)Find("fdatasync");
            Fallocate = (delegate* unmanaged[Cdecl]<int, int, long, long, int>)Find("fallocate");
            Flock = (delegate* unmanaged[Cdecl]<int, int, int>)Find("flock");
            _sched_setscheduler = (delegate* unmanaged[Cdecl]<int, int, int*, int>)Find("sched_setscheduler");
            _lseek = (delegate* unmanaged[Cdecl]<int, long, int, long>)Find("lseek");
        }
        else if (OperatingSystem.IsMacOS())
        {
            _fcntl = (delegate* unmanaged[Cdecl]<int, int, int>)Find("fcntl");
        }
    }

    /// <summary>The calls of this machine.</summary>
    public static SystemCalls Default { get; } = new();

    /// <summary>fdatasync(fd); null where the system has none.</summary>
    public delegate* unmanaged[Cdecl]<int, int> Fdatasync { get; private init; }

    /// <summary>fsync(fd); null on Windows.</summary>
    public delegate* unmanaged[Cdecl]<int, int> Fsync { get; private init; }

    /// <summary>fallocate(fd, mode, offset, length); null where the system has none.</summary>
    public delegate* unmanaged[Cdecl]<int, int, long, long, int> Fallocate { get; private init; }

    /// <summary>flock(fd, operation); null where .NET's own sharing rules are used instead.</summary>
    public delegate* unmanaged[Cdecl]<int, int, int> Flock { get; private init; }

    /// <summary>This machine's calls, but with these replaced where they are not null.</summary>
    public static SystemCalls With(
        delegate* unmanaged[Cdecl]<int, int> fdatasync = null,
        delegate* unmanaged[Cdecl]<int, int> fsync = null,
        delegate* unmanaged[Cdecl]<int, int, long, long, int> fallocate = null
    ) =>
        new()
        {
            Fdatasync = fdatasync is not null ? fdatasync : Default.Fdatasync,
            Fsync = fsync is not null ? fsync : Default.Fsync,
            Fallocate = fallocate is not null ? fallocate : Default.Fallocate,
            Flock = Default.Flock,
        };

    /// <summary>Makes a file's data durable. Zero, or the errno.</summary>
    public int SyncData(nint handle)
    {
        if (_flushFileBuffers is not null)
            return _flushFileBuffers(handle) != 0 ? 0 : NonZeroError();
        if (_fcntl is not null)
            return _fcntl((int)handle, FullFsync) == 0 ? 0 : NonZeroError();
        return (Fdatasync is not null ? Fdatasync((int)handle) : Fsync((int)handle)) == 0 ? 0 : NonZeroError();
    }

    /// <summary>Makes the entries of a folder durable. Zero, or the errno and the call that gave it.</summary>
    public int SyncDirectory(string path, out string call)
    {
        call = "open";
        if (_open is null)
            return 0;
        var descriptor = OpenDescriptor(path, OperatingSystem.IsLinux() ? CloseOnExec : 0, out var errno);
        if (descriptor < 0)
            return errno;
        call = "fsync of the folder";
        errno = Fsync(descriptor) == 0 ? 0 : NonZeroError();
        _ = _close(descriptor);
        return errno;
    }

    /// <summary>Opens a path with open(2)'s flags (and mode 0644 if it is made): what <see cref="File.OpenHandle"/>
    /// cannot do, since it takes locks of its own and refuses folders. -1 and an errno if that fails.</summary>
    public int OpenDescriptor(string path, int flags, out int errno)
    {
        var text = new byte[Encoding.UTF8.GetMaxByteCount(path.Length) + 1];
        _ = Encoding.UTF8.GetBytes(path, text);
        fixed (byte* first = text)
        {
            var descriptor = _open(first, flags, 0x1A4);
            errno = descriptor < 0 ? NonZeroError() : 0;
            return descriptor;
        }
    }

    /// <summary>lseek(SEEK_DATA): the next offset with written data, -1 if there is none, or
    /// <paramref name="offset"/> where the system cannot tell.</summary>
    public long SeekNextData(int descriptor, long offset)
    {
        if (_lseek is null)
            return offset;
        var found = _lseek(descriptor, offset, SeekData);
        if (found >= 0)
            return found;
        return Marshal.GetLastSystemError() == NoSuchOffset ? -1 : offset;
    }

    /// <summary>Puts the calling thread behind every other one of the machine (SCHED_IDLE), for good: it takes no
    /// privilege, and the way back would. False where the system has no such thing.</summary>
    public bool TryYieldThread()
    {
        if (_sched_setscheduler is null)
            return false;
        var priority = 0;
        return _sched_setscheduler(0, SchedulingIdle, &priority) == 0;
    }

    /// <summary>The error of the call just made, never zero, so that "failed" cannot read as "fine".</summary>
    public static int NonZeroError() => Marshal.GetLastSystemError() is not 0 and var errno ? errno : DeviceErrors.Eio;

    private static nint Find(string name) => NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name);
}
