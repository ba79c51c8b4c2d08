using TickStore.Core;

namespace TickStore.Storage.Devices;

/// <summary>
/// Everything the engine asks of an operating system's files. It is passed in, so that tests can inject faults and
/// replay power cuts. Failures are <see cref="TickStoreException"/>s as described at <see cref="IFile"/>. Creating,
/// renaming and deleting become durable only by <see cref="SyncDirectory"/> of the folder.
/// </summary>
public interface IFileSystem
{
    /// <summary>Opens a file; the caller disposes it.</summary>
    IFile Open(string path, FileOpenMode mode);

    /// <summary>True if a file (not a folder) of that path exists.</summary>
    bool FileExists(string path);

    /// <summary>True if a folder of that path exists.</summary>
    bool DirectoryExists(string path);

    /// <summary>The names (not paths) of the files in a folder, in ordinal order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>The names (not paths) of the folders in a folder, in ordinal order.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>Makes a folder and its missing parents, and makes their entries durable. No error if it
    /// exists.</summary>
    void CreateDirectory(string path);

    /// <summary>Deletes a file. No error if it does not exist.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes an empty folder. No error if it does not exist.</summary>
    void DeleteDirectory(string path);

    /// <summary>Renames a file, atomically replacing <paramref name="toPath"/> if that exists.</summary>
    void Rename(string fromPath, string toPath);

    /// <summary>Makes the entries of a folder durable: names made, renamed and deleted in it before this
    /// call.</summary>
    void SyncDirectory(string path);

    /// <summary>Takes the exclusive lock that <paramref name="path"/> stands for, until the result is disposed or the
    /// process dies. If it is held, throws <see cref="ErrorCode.DatabaseLocked"/> naming the holder.</summary>
    /// <param name="path">The lock file; it is made if need be and stays when the lock is released.</param>
    /// <param name="holder">Who we are, shown to whoever finds the lock held: one line per fact.</param>
    IDisposable Lock(string path, string holder);
}
