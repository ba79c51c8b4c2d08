using Microsoft.Win32.SafeHandles;

namespace TickStore.Storage.Devices;

/// <summary>A file of the operating system: pread and pwrite through <see cref="RandomAccess"/>, syncs through
/// <see cref="SystemCalls"/>.</summary>
internal sealed class PosixFile(string path, SafeFileHandle handle, SystemCalls calls) : IFile
{
    // Made once: the log syncs for every group of commits.
    private readonly Func<nint, int> syncData = calls.SyncData;

    public string Path => path;

    public long Length
    {
        get
        {
            try
            {
                return RandomAccess.GetLength(handle);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw DeviceErrors.FromException(e, "fstat", path);
            }
        }
    }

    public int ReadAt(Span<byte> buffer, long offset)
    {
        try
        {
            // pread may stop early at a signal or a page that is still coming: only zero means the end.
            var doneBytes = 0;
            while (doneBytes < buffer.Length)
            {
                var readBytes = RandomAccess.Read(handle, buffer[doneBytes..], offset + doneBytes);
                if (readBytes == 0)
                    break;
                doneBytes += readBytes;
            }

            return doneBytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DeviceErrors.FromException(e, "pread", path);
        }
    }

    public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DeviceErrors.FromException(e, "pwrite", path);
        }
    }

    public void Sync() => WithDescriptor(syncData, "fdatasync");

    public unsafe void Allocate(long lengthBytes)
    {
        const int notSupported = 95;
        if (lengthBytes <= Length)
            return;
        if (calls.Fallocate is null)
        {
            SetLength(lengthBytes);
            return;
        }

        var supported = true;
        WithDescriptor(
            descriptor =>
            {
                if (calls.Fallocate((int)descriptor, 0, 0, lengthBytes) == 0)
                    return 0;
                var errno = SystemCalls.NonZeroError();
                supported = errno != notSupported;
                return supported ? errno : 0;
            },
            "fallocate"
        );

        // Some file systems (older NFS, some FUSE ones) have no fallocate; a longer file is all they can give.
        if (!supported)
            SetLength(lengthBytes);
    }

    public void SetLength(long lengthBytes)
    {
        try
        {
            RandomAccess.SetLength(handle, lengthBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DeviceErrors.FromException(e, "ftruncate", path);
        }
    }

    public long NextDataOffset(long offset)
    {
        var held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            var found = calls.SeekNextData((int)handle.DangerousGetHandle(), offset);
            return found < 0 ? Length : found;
        }
        finally
        {
            if (held)
                handle.DangerousRelease();
        }
    }

    public void Dispose() => handle.Dispose();

    private void WithDescriptor(Func<nint, int> call, string name)
    {
        var held = false;
        int errno;
        try
        {
            // Keeps another thread's Dispose from closing, and the system from reusing, the descriptor meanwhile.
            handle.DangerousAddRef(ref held);
            errno = call(handle.DangerousGetHandle());
        }
        finally
        {
            if (held)
                handle.DangerousRelease();
        }

        if (errno != 0)
            DeviceErrors.ThrowErrno(errno, name, path);
    }
}
