using TickStore.Storage.Devices;

namespace TickStore.Storage.Log;

/// <summary>
/// A batch being filled or written. Reserving a place happens under the writer's lock; payloads are copied and hashed
/// outside of it, by as many threads as append; the batch goes to the device when the last of them is done.
/// </summary>
internal sealed class LogBatch : IDisposable
{
    private readonly AlignedBuffer _own;
    private readonly ulong _logId;
    private readonly uint _epoch;
    private AlignedBuffer _buffer;
    private int _lastFrameOffset;
    private int _copiesPending;

    public LogBatch(int bufferBytes, ulong logId, uint epoch)
    {
        _own = _buffer = new AlignedBuffer(bufferBytes);
        (_logId, _epoch) = (logId, epoch);
    }

    /// <summary>Log position of the first frame.</summary>
    public long Start { get; private set; }

    /// <summary>Bytes of frames so far.</summary>
    public int UsedBytes { get; private set; }

    /// <summary>Log position behind the last frame.</summary>
    public long End => Start + UsedBytes;

    public bool IsEmpty => UsedBytes == 0;

    /// <summary>Length of the segment that must be made first and begins at this batch's segment base; 0 for
    /// none.</summary>
    public long NewSegmentBytes { get; private set; }

    /// <summary>Empties the batch and gives it its place.</summary>
    public void Reset(long start)
    {
        if (_buffer != _own)
        {
            _buffer.Dispose();
            _buffer = _own;
        }

        (Start, UsedBytes, NewSegmentBytes) = (start, 0, 0);
    }

    /// <summary>Moves the empty batch to the start of a segment that is still to be made.</summary>
    public void MoveToNewSegment(long basePosition, long lengthBytes) =>
        (Start, NewSegmentBytes) = (basePosition + LogFormat.SegmentHeaderBytes, lengthBytes);

    /// <summary>True if a frame of that size fits behind those that are in.</summary>
    public bool HasRoom(int frameBytes) => frameBytes <= _buffer.LengthBytes - UsedBytes;

    /// <summary>Gives the empty batch a buffer that holds one frame larger than the usual buffer.</summary>
    public void Enlarge(int frameBytes) =>
        _buffer = new AlignedBuffer((int)LogFormat.AlignUp(frameBytes, LogFormat.BatchAlignmentBytes));

    /// <summary>Takes the next place. The header is written but for its checksum, which stays zero until
    /// <see cref="Complete"/>.</summary>
    /// <returns>Offset of the frame in the batch.</returns>
    public int Reserve(ushort type, long firstSequence, int payloadBytes)
    {
        var offset = UsedBytes;
        var frameBytes = LogFormat.FrameBytes(payloadBytes);
        new FrameHeader(0, LogFormat.FrameMagic, (uint)payloadBytes, type, 0, _epoch, Start, firstSequence).Write(
            _buffer.Slice(offset, FrameHeader.SizeInBytes)
        );
        _buffer
            .Slice(offset + frameBytes - LogFormat.FrameAlignmentBytes, LogFormat.FrameAlignmentBytes)[
                ^PaddingBytes(payloadBytes)..
            ]
            .Clear();
        (_lastFrameOffset, UsedBytes) = (offset, offset + frameBytes);
        _ = Interlocked.Increment(ref _copiesPending);
        return offset;
    }

    /// <summary>Where the caller puts the payload of the frame at <paramref name="offset"/>.</summary>
    public Span<byte> Payload(int offset, int payloadBytes) =>
        _buffer.Slice(offset + FrameHeader.SizeInBytes, payloadBytes);

    /// <summary>Hashes the frame and counts its copy as done.</summary>
    public void Complete(int offset, int payloadBytes)
    {
        WriteChecksum(offset, payloadBytes);
        _ = Interlocked.Decrement(ref _copiesPending);
    }

    /// <summary>Turns a frame that its caller could not fill into one that readers skip.</summary>
    public void Cancel(int offset, int payloadBytes)
    {
        Payload(offset, payloadBytes).Clear();
        var header = _buffer.Slice(offset, FrameHeader.SizeInBytes);
        (FrameHeader.Read(header) with { Type = LogFrameType.Void }).Write(header);
        Complete(offset, payloadBytes);
    }

    /// <summary>Waits for the copies still running; the batch must no longer be reserved from.</summary>
    public void WaitForCopies()
    {
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _copiesPending) != 0)
            spinner.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Marks the last frame and clears the rest of its sector.</summary>
    /// <returns>What goes to the device: whole sectors from <see cref="Start"/> on.</returns>
    public ReadOnlySpan<byte> Seal()
    {
        var header = _buffer.Slice(_lastFrameOffset, FrameHeader.SizeInBytes);
        var last = FrameHeader.Read(header) with { Flags = FrameHeader.LastInBatch };
        last.Write(header);
        WriteChecksum(_lastFrameOffset, (int)last.PayloadBytes);
        var writtenBytes = (int)LogFormat.AlignUp(UsedBytes, LogFormat.BatchAlignmentBytes);
        _buffer.Slice(UsedBytes, writtenBytes - UsedBytes).Clear();
        return _buffer.Slice(0, writtenBytes);
    }

    /// <summary>Looks at the frame that starts at a position, for readers of the live tail.</summary>
    /// <returns>False if it is not in this batch, or still being copied.</returns>
    public bool TryPeek(long position, out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (position < Start || position >= End)
            return false;
        var offset = (int)(position - Start);
        header = FrameHeader.Read(_buffer.Slice(offset, FrameHeader.SizeInBytes));
        if (header.Checksum == 0)
            return false;
        Interlocked.MemoryBarrier();
        payload = Payload(offset, (int)header.PayloadBytes);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer != _own)
            _buffer.Dispose();
        _own.Dispose();
    }

    private static int PaddingBytes(int payloadBytes) =>
        LogFormat.FrameBytes(payloadBytes) - FrameHeader.SizeInBytes - payloadBytes;

    private void WriteChecksum(int offset, int payloadBytes)
    {
        var frame = _buffer.Slice(offset, FrameHeader.SizeInBytes + payloadBytes);
        var checksum = LogFormat.Checksum(frame[FrameHeader.ChecksumBytes..], _logId, Start + offset);
        Interlocked.MemoryBarrier();
        BitConverter.TryWriteBytes(frame, checksum);
    }
}
