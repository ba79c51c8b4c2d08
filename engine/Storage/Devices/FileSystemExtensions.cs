using System.Globalization;
using TickStore.Core;

namespace TickStore.Storage.Devices;

/// <summary>What several rooms do with files, said once.</summary>
public static class FileSystemExtensions
{
    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/>, or throws
    /// <see cref="ErrorCode.Corruption"/> if the file ends before that.</summary>
    public static void ReadExactly(this IFile file, Span<byte> buffer, long offset)
    {
        var readBytes = file.ReadAt(buffer, offset);
        if (readBytes != buffer.Length)
        {
            Throw.Corrupt(
                file.Path,
                $"the file ends at {offset + readBytes}; {buffer.Length} bytes were " + $"expected at offset {offset}"
            );
        }
    }

    /// <summary>All bytes of a file.</summary>
    public static byte[] ReadAllBytes(this IFileSystem files, string path)
    {
        using var file = files.Open(path, FileOpenMode.Read);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes, 0);
        return bytes;
    }

    /// <summary>Replaces a file as a whole and durably: temporary file, sync, rename, sync of the folder. After a crash
    /// the path holds the old bytes or the new ones, never a mixture.</summary>
    public static void WriteAtomically(this IFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + ".tmp";
        files.DeleteFile(temporary);
        using (var file = files.Open(temporary, FileOpenMode.CreateNew))
        {
            file.WriteAt(bytes, 0);
            file.Sync();
        }

        files.Rename(temporary, path);
        files.SyncDirectory(Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".");
    }

    /// <summary>Takes the lock of a database: the file says process id, program and since when for whoever finds it
    /// held.</summary>
    /// <param name="files">The device.</param>
    /// <param name="path">The lock file.</param>
    /// <param name="program">What the holder calls itself.</param>
    /// <param name="time">Gives the time stamp shown as "since".</param>
    public static IDisposable LockDatabase(this IFileSystem files, string path, string program, TimeProvider time)
    {
        var since = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return files.Lock(path, $"pid={Environment.ProcessId}\nprogram={program}\nsince={since}\n");
    }
}
