// Proves that the real file system's errors reach the caller: errno values from real devices (/dev/full, /dev/null),
// from replaced system calls (the variant for machines with nothing but the SDK), and, where gcc is, from a preloaded
// library under a process of its own, which also shows that .NET's own flush would have said that all is well.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Log;

namespace TickStore.Tests.Storage.Devices;

public sealed class PosixFileSystemTests : IDisposable
{
    private const string ShimVariable = "TICKSTORE_TEST_SHIM";
    private static int s_failFrom = int.MaxValue;
    private static int s_syncs;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tickstore-devices-{Guid.NewGuid():n}");

    public PosixFileSystemTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_keep_what_is_written_and_end_where_they_end()
    {
        var files = PosixFileSystem.Shared;
        var path = Path.Combine(_folder, "a");
        using (var file = files.Open(path, FileOpenMode.CreateNew))
        {
            file.Allocate(1 << 20);
            Assert.Equal(1 << 20, file.Length);
            file.WriteAt("tick"u8, 1000);
            file.Sync();
            Assert.True(file.NextDataOffset(0) <= 1000);
            Assert.True(file.NextDataOffset(512 << 10) >= 512 << 10);
            var bytes = new byte[10];
            Assert.Equal(10, file.ReadAt(bytes, 998));
            Assert.Equal([0, 0, (byte)'t', (byte)'i', (byte)'c', (byte)'k', 0, 0, 0, 0], bytes);
            Assert.Equal(4, file.ReadAt(bytes, (1 << 20) - 4));
            file.SetLength(1002);
            Assert.Equal(2, file.ReadAt(bytes, 1000));
        }

        files.WriteAtomically(Path.Combine(_folder, "b"), "new"u8);
        files.Rename(path, Path.Combine(_folder, "c"));
        files.SyncDirectory(_folder);
        Assert.Equal(["b", "c"], files.ListFiles(_folder));
        files.DeleteFile(Path.Combine(_folder, "c"));
        files.DeleteFile(Path.Combine(_folder, "c"));
        Assert.Equal("new"u8.ToArray(), files.ReadAllBytes(Path.Combine(_folder, "b")));
        AssertErrno("ENOENT", () => files.Open(path, FileOpenMode.Read));
        AssertErrno("EEXIST", () => files.Open(Path.Combine(_folder, "b"), FileOpenMode.CreateNew));
    }

