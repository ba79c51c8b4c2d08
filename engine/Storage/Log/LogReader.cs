using TickStore.Core;

namespace TickStore.Storage.Log;

/// <summary>
/// Follows a log that is being written: from memory when the frame is still in a buffer, from files else. The log's own
/// frames are skipped. Not for several threads; it keeps no segment from being truncated, and says so when it meets
/// that.
/// </summary>
internal sealed class LogReader : IDisposable
{
    private readonly LogWriter _writer;
    private readonly LogSegments _segments;
    private readonly bool _durableOnly;
    private LogCursor _cursor;
    private long _memoryFrame = -1;
    private long _memoryEnd;
    private byte[] _payload = [];

    internal LogReader(LogWriter writer, LogSegments segments, long position, bool durableOnly)
    {
        (_writer, _segments, _durableOnly) = (writer, segments, durableOnly);
        _cursor = new LogCursor(segments, position);
    }

    /// <summary>Reads the next frame if there is one yet.</summary>
    /// <param name="frame">Its payload lives until the next call.</param>
    /// <returns>False at the tail: wait for more and call again.</returns>
    public bool TryRead(out LogFrame frame)
    {
        while (TryReadAny(out frame))
        {
            if (frame.Type >= LogFrameType.FirstUserType)
                return true;
        }

        return false;
    }

    public void Dispose() => _cursor.Dispose();

    private bool TryReadAny(out LogFrame frame)
    {
        var durable = _writer.DurablePosition;
        if (TryReadFromMemory(_durableOnly ? durable : long.MaxValue, out frame))
            return true;

        // The frame before was read from memory, where the end of its batch was not known yet. In the file it is: go
        // back to it and step over it.
        if (_memoryFrame >= 0)
        {
            if (_memoryEnd > durable)
                return false;
            _cursor.Dispose();
            _cursor = new LogCursor(_segments, _memoryFrame);
            if (!_cursor.TryNext(durable, out _))
                return false;
            _memoryFrame = -1;
            if (TryReadFromMemory(_durableOnly ? durable : long.MaxValue, out frame))
                return true;
        }

        if (_cursor.Position >= durable)
            return false;
        if (_cursor.TryNext(durable, out frame))
            return true;

        // What is durable must validate, unless its segment was truncated and perhaps reused under our hands.
        if (_segments.TryFind(_cursor.Position, out var segment))
        {
            Throw.Corrupt(segment.Path, $"offset {_cursor.Position - segment.BasePosition}: {_cursor.Problem}");
        }

        Throw.Error(
            ErrorCode.OutOfRange,
            $"log position {_cursor.Position} was truncated away while it was " + "being read"
        );
        return false;
    }

    private bool TryReadFromMemory(long limit, out LogFrame frame)
    {
        frame = default;
        var position = _memoryFrame >= 0 ? _memoryEnd : _cursor.Position;
        if (!_writer.TryReadFromMemory(ref position, ref _payload, out var header))
            return false;
        var end = position + LogFormat.FrameBytes((int)header.PayloadBytes);
        if (end > limit)
            return false;
        (_memoryFrame, _memoryEnd) = (position, end);
        frame = new LogFrame(position, header, _payload.AsSpan(0, (int)header.PayloadBytes));
        return true;
    }
}
