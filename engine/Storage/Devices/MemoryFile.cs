namespace TickStore.Storage.Devices;

/// <summary>The bytes of a file in memory, in pages that are made when first written: a preallocated log segment of
/// which little is used costs little.</summary>
internal sealed class MemoryFile
{
    private const int PageBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, byte[]> _pages = [];
    private long _lengthBytes;

    public long LengthBytes
    {
        get
        {
            lock (_gate)
                return _lengthBytes;
        }
    }

    public int Read(Span<byte> buffer, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (_gate)
        {
            var readBytes = (int)Math.Clamp(_lengthBytes - offset, 0, buffer.Length);
            for (var done = 0; done < readBytes; )
            {
                var (page, inPage) = Math.DivRem(offset + done, PageBytes);
                var part = buffer.Slice(done, (int)Math.Min(readBytes - done, PageBytes - inPage));
                if (_pages.TryGetValue(page, out var bytes))
                    bytes.AsSpan((int)inPage, part.Length).CopyTo(part);
                else
                    part.Clear();
                done += part.Length;
            }

            return readBytes;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (_gate)
        {
            for (var done = 0; done < bytes.Length; )
            {
                var (page, inPage) = Math.DivRem(offset + done, PageBytes);
                var part = bytes.Slice(done, (int)Math.Min(bytes.Length - done, PageBytes - inPage));
                if (!_pages.TryGetValue(page, out var target))
                    _pages.Add(page, target = new byte[PageBytes]);
                part.CopyTo(target.AsSpan((int)inPage));
                done += part.Length;
            }

            _lengthBytes = Math.Max(_lengthBytes, offset + bytes.Length);
        }
    }

    public void SetLength(long lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBytes);
        lock (_gate)
        {
            if (lengthBytes < _lengthBytes)
            {
                var (lastPage, keptBytes) = Math.DivRem(lengthBytes, PageBytes);
                foreach (var page in _pages.Keys.Where(page => page > lastPage).ToArray())
                    _pages.Remove(page);
                if (_pages.TryGetValue(lastPage, out var bytes))
                    bytes.AsSpan((int)keptBytes).Clear();
            }

            _lengthBytes = lengthBytes;
        }
    }
}

/// <summary>One handle on a <see cref="MemoryFile"/>.</summary>
internal sealed class MemoryFileHandle(string path, MemoryFile file) : IFile
{
    public string Path => path;

    public long Length => file.LengthBytes;

    public int ReadAt(Span<byte> buffer, long offset) => file.Read(buffer, offset);

    public void WriteAt(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

    public void Sync()
    {
        // Nothing outlives the process, so there is nothing to make durable.
    }

    public void Allocate(long lengthBytes)
    {
        if (lengthBytes > file.LengthBytes)
            file.SetLength(lengthBytes);
    }

    public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

    public long NextDataOffset(long offset) => offset;

    public void Dispose()
    {
        // The bytes belong to the file system; a handle holds nothing of its own.
    }
}
