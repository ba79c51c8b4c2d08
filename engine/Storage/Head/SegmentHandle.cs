using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Head;

/// <summary>
/// A sealed segment in use: each table version that names it has a reference. When the last is gone the file is closed,
/// and deleted if the manifest no longer names it.
/// </summary>
internal sealed class SegmentHandle
{
    private readonly IFileSystem files;
    private readonly string path;
    private int references = 1;
    private volatile bool isObsolete;

    public SegmentHandle(IFileSystem files, string path, SegmentEntry entry, SegmentReader reader)
    {
        (this.files, this.path) = (files, path);
        (Entry, Reader) = (entry, reader);
    }

    /// <summary>What the manifest says of it.</summary>
    public SegmentEntry Entry { get; }

    /// <summary>Reads it.</summary>
    public SegmentReader Reader { get; }

    public void Acquire() => Interlocked.Increment(ref references);

    /// <summary>The manifest no longer names it: the last reader to go deletes the file.</summary>
    public void MarkObsolete() => isObsolete = true;

    public void Release()
    {
        if (Interlocked.Decrement(ref references) != 0)
        {
            return;
        }

        Reader.Dispose();
        if (!isObsolete)
        {
            return;
        }

        try
        {
            files.DeleteFile(path);
        }
        catch (TickStoreException)
        {
            // A file that nobody names is no error of the reader that let go last; the next opening removes it.
        }
    }
}

/// <summary>A segment in the manifest.</summary>
/// <param name="FileNumber">Names the file; never given again.</param>
/// <param name="PartitionStart">First event time of its partition, in nanoseconds.</param>
/// <param name="RowCount">Rows.</param>
/// <param name="FileBytes">Size of the file.</param>
/// <param name="MinSequence">Smallest <c>_seq</c>.</param>
/// <param name="MaxSequence">Largest <c>_seq</c>.</param>
/// <param name="MinTime">Smallest event time.</param>
/// <param name="MaxTime">Largest event time.</param>
internal sealed record SegmentEntry(
    long FileNumber,
    long PartitionStart,
    long RowCount,
    long FileBytes,
    long MinSequence,
    long MaxSequence,
    long MinTime,
    long MaxTime
);
