using System.Buffers.Binary;
using TickStore.Storage.Devices;

namespace TickStore.Storage.Log;

/// <summary>Reads frames of one segment file by position through a window of read-ahead. It judges each frame on its own; whether a
/// frame may follow another one is <see cref="LogCursor"/>'s business. Not for several threads.</summary>
internal sealed class LogSegmentReader : IDisposable
{
    private const int WindowBytes = 1 << 20;

    private readonly IFile _file;
    private readonly ulong _logId;
    private byte[] _window = [];
    private long _windowStart;
    private int _windowLength;

    public LogSegmentReader(LogSegments segments, LogSegment segment)
    {
        (Segment, _logId) = (segment, segments.LogId);
        _file = segments.Open(segment, FileOpenMode.Read);
    }

    public LogSegment Segment { get; }

    /// <summary>Reads and judges the frame at <paramref name="position"/>. Bytes at or behind <paramref name="limit"/>
    /// are never read, as they may still be being written.</summary>
    /// <returns>Null, or what is wrong; header and payload then mean nothing. The payload lives until the next
    /// call.</returns>
    public string? TryRead(long position, long limit, out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        var end = Math.Min(limit, Segment.EndPosition);
        if (position < Segment.DataStart || position > end - FrameHeader.SizeInBytes)
            return "no frame fits here";
        if (!TryLoad(position, FrameHeader.SizeInBytes, end, out var bytes))
            return "the file ends within the " + "frame's header";
        header = FrameHeader.Read(bytes);
        if (header.Magic != LogFormat.FrameMagic)
            return "no frame begins here (wrong magic bytes)";
        if (header.PayloadBytes > LogFormat.PayloadBytesMax)
            return $"payload length {header.PayloadBytes} is " + "out of bounds";
        var payloadBytes = (int)header.PayloadBytes;
        if (position + LogFormat.FrameBytes(payloadBytes) > end)
            return $"payload length {payloadBytes} reaches " + "beyond the segment";
        if (
            header.BatchStart < Segment.DataStart
            || header.BatchStart > position
            || header.BatchStart % LogFormat.BatchAlignmentBytes != 0
        )
        {
            return $"batch start {header.BatchStart} is out of bounds";
        }

        if (header.Type == LogFrameType.None || header.Flags > FrameHeader.LastInBatch || header.Epoch == 0)
        {
            return "type, flags or epoch are outside what version 1 allows";
        }

        if (!TryLoad(position, FrameHeader.SizeInBytes + payloadBytes, end, out bytes))
            return "the file ends " + "within the frame";
        if (LogFormat.Checksum(bytes[FrameHeader.ChecksumBytes..], _logId, position) != header.Checksum)
        {
            return "the frame's checksum does not hold";
        }

        payload = bytes[FrameHeader.SizeInBytes..];
        return null;
    }

    /// <summary>True if all bytes of a range read as zero.</summary>
    public bool IsZero(long from, long to)
    {
        while (from < to)
        {
            if (!TryLoad(from, (int)Math.Min(to - from, WindowBytes), Segment.EndPosition, out var bytes))
                return false;
            if (bytes.ContainsAnyExcept((byte)0))
                return false;
            from += bytes.Length;
        }

        return true;
    }

    /// <summary>The first position from <paramref name="position"/> on where a frame's magic stands in its place,
    /// whatever else is there; the end of the segment if there is none.</summary>
    public long FindMagic(long position)
    {
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, LogFormat.FrameMagic);
        const int magicOffset = FrameHeader.ChecksumBytes;
        while (position < Segment.EndPosition - FrameHeader.SizeInBytes)
        {
            // Unwritten space is skipped without reading it; what was found is rounded down to where a frame may stand.
            var data = Segment.BasePosition + _file.NextDataOffset(position - Segment.BasePosition);
            position = Math.Max(position, data & -(long)LogFormat.FrameAlignmentBytes);
            var lengthBytes = (int)Math.Min(WindowBytes, Segment.EndPosition - position);
            if (
                lengthBytes < FrameHeader.SizeInBytes
                || !TryLoad(position, lengthBytes, Segment.EndPosition, out var bytes)
            )
                break;
            var searched = 0;
            while (bytes[searched..].IndexOf(magic) is >= 0 and var found)
            {
                var at = searched + found - magicOffset;
                if (at >= 0 && at % LogFormat.FrameAlignmentBytes == 0)
                    return position + at;
                searched += found + 1;
            }

            // Windows overlap by a header, so that a magic across the border is seen whole in the next one.
            position += lengthBytes == WindowBytes ? lengthBytes - FrameHeader.SizeInBytes : lengthBytes;
        }

        return Segment.EndPosition;
    }

    public void Dispose() => _file.Dispose();

    private bool TryLoad(long position, int lengthBytes, long end, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (position < _windowStart || position + lengthBytes > _windowStart + _windowLength)
        {
            var wantedBytes = (int)Math.Min(Math.Max(lengthBytes, WindowBytes), end - position);
            if (wantedBytes < lengthBytes)
                return false;
            var windowBytes = Math.Max(wantedBytes, WindowBytes);
            if (_window.Length < wantedBytes || _window.Length > 2L * windowBytes)
            {
                _window = GC.AllocateUninitializedArray<byte>(windowBytes);
            }

            _windowLength = 0;
            _windowStart = position;
            _windowLength = _file.ReadAt(_window.AsSpan(0, wantedBytes), position - Segment.BasePosition);
            if (_windowLength < lengthBytes)
                return false;
        }

        bytes = _window.AsSpan((int)(position - _windowStart), lengthBytes);
        return true;
    }
}
