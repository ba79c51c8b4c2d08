using TickStore.Storage.Devices;

namespace TickStore.Tests.Support;

/// <summary>The bytes of a file as programs see them (the page cache), as the disk holds them, and which sectors differ
/// because they were written since the last sync.</summary>
internal sealed class FaultInode
{
    public const int SectorBytes = 512;

    private byte[] _cache = [];
    private byte[] _disk = [];
    private HashSet<long> _dirty = [];

    public long Length => _cache.Length;

    public int Read(Span<byte> buffer, long offset)
    {
        var readBytes = (int)Math.Clamp(_cache.Length - offset, 0, buffer.Length);
        if (readBytes > 0)
            _cache.AsSpan((int)offset, readBytes).CopyTo(buffer);
        return readBytes;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (bytes.IsEmpty)
            return;
        if (offset + bytes.Length > _cache.Length)
            SetLength(offset + bytes.Length);
        bytes.CopyTo(_cache.AsSpan((int)offset));
        var last = (offset + bytes.Length - 1) / SectorBytes;
        for (var sector = offset / SectorBytes; sector <= last; sector++)
            _dirty.Add(sector);
    }

    public void SetLength(long lengthBytes) => Array.Resize(ref _cache, (int)lengthBytes);

    public void Flip(long offset, int bit) => _cache[offset] ^= (byte)(1 << bit);

    /// <summary>A sync that worked.</summary>
    public void Sync()
    {
        Array.Resize(ref _disk, _cache.Length);
        foreach (var sector in _dirty)
            CopySector(_cache, _disk, sector);
        _dirty.Clear();
    }

    /// <summary>A sync that failed: as on ext4 and XFS the pages are clean afterwards, though only some reached the
    /// disk.</summary>
    public void FailSync(Random random)
    {
        Array.Resize(ref _disk, _cache.Length);
        foreach (var sector in _dirty.Order())
        {
            if (random.Next(2) == 0)
                CopySector(_cache, _disk, sector);
        }

        _dirty.Clear();
    }

    public FaultInode Copy() =>
        new()
        {
            _cache = [.. _cache],
            _disk = [.. _disk],
            _dirty = [.. _dirty],
        };

    /// <summary>What is left of the file when the power goes: what was synced, and any part of the rest.</summary>
    public FaultInode AfterPowerCut(Random random)
    {
        var mode = random.Next(3);
        var length = random.Next(2) == 0 ? _disk.Length : _cache.Length;
        var left = _disk.AsSpan(0, Math.Min(_disk.Length, length)).ToArray();
        Array.Resize(ref left, length);
        foreach (var sector in _dirty.Order())
        {
            if (mode == 0 || (mode == 1 && random.Next(2) == 0))
                CopySector(_cache, left, sector);
        }

        return new FaultInode { _cache = left, _disk = [.. left] };
    }

    private static void CopySector(byte[] from, byte[] to, long sector)
    {
        var start = (int)sector * SectorBytes;
        var count = Math.Min(SectorBytes, Math.Min(from.Length, to.Length) - start);
        if (count > 0)
            from.AsSpan(start, count).CopyTo(to.AsSpan(start));
    }
}

/// <summary>One open handle; every call goes through the file system's fault plan.</summary>
internal sealed class FaultFile(FaultFileSystem owner, string path, FaultInode inode) : IFile
{
    public string Path => path;

    public long Length => owner.Do("fstat", path, () => inode.Length);

    public int ReadAt(Span<byte> buffer, long offset)
    {
        owner.Enter("pread", path);
        lock (owner.Gate)
            return inode.Read(buffer, offset);
    }

    public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        // A write that fails, or that the power cut meets, has got somewhere.
        var error = owner.Meet("pwrite", path);
        lock (owner.Gate)
            inode.Write(error is null ? bytes : bytes[..owner.Random.Next(bytes.Length + 1)], offset);
        if (error is not null)
            throw error;
    }

    public void Sync()
    {
        var error = owner.Meet("fdatasync", path);
        lock (owner.Gate)
        {
            if (error is null)
                inode.Sync();
            else if (!owner.IsDead)
                inode.FailSync(owner.Random);
        }

        if (error is not null)
            throw error;
    }

    public void Allocate(long lengthBytes) =>
        owner.Do(
            "fallocate",
            path,
            () =>
            {
                if (lengthBytes > inode.Length)
                    inode.SetLength(lengthBytes);
                return 0;
            }
        );

    public void SetLength(long lengthBytes) =>
        owner.Do(
            "ftruncate",
            path,
            () =>
            {
                inode.SetLength(lengthBytes);
                return 0;
            }
        );

    public long NextDataOffset(long offset) => offset;

    public void Dispose()
    {
        // Closing neither syncs nor fails.
    }
}
