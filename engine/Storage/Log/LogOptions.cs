using TickStore.Core;

namespace TickStore.Storage.Log;

/// <summary>How a log is laid out and driven.</summary>
internal sealed record LogOptions
{
    /// <summary>
    /// Length of a segment file; a multiple of 4,096, at least 16 KiB. A frame that does not fit gets a longer segment of
    /// its own. Existing segments keep the length they were made with.
    /// </summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Length of the very first segment, if that is shorter than <see cref="SegmentBytes"/>: a small database should not
    /// begin with a large file.
    /// </summary>
    public long FirstSegmentBytes { get; init; } = 4L << 20;

    /// <summary>
    /// Length of each of the two batch buffers; a multiple of 4,096. It bounds how much one write and sync take, and how
    /// far appending runs ahead of the device. A larger frame gets a buffer of its own for its one batch.
    /// </summary>
    public int BufferBytes { get; init; } = 8 << 20;

    /// <summary>
    /// How long frames are gathered for one write while nobody waits for the device and less than half of the buffer is full. Zero writes
    /// at once, and then every small commit wakes the log's thread.
    /// </summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Makes the next segment before it is needed, on another thread. Simulations turn it off, so that the same seed gives
    /// the same order of calls.
    /// </summary>
    public bool PrepareInBackground { get; init; } = true;

    /// <summary>
    /// Truncated segments that are kept to be written again, while the log is open: their syncs are quicker than those of new files, and
    /// as many are needed as are written between two checkpoints. One is kept when the log is closed.
    /// </summary>
    public int SparesMax { get; init; } = 4;

    /// <summary>
    /// The log must be there already: a folder without segments is then corruption, not a new log. Whoever keeps a manifest
    /// that mentions the log sets it.
    /// </summary>
    public bool MustExist { get; init; }

    /// <summary>
    /// Called on the log's thread after each sync with the new durable position, before waiters wake. It must be short and
    /// must not append; an exception fails the handle.
    /// </summary>
    public Action<long>? DurableAdvanced { get; init; }

    /// <summary>Where a new log's random id comes from.</summary>
    public Func<ulong> NewLogId { get; init; } = static () => BitConverter.ToUInt64(Guid.NewGuid().ToByteArray());

    internal void Validate()
    {
        const int granule = LogFormat.SegmentHeaderBytes;
        if (SegmentBytes < 4 * granule || SegmentBytes % granule != 0)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"log segment length {SegmentBytes}: allowed are multiples of {granule} from {4 * granule} on"
            );
        }

        if (BufferBytes < granule || BufferBytes % granule != 0)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"log buffer length {BufferBytes}: allowed are multiples of {granule}"
            );
        }
    }
}
