using System.Text;
using Microsoft.Win32.SafeHandles;
using TickStore.Core;

namespace TickStore.Storage.Devices;

/// <summary>The files of the operating system. Linux is what counts; see <c>docs/format/log.md</c> for what the same
/// calls mean on macOS and Windows.</summary>
public sealed class PosixFileSystem : IFileSystem
{
    private readonly SystemCalls _calls;

    /// <summary>The files of this machine.</summary>
    public PosixFileSystem()
        : this(SystemCalls.Default) { }

    internal PosixFileSystem(SystemCalls calls) => _calls = calls;

    /// <summary>One instance for all who need no other; it has no state.</summary>
    public static PosixFileSystem Shared { get; } = new();

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode) =>
        Guard(
            "open",
            path,
            () =>
            {
                var handle = File.OpenHandle(
                    path,
                    mode == FileOpenMode.CreateNew ? FileMode.CreateNew : FileMode.Open,
                    mode == FileOpenMode.Read ? FileAccess.Read : FileAccess.ReadWrite,
                    FileShare.ReadWrite | FileShare.Delete
                );
                return new PosixFile(path, handle, _calls);
            }
        );

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) =>
        Guard("readdir", directory, () => Names(Directory.GetFiles(directory)));

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) =>
        Guard("readdir", directory, () => Names(Directory.GetDirectories(directory)));

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        var missing = new Stack<string>();
        for (var at = Path.GetFullPath(path); !Directory.Exists(at); at = Path.GetDirectoryName(at)!)
            missing.Push(at);
        while (missing.TryPop(out var next))
        {
            _ = Guard("mkdir", next, () => Directory.CreateDirectory(next));
            SyncDirectory(Path.GetDirectoryName(next)!);
        }
    }

    /// <inheritdoc/>
    public void DeleteFile(string path) =>
        Guard(
            "unlink",
            path,
            () =>
            {
                File.Delete(path);
                return 0;
            }
        );

    /// <inheritdoc/>
    public void DeleteDirectory(string path) =>
        Guard(
            "rmdir",
            path,
            () =>
            {
                if (Directory.Exists(path))
                    Directory.Delete(path);
                return 0;
            }
        );

    /// <inheritdoc/>
    public void Rename(string fromPath, string toPath) =>
        Guard(
            "rename",
            fromPath,
            () =>
            {
                File.Move(fromPath, toPath, overwrite: true);
                return 0;
            }
        );

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        var errno = _calls.SyncDirectory(path, out var call);
        if (errno != 0)
            DeviceErrors.ThrowErrno(errno, call, path);
    }

    /// <inheritdoc/>
    public IDisposable Lock(string path, string holder)
    {
        var handle = OperatingSystem.IsLinux() ? OpenAndFlock(path) : OpenUnshared(path);
        try
        {
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes(holder), 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            handle.Dispose();
            throw DeviceErrors.FromException(e, "pwrite", path);
        }

        return new FileLock(handle, _calls);
    }

    private unsafe SafeFileHandle OpenAndFlock(string path)
    {
        const int readWriteCreateCloseOnExec = 0x2 | 0x40 | 0x80000;
        const int exclusiveNonBlocking = 2 | 4;
        var descriptor = _calls.OpenDescriptor(path, readWriteCreateCloseOnExec, out var errno);
        if (descriptor < 0)
            DeviceErrors.ThrowErrno(errno, "open", path);
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (_calls.Flock(descriptor, exclusiveNonBlocking) == 0)
            return handle;

        errno = SystemCalls.NonZeroError();
        using (handle)
        {
            if (errno != DeviceErrors.Ewouldblock)
                DeviceErrors.ThrowErrno(errno, "flock", path);
            Span<byte> text = stackalloc byte[1024];
            throw Held(path, Encoding.UTF8.GetString(text[..RandomAccess.Read(handle, text, 0)]));
        }
    }

    private static SafeFileHandle OpenUnshared(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (IOException)
        {
            using var reader = new StreamReader(path, new FileStreamOptions { Share = FileShare.ReadWrite });
            throw Held(path, reader.ReadToEnd());
        }
        catch (UnauthorizedAccessException e)
        {
            throw DeviceErrors.FromException(e, "open", path);
        }
    }

    internal static TickStoreException Held(string path, string holder)
    {
        var facts = string.Join(", ", holder.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return new TickStoreException(
            ErrorCode.DatabaseLocked,
            $"{path}: the database is held by another handle "
                + $"({(facts.Length > 0 ? facts : "which has not named itself yet")}); "
                + "one process may write at a time"
        )
        {
            Location = path,
        };
    }

    private static string[] Names(string[] paths)
    {
        for (var i = 0; i < paths.Length; i++)
            paths[i] = Path.GetFileName(paths[i]);
        Array.Sort(paths, StringComparer.Ordinal);
        return paths;
    }

    private static T Guard<T>(string call, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw DeviceErrors.FromErrno(2, call, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DeviceErrors.FromException(e, call, path);
        }
    }

    private sealed class FileLock(SafeFileHandle handle, SystemCalls calls) : IDisposable
    {
        public unsafe void Dispose()
        {
            const int unlock = 8;

            // The name goes first: nobody should be told of a holder that no longer holds.
            if (handle.IsClosed)
                return;
            try
            {
                RandomAccess.SetLength(handle, 0);
            }
            catch (IOException)
            {
                // Only a courtesy to readers of the file; the lock itself goes with the descriptor.
            }

            // Said in so many words: a process that is just being started has copies of all descriptors until its program
            // runs, and the lock would stay until then.
            if (OperatingSystem.IsLinux())
                _ = calls.Flock((int)handle.DangerousGetHandle(), unlock);
            handle.Dispose();
        }
    }
}
