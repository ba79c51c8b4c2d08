using TickStore.Storage.Devices;

namespace TickStore.Tests.Support;

/// <summary>
/// A device of so many bytes over another one: what would make its files longer than that fails with ENOSPC, and
/// changes nothing. Deleting always works, as on a real disk. Only files made or opened through it count.
/// </summary>
public sealed class QuotaFileSystem(IFileSystem inner, long capacityBytes) : IFileSystem
{
    private const int Enospc = 28;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private long usedBytes;

    /// <summary>What still fits. Setting it below zero, or above, changes the capacity.</summary>
    public long FreeBytes
    {
        get
        {
            lock (gate)
            {
                return capacityBytes - usedBytes;
            }
        }
        set
        {
            lock (gate)
            {
                capacityBytes = usedBytes + value;
            }
        }
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        var file = inner.Open(path, mode);
        lock (gate)
        {
            if (!entries.TryGetValue(path, out var entry))
            {
                entries.Add(path, entry = new Entry { LengthBytes = file.Length });
                usedBytes += entry.LengthBytes;
            }

            return new QuotaFile(this, file, entry);
        }
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => inner.FileExists(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) => inner.ListDirectories(directory);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    /// <inheritdoc/>
    public void DeleteFile(string path)
    {
        inner.DeleteFile(path);
        lock (gate)
        {
            if (entries.Remove(path, out var entry))
            {
                usedBytes -= entry.LengthBytes;
                entry.IsDeleted = true;
            }
        }
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    /// <inheritdoc/>
    public void Rename(string fromPath, string toPath)
    {
        inner.Rename(fromPath, toPath);
        lock (gate)
        {
            if (entries.Remove(toPath, out var replaced))
            {
                usedBytes -= replaced.LengthBytes;
                replaced.IsDeleted = true;
            }

            if (entries.Remove(fromPath, out var entry))
            {
                entries.Add(toPath, entry);
            }
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    /// <inheritdoc/>
    public IDisposable Lock(string path, string holder) => inner.Lock(path, holder);

    private void Resize(Entry entry, long lengthBytes, string call, string path)
    {
        lock (gate)
        {
            var moreBytes = lengthBytes - entry.LengthBytes;
            if (moreBytes > 0 && usedBytes + moreBytes > capacityBytes)
            {
                throw DeviceErrors.FromErrno(Enospc, call, path);
            }

            usedBytes += entry.IsDeleted ? 0 : moreBytes;
            entry.LengthBytes = lengthBytes;
        }
    }

    private sealed class Entry
    {
        public long LengthBytes { get; set; }

        public bool IsDeleted { get; set; }
    }

    private sealed class QuotaFile(QuotaFileSystem owner, IFile file, Entry entry) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int ReadAt(Span<byte> buffer, long offset) => file.ReadAt(buffer, offset);

        public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
        {
            owner.Resize(entry, Math.Max(entry.LengthBytes, offset + bytes.Length), "pwrite", Path);
            file.WriteAt(bytes, offset);
        }

        public void Sync() => file.Sync();

        public void Allocate(long lengthBytes)
        {
            owner.Resize(entry, Math.Max(entry.LengthBytes, lengthBytes), "fallocate", Path);
            file.Allocate(lengthBytes);
        }

        public void SetLength(long lengthBytes)
        {
            owner.Resize(entry, lengthBytes, "ftruncate", Path);
            file.SetLength(lengthBytes);
        }

        public long NextDataOffset(long offset) => file.NextDataOffset(offset);

        public void Dispose() => file.Dispose();
    }
}
