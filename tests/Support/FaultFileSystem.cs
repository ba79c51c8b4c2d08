using TickStore.Core;
using TickStore.Storage.Devices;

namespace TickStore.Tests.Support;

/// <summary>
/// A simulated device, driven by a seed. It can fail the k-th call once or from then on, cut the power at the k-th
/// call, and flip bits. It knows what is durable: bytes that were synced and names whose folder was synced. A power cut
/// keeps those and, at random, any 512-byte sectors written since and any of the names made, renamed or deleted since.
/// A failed sync leaves the pages clean but not on the disk, as Linux does. Safe for several threads.
/// </summary>
public sealed class FaultFileSystem : IFileSystem
{
    private readonly Dictionary<string, FaultInode> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FaultInode> _durableNames = new(StringComparer.Ordinal);
    private readonly List<NameChange> _pendingNames = [];
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _locks = new(StringComparer.Ordinal);
    private readonly int _seed;
    private long _failAt = -1;
    private int _errno;
    private bool _sticky;
    private bool _cutsPower;

    /// <summary>An empty device.</summary>
    public FaultFileSystem(int seed = 1) => (_seed, Random) = (seed, new Random(seed));

    /// <summary>Calls made so far; the next one has this number.</summary>
    public long OperationCount { get; private set; }

    /// <summary>The first call that met the fault ("fdatasync /db/log/..."), or null if none has yet.</summary>
    public string? Fired { get; private set; }

    /// <summary>True once the power was cut or the process killed: every call fails, nothing changes.</summary>
    public bool IsDead { get; private set; }

    internal Lock Gate { get; } = new();

    internal Random Random { get; }

    /// <summary>Call number <paramref name="operation"/> (and, if sticky, every later one) fails with this
    /// errno.</summary>
    public void FailAt(long operation, int errno, bool sticky)
    {
        lock (Gate)
            (_failAt, _errno, _sticky, _cutsPower) = (operation, errno, sticky, false);
    }

    /// <summary>The power goes during call number <paramref name="operation"/>; see <see cref="AfterPowerCut"/>.</summary>
    public void CutPowerAt(long operation)
    {
        lock (Gate)
            (_failAt, _errno, _sticky, _cutsPower) = (operation, DeviceErrors.Eio, true, true);
    }

    /// <summary>No more faults; what they did stays.</summary>
    public void Heal()
    {
        lock (Gate)
            _failAt = -1;
    }

    /// <summary>Flips one bit of a file, as a failing disk would, past every cache.</summary>
    public void FlipBit(string path, long byteOffset, int bit)
    {
        lock (Gate)
            _names[Normal(path)].Flip(byteOffset, bit);
    }

    /// <summary>Cuts or extends a file from outside.</summary>
    public void CutFile(string path, long lengthBytes)
    {
        lock (Gate)
            _names[Normal(path)].SetLength(lengthBytes);
    }

    /// <summary>What a process finds that starts after this one was killed: all that was written. This device is dead
    /// then.</summary>
    public FaultFileSystem AfterKill()
    {
        lock (Gate)
        {
            IsDead = true;
            return Copy(_seed + 1);
        }
    }

    /// <summary>An independent device with the same state, for trying several continuations of one history.</summary>
    public FaultFileSystem Clone()
    {
        lock (Gate)
            return Copy(_seed);
    }