    [Fact]
    public void A_full_device_and_a_device_that_cannot_sync_say_so()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var full = PosixFileSystem.Shared.Open("/dev/full", FileOpenMode.ReadWrite);
        var error = AssertErrno("ENOSPC", () => full.WriteAt("x"u8, 0));
        Assert.Equal(ErrorCode.DiskFull, error.Code);
        using var none = PosixFileSystem.Shared.Open("/dev/null", FileOpenMode.ReadWrite);
        Assert.Equal(ErrorCode.DeviceFailed, AssertErrno("EINVAL", none.Sync).Code);
        AssertErrno("ENOENT", () => PosixFileSystem.Shared.SyncDirectory(Path.Combine(_folder, "nowhere")));
    }

    [Fact]
    public void A_second_holder_is_refused_with_the_name_of_the_first()
    {
        var path = Path.Combine(_folder, "lock");
        var first = PosixFileSystem.Shared.LockDatabase(path, "recorder", TimeProvider.System);
        var error = Assert.Throws<TickStoreException>(() =>
            PosixFileSystem.Shared.LockDatabase(path, "other", TimeProvider.System)
        );
        Assert.Equal(ErrorCode.DatabaseLocked, error.Code);
        Assert.Contains(
            $"pid={Environment.ProcessId}, program=recorder, since=20",
            error.Message,
            StringComparison.Ordinal
        );
        first.Dispose();
        first.Dispose();
        PosixFileSystem.Shared.LockDatabase(path, "other", TimeProvider.System).Dispose();
    }

    [Fact]
    public unsafe void A_failing_fdatasync_on_real_files_fails_the_log_and_nothing_more_is_acknowledged()
    {
        var files = new PosixFileSystem(SystemCalls.With(fdatasync: &CountedSync));
        (s_syncs, s_failFrom) = (0, int.MaxValue);
        var folder = Path.Combine(_folder, "log");
        var options = new LogOptions { SegmentBytes = 1 << 20, BufferBytes = 64 << 10 };
        var acknowledged = 0;
        using (var log = LogWriter.Open(files, folder, options, 0, _ => { }))
        {
            for (; acknowledged < 5; acknowledged++)
                log.WaitDurable(log.Append(16, acknowledged, "tick"u8).EndPosition);
            s_failFrom = s_syncs;
            var error = Assert.Throws<TickStoreException>(() =>
                log.WaitDurable(log.Append(16, 5, "lost"u8).EndPosition)
            );
            Assert.Equal(ErrorCode.DeviceFailed, error.Code);
            Assert.Contains("fdatasync failed with EIO (errno 5)", error.Message, StringComparison.Ordinal);
            s_failFrom = int.MaxValue;
            var syncs = s_syncs;
            Assert.Throws<TickStoreException>(() => log.Append(16, 6, "late"u8));
            Assert.Equal(syncs, s_syncs);
        }

        var found = 0;
        using var again = LogWriter.Open(PosixFileSystem.Shared, folder, options, 0, _ => found++);
        Assert.InRange(found, acknowledged, acknowledged + 1);
    }

    [Fact]
    public unsafe void A_full_disk_at_the_next_segment_is_reported_and_the_log_opens_again()
    {
        var files = new PosixFileSystem(SystemCalls.With(fallocate: &FullAfterTwo));
        s_allocations = 0;
        var folder = Path.Combine(_folder, "log");
        var options = new LogOptions
        {
            SegmentBytes = 64 << 10,
            BufferBytes = 16 << 10,
            PrepareInBackground = false,
        };
        var acknowledged = 0;
        using (var log = LogWriter.Open(files, folder, options, 0, _ => { }))
        {
            var error = Assert.Throws<TickStoreException>(() =>
            {
                while (acknowledged < 1000)
                {
                    log.WaitDurable(log.Append(16, acknowledged, new byte[1000]).EndPosition);
                    acknowledged++;
                }
            });
            Assert.Equal(ErrorCode.DiskFull, error.Code);
        }

        Assert.InRange(acknowledged, 50, 200);
        var found = 0;
        using var again = LogWriter.Open(PosixFileSystem.Shared, folder, options, 0, _ => found++);
        Assert.Equal(acknowledged, found);
    }

    [Fact]
    public void Under_a_preloaded_library_the_error_is_seen_where_dotnet_sees_none()
    {
        if (Environment.GetEnvironmentVariable(ShimVariable) is not null)
        {
            // The child: every fsync and fdatasync of this process fails.
            using var handle = File.OpenHandle(Path.Combine(_folder, "x"), FileMode.Create, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
            using var file = PosixFileSystem.Shared.Open(Path.Combine(_folder, "x"), FileOpenMode.ReadWrite);
            Assert.Contains("fdatasync", AssertErrno("EIO", file.Sync).Message, StringComparison.Ordinal);
            AssertErrno("EIO", () => PosixFileSystem.Shared.SyncDirectory(_folder));
            var error = Assert.Throws<TickStoreException>(() =>
                LogWriter.Open(
                    PosixFileSystem.Shared,
                    Path.Combine(_folder, "log"),
                    new LogOptions { SegmentBytes = 1 << 20 },
                    0,
                    _ => { }
                )
            );
            Assert.Contains("EIO", error.Message, StringComparison.Ordinal);
            return;
        }

        var shim = Path.Combine(_folder, "shim.so");
        if (!OperatingSystem.IsLinux() || !TryCompile(shim))
            return; // Without gcc the replaced calls above show the same.
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(PosixFileSystemTests).Assembly.Location);
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"*{nameof(Under_a_preloaded_library_the_error_is_seen_where_dotnet_sees_none)}");
        start.Environment["LD_PRELOAD"] = shim;
        start.Environment[ShimVariable] = "1";
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEnd();
        Assert.True(child.WaitForExit(60_000));
        Assert.True(child.ExitCode == 0, output);
    }

    private static int s_allocations;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CountedSync(int descriptor)
    {
        if (Interlocked.Increment(ref s_syncs) <= s_failFrom)
            return 0;
        Marshal.SetLastSystemError(5);
        return -1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FullAfterTwo(int descriptor, int mode, long offset, long length)
    {
        if (Interlocked.Increment(ref s_allocations) > 2)
        {
            Marshal.SetLastSystemError(28);
            return -1;
        }

        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: false);
        RandomAccess.SetLength(handle, offset + length);
        return 0;
    }

    private static bool TryCompile(string output)
    {
        var source = Path.ChangeExtension(output, ".c");
        File.WriteAllText(
            source,
            "#include <errno.h>\nint fsync(int f){errno=EIO;return -1;}\nint "
                + "fdatasync(int f){errno=EIO;return -1;}\n"
        );
        try
        {
            using var gcc = Process.Start(new ProcessStartInfo("gcc", ["-shared", "-fPIC", "-o", output, source]))!;
            return gcc.WaitForExit(30_000) && gcc.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [Fact]
    public void A_task_of_a_yielding_thread_gives_its_result_and_its_error_to_who_asked()
    {
        var caller = Environment.CurrentManagedThreadId;
        Assert.NotEqual(caller, YieldingThread.Run("test", () => Environment.CurrentManagedThreadId));
        Assert.True(YieldingThread.Run("test", () => WorkPace.IsEntered));
        Assert.False(WorkPace.IsEntered);
        Assert.Throws<FormatException>(() => YieldingThread.Run<int>("test", () => throw new FormatException()));
    }

    // As a process that is being started has, until its program runs.
    [Fact]
    public void A_lock_goes_although_somebody_has_a_copy_of_its_descriptor()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var path = Path.Combine(_folder, "LOCK");
        var copy = -1;
        using (PosixFileSystem.Shared.Lock(path, "first"))
        {
            var descriptor = Directory.EnumerateFiles("/proc/self/fd").First(f => new FileInfo(f).LinkTarget == path);
            copy = Duplicate(
                int.Parse(Path.GetFileName(descriptor), System.Globalization.CultureInfo.InvariantCulture)
            );
            Assert.Throws<TickStoreException>(() => PosixFileSystem.Shared.Lock(path, "second"));
        }

        Assert.True(copy >= 0);
        PosixFileSystem.Shared.Lock(path, "second").Dispose();
        using var held = new Microsoft.Win32.SafeHandles.SafeFileHandle(copy, ownsHandle: true);
    }

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);

    private static TickStoreException AssertErrno(string name, Action action)
    {
        var error = Assert.Throws<TickStoreException>(action);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        return error;
    }
}
