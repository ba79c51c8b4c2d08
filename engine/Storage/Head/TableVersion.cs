namespace TickStore.Storage.Head;

/// <summary>
/// What makes up a table at one moment: sealed segments, and chunks in arrival order. Every row is in exactly one of
/// them. Immutable but for the rows that its chunks still publish. Readers hold it by counted references; the last to
/// go releases chunks and segments.
/// </summary>
internal sealed class TableVersion
{
    private int references = 1;

    private TableVersion(SegmentHandle[] segments, HeadChunk[] chunks)
    {
        Segments = segments;
        Chunks = chunks;
    }

    /// <summary>The segments, in no order that matters.</summary>
    public SegmentHandle[] Segments { get; }

    /// <summary>The chunks, oldest first; sequences ascend through them.</summary>
    public HeadChunk[] Chunks { get; }

    public static TableVersion Empty() => new([], []);

    /// <summary>Makes a version, which takes a reference on each of its parts.</summary>
    public static TableVersion Create(SegmentHandle[] segments, HeadChunk[] chunks)
    {
        foreach (var segment in segments)
        {
            segment.Acquire();
        }

        foreach (var chunk in chunks)
        {
            chunk.Acquire();
        }

        return new TableVersion(segments, chunks);
    }

    /// <summary>Memory of the chunks.</summary>
    public long HeadBytes
    {
        get
        {
            var bytes = 0L;
            foreach (var chunk in Chunks)
            {
                bytes += chunk.MemoryBytes;
            }

            return bytes;
        }
    }

    /// <summary>Takes a reference unless the last one is gone.</summary>
    public bool TryAcquire()
    {
        var seen = Volatile.Read(ref references);
        while (seen > 0)
        {
            var found = Interlocked.CompareExchange(ref references, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref references) != 0)
        {
            return;
        }

        foreach (var chunk in Chunks)
        {
            chunk.Release();
        }

        foreach (var segment in Segments)
        {
            segment.Release();
        }
    }
}

/// <summary>The current version of a table: swapped by the writer with one store, acquired by readers without a
/// lock.</summary>
internal sealed class VersionHolder(TableVersion first)
{
    private TableVersion current = first;

    /// <summary>The version as the writer left it. Only for whoever may not be overtaken by a swap.</summary>
    public TableVersion Current => Volatile.Read(ref current);

    /// <summary>Takes a reference on the current version; a reader that loses a race with a swap just looks
    /// again.</summary>
    public TableVersion Acquire()
    {
        while (true)
        {
            var version = Volatile.Read(ref current);
            if (version.TryAcquire())
            {
                return version;
            }
        }
    }

    /// <summary>Makes a version current, and gives up the old one's reference.</summary>
    public void Swap(TableVersion next) => Interlocked.Exchange(ref current, next).Release();
}
