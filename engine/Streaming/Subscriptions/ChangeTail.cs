using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// The newest changes of one source, encoded once for all who read them: a chain of chunks of which each subscriber holds the one that it
/// reads. What everybody has read goes back to be filled again. One thread at a time writes; readers are on threads of their own.
/// </summary>
public sealed class ChangeTail : IChangeListener, IDisposable
{
    private const int SpareCount = 16;

    private readonly BlockPool pool;
    private readonly Stack<ChangeChunk> spare = [];
    private readonly Lock spareGate = new();
    private ITailReader[] readers = [];
    private ChangeChunk? last;
    private TickStoreException? failure;
    private long sequence;
    private long rowCount;
    private long textBytes;
    private bool hasRows;
    private bool isDisposed;

    /// <summary>Makes an empty tail.</summary>
    /// <param name="shape">What the changes look like.</param>
    /// <param name="pool">Lends the memory.</param>
    public ChangeTail(ChangeShape shape, BlockPool pool)
    {
        Shape = shape;
        this.pool = pool;
    }

    /// <summary>What the changes look like.</summary>
    public ChangeShape Shape { get; }

    /// <summary>The end of the last step: all changes up to it are here.</summary>
    public long Sequence => Volatile.Read(ref sequence);

    /// <summary>Rows written so far: each once, however many read it.</summary>
    public long RowCount => Volatile.Read(ref rowCount);

    /// <summary>True where somebody reads.</summary>
    public bool HasReaders => Volatile.Read(ref readers).Length > 0;

    /// <summary>True once whoever reads has been cut off.</summary>
    public bool HasFailed => Volatile.Read(ref failure) is not null;

    /// <summary>Bytes of text written so far.</summary>
    internal long TextBytes => Volatile.Read(ref textBytes);

    /// <inheritdoc/>
    public void OnChanges(in DeltaBatch changes, long sequence)
    {
        if (failure is not null)
        {
            return;
        }

        try
        {
            Append(changes, sequence);
            hasRows = true;
        }
        catch (TickStoreException error)
        {
            // No memory for the changes: whoever reads them is cut off, and the commit goes on.
            Fail(error);
        }
    }

    /// <inheritdoc/>
    public void OnFailed(TickStoreException failure) => Fail(failure);

    /// <summary>Cuts off whoever reads, once all that was written has been read: the source cannot go on.</summary>
    public void Fail(TickStoreException error)
    {
        Volatile.Write(ref failure, error);
        foreach (var reader in readers)
        {
            reader.OnFailed(error);
        }
    }

    /// <inheritdoc/>
    public void OnStep(long sequence)
    {
        Volatile.Write(ref this.sequence, sequence);
        foreach (var reader in readers)
        {
            reader.OnStep(hasRows);
        }

        hasRows = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ChangeChunk? held;
        lock (spareGate)
        {
            isDisposed = true;
            held = last;
            last = null;
        }

        Release(held);
        lock (spareGate)
        {
            while (spare.TryPop(out var chunk))
            {
                chunk.Dispose();
            }
        }
    }

    /// <summary>Lets a reader begin at the end. Called while no step happens.</summary>
    internal TailCursor Join(ITailReader reader, long atSequence)
    {
        // Rows of a step that has not ended yet, as EMIT EVERY has them for a while, stay out of the sight of those who read already.
        if (!hasRows || readers.Length == 0)
        {
            Volatile.Write(ref sequence, Math.Max(sequence, atSequence));
        }

        last ??= Rent();
        last.AddReference();
        readers = [.. readers, reader];
        return new TailCursor(this, last, last.Published);
    }

    /// <summary>Takes a reader off. Called while no step happens.</summary>
    internal void Leave(ITailReader reader) => readers = [.. readers.Where(r => r != reader)];

    /// <summary>One holder of a chunk less.</summary>
    internal void Release(ChangeChunk? chunk)
    {
        while (chunk is not null && chunk.RemoveReference())
        {
            var next = Interlocked.Exchange(ref chunk.Next, null);
            lock (spareGate)
            {
                if (!isDisposed && spare.Count < SpareCount)
                {
                    spare.Push(chunk);
                    chunk = null;
                }
            }

            chunk?.Dispose();
            chunk = next;
        }
    }

    private void Append(in DeltaBatch changes, long step)
    {
        last ??= Rent();
        for (var row = 0; row < changes.RowCount; )
        {
            var textBefore = last.TextBytes;
            var taken = last.Append(changes, row, step);
            if (taken == 0)
            {
                var next = Rent();
                next.AddReference();
                Volatile.Write(ref last.Next, next);
                Release(last);
                last = next;
                continue;
            }

            Volatile.Write(ref textBytes, textBytes + last.TextBytes - textBefore);
            Volatile.Write(ref rowCount, rowCount + taken);
            row += taken;
        }
    }

    private ChangeChunk Rent()
    {
        ChangeChunk? chunk;
        lock (spareGate)
        {
            spare.TryPop(out chunk);
        }

        chunk ??= new ChangeChunk(Shape, pool);
        try
        {
            chunk.Begin(rowCount, textBytes);
        }
        catch
        {
            chunk.Dispose();
            throw;
        }

        return chunk;
    }
}
