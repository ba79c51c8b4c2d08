using TickStore.Core;

namespace TickStore.Storage.Devices;

/// <summary>Files in memory: for databases opened in memory, and the ground that simulations stand on. It behaves as
/// the real one does, except that nothing survives the process, so that syncs have nothing to do.</summary>
public sealed class MemoryFileSystem : IFileSystem
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _locks = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        path = Normal(path);
        lock (_gate)
        {
            var exists = _files.TryGetValue(path, out var file);
            if (mode == FileOpenMode.CreateNew)
            {
                if (exists)
                    DeviceErrors.ThrowErrno(17, "open", path);
                if (!_directories.Contains(Path.GetDirectoryName(path)!))
                    DeviceErrors.ThrowErrno(2, "open", path);
                file = new MemoryFile();
                _files.Add(path, file);
            }
            else if (!exists)
            {
                DeviceErrors.ThrowErrno(2, "open", path);
            }

            return new MemoryFileHandle(path, file!);
        }
    }

    /// <inheritdoc/>
    public bool FileExists(string path)
    {
        lock (_gate)
            return _files.ContainsKey(Normal(path));
    }

    /// <inheritdoc/>
    public bool DirectoryExists(string path)
    {
        lock (_gate)
            return _directories.Contains(Normal(path));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory)
    {
        lock (_gate)
            return NamesIn(_files.Keys, Normal(directory));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory)
    {
        lock (_gate)
            return NamesIn(_directories, Normal(directory));
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        lock (_gate)
        {
            for (var at = Normal(path); at is { Length: > 0 }; at = Path.GetDirectoryName(at))
                _directories.Add(at);
        }
    }

    /// <inheritdoc/>
    public void DeleteFile(string path)
    {
        lock (_gate)
            _files.Remove(Normal(path));
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        path = Normal(path);
        lock (_gate)
        {
            if (NamesIn(_files.Keys, path).Count + NamesIn(_directories, path).Count > 0)
            {
                DeviceErrors.ThrowErrno(39, "rmdir", path);
            }

            _directories.Remove(path);
        }
    }

    /// <inheritdoc/>
    public void Rename(string fromPath, string toPath)
    {
        (fromPath, toPath) = (Normal(fromPath), Normal(toPath));
        lock (_gate)
        {
            if (!_files.Remove(fromPath, out var file))
                DeviceErrors.ThrowErrno(2, "rename", fromPath);
            _files[toPath] = file!;
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        if (!DirectoryExists(path))
            DeviceErrors.ThrowErrno(2, "open", path);
    }

    /// <inheritdoc/>
    public IDisposable Lock(string path, string holder)
    {
        path = Normal(path);
        lock (_gate)
        {
            if (!_locks.TryAdd(path, holder))
                throw PosixFileSystem.Held(path, _locks[path]);
            return new MemoryLock(this, path);
        }
    }

    private static string Normal(string path) => Path.GetFullPath(path, "/");

    private static List<string> NamesIn(IEnumerable<string> paths, string directory)
    {
        var names = new List<string>();
        foreach (var path in paths)
        {
            if (path.Length > directory.Length && Path.GetDirectoryName(path) == directory)
                names.Add(Path.GetFileName(path));
        }

        return names;
    }

    private sealed class MemoryLock(MemoryFileSystem owner, string path) : IDisposable
    {
        private bool _released;

        public void Dispose()
        {
            lock (owner._gate)
            {
                if (!_released)
                    owner._locks.Remove(path);
                _released = true;
            }
        }
    }
}