    /// <summary>What is found after the power is back, one of many possibilities chosen by the seed. This device is
    /// dead then.</summary>
    public FaultFileSystem AfterPowerCut(int seed)
    {
        lock (Gate)
        {
            IsDead = true;
            var random = new Random(seed);
            var after = new FaultFileSystem(seed);
            foreach (var directory in _directories)
                after._directories.Add(directory);
            var names = new Dictionary<string, FaultInode>(_durableNames, StringComparer.Ordinal);
            var mode = random.Next(3);
            var kept = mode == 1 ? random.Next(_pendingNames.Count + 1) : _pendingNames.Count;
            for (var i = 0; i < kept; i++)
            {
                if (mode != 2 || random.Next(2) == 0)
                    _pendingNames[i].Apply(names);
            }

            // One file may have two names for a moment, as the old one of an unsynced rename comes back.
            var survivors = new Dictionary<FaultInode, FaultInode>();
            foreach (var (path, inode) in names.OrderBy(n => n.Key, StringComparer.Ordinal))
            {
                if (!survivors.TryGetValue(inode, out var survivor))
                    survivors.Add(inode, survivor = inode.AfterPowerCut(random));
                after._names.Add(path, survivor);
                after._durableNames.Add(path, survivor);
            }

            return after;
        }
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        path = Normal(path);
        return Do(
            "open",
            path,
            () =>
            {
                var exists = _names.TryGetValue(path, out var inode);
                if (mode == FileOpenMode.CreateNew)
                {
                    if (exists)
                        throw DeviceErrors.FromErrno(17, "open", path);
                    if (!_directories.Contains(Path.GetDirectoryName(path)!))
                        throw DeviceErrors.FromErrno(2, "open", path);
                    inode = new FaultInode();
                    Change(new NameChange(null, path, inode));
                }
                else if (!exists)
                {
                    throw DeviceErrors.FromErrno(2, "open", path);
                }

                return new FaultFile(this, path, inode!);
            }
        );
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => Do("stat", path, () => _names.ContainsKey(Normal(path)));

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => Do("stat", path, () => _directories.Contains(Normal(path)));

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) =>
        Do("readdir", directory, () => NamesIn(_names.Keys, directory));

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) =>
        Do("readdir", directory, () => NamesIn(_directories, directory));

    /// <inheritdoc/>
    public void CreateDirectory(string path) =>
        Do(
            "mkdir",
            path,
            () =>
            {
                for (var at = Normal(path); at is { Length: > 0 }; at = Path.GetDirectoryName(at))
                    _directories.Add(at);
                return 0;
            }
        );

    /// <inheritdoc/>
    public void DeleteFile(string path) =>
        Do(
            "unlink",
            path,
            () =>
            {
                path = Normal(path);
                if (_names.TryGetValue(path, out var inode))
                    Change(new NameChange(path, null, inode));
                return 0;
            }
        );

    /// <inheritdoc/>
    public void DeleteDirectory(string path) =>
        Do(
            "rmdir",
            path,
            () =>
            {
                if (NamesIn(_names.Keys, path).Count + NamesIn(_directories, path).Count > 0)
                    throw DeviceErrors.FromErrno(39, "rmdir", path);
                return _directories.Remove(Normal(path));
            }
        );

    /// <inheritdoc/>
    public void Rename(string fromPath, string toPath) =>
        Do(
            "rename",
            fromPath,
            () =>
            {
                (fromPath, toPath) = (Normal(fromPath), Normal(toPath));
                if (!_names.TryGetValue(fromPath, out var inode))
                    throw DeviceErrors.FromErrno(2, "rename", fromPath);
                Change(new NameChange(fromPath, toPath, inode));
                return 0;
            }
        );

    /// <inheritdoc/>
    public void SyncDirectory(string path) =>
        Do(
            "fsync of the folder",
            path,
            () =>
            {
                path = Normal(path);
                foreach (var change in _pendingNames.Where(c => c.IsIn(path)))
                    change.Apply(_durableNames);
                _pendingNames.RemoveAll(c => c.IsIn(path));
                return 0;
            }
        );

    /// <inheritdoc/>
    public IDisposable Lock(string path, string holder) =>
        Do(
            "flock",
            path,
            () =>
            {
                if (!_locks.TryAdd(Normal(path), holder))
                    throw PosixFileSystem.Held(path, _locks[Normal(path)]);
                return new Unlock(this, Normal(path));
            }
        );

    /// <summary>Runs one call on the model, or fails it as planned.</summary>
    internal T Do<T>(string call, string path, Func<T> action)
    {
        Enter(call, path);
        lock (Gate)
            return action();
    }

    /// <summary>Counts a call and throws if it is to fail.</summary>
    internal void Enter(string call, string path)
    {
        if (Meet(call, path) is { } error)
            throw error;
    }

    /// <summary>Counts a call; gives the error that it is to fail with, or null. A dead device always gives
    /// one.</summary>
    internal TickStoreException? Meet(string call, string path)
    {
        lock (Gate)
        {
            if (IsDead)
                throw DeviceErrors.FromErrno(DeviceErrors.Eio, call, path);
            var operation = OperationCount++;
            if (_failAt < 0 || operation < _failAt || (operation > _failAt && !_sticky))
                return null;
            Fired ??= $"{call} {path}";
            IsDead |= _cutsPower;
            return DeviceErrors.FromErrno(_errno, call, path);
        }
    }

    private FaultFileSystem Copy(int seed)
    {
        var copy = new FaultFileSystem(seed);
        var inodes = new Dictionary<FaultInode, FaultInode>();
        FaultInode CopyOf(FaultInode inode)
        {
            if (!inodes.TryGetValue(inode, out var copied))
                inodes.Add(inode, copied = inode.Copy());
            return copied;
        }

        foreach (var directory in _directories)
            copy._directories.Add(directory);
        foreach (var (path, inode) in _names)
            copy._names.Add(path, CopyOf(inode));
        foreach (var (path, inode) in _durableNames)
            copy._durableNames.Add(path, CopyOf(inode));
        foreach (var change in _pendingNames)
            copy._pendingNames.Add(change with { Inode = CopyOf(change.Inode) });
        return copy;
    }

    private void Change(NameChange change)
    {
        change.Apply(_names);
        _pendingNames.Add(change);
    }

    private static string Normal(string path) => Path.GetFullPath(path, "/");

    private static List<string> NamesIn(IEnumerable<string> paths, string directory)
    {
        directory = Normal(directory);
        return
        [
            .. paths
                .Where(p => p.Length > directory.Length && Path.GetDirectoryName(p) == directory)
                .Select(p => Path.GetFileName(p))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>A name made (no From), deleted (no To) or renamed, not yet durable.</summary>
    private sealed record NameChange(string? From, string? To, FaultInode Inode)
    {
        public bool IsIn(string directory) => Path.GetDirectoryName(To ?? From) == directory;

        public void Apply(Dictionary<string, FaultInode> names)
        {
            if (From is not null && (!names.TryGetValue(From, out var inode) || inode != Inode))
                return;
            if (From is not null)
                names.Remove(From);
            if (To is not null)
                names[To] = Inode;
        }
    }

    private sealed class Unlock(FaultFileSystem owner, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (owner.Gate)
                owner._locks.Remove(path);
        }
    }
}
