namespace TickStore.Storage.Log;

/// <summary>One frame as a reader sees it. The payload is lent: it is valid until the next call on the
/// reader.</summary>
internal readonly ref struct LogFrame
{
    public LogFrame(long position, FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Position = position;
        Header = header;
        Payload = payload;
    }

    /// <summary>Log position of the frame's first byte.</summary>
    public long Position { get; }

    /// <summary>Its validated header.</summary>
    public FrameHeader Header { get; }

    /// <summary>The caller's bytes.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Position behind the frame: durable once the log's durable position has reached it.</summary>
    public long EndPosition => Position + LogFormat.FrameBytes(Payload.Length);

    /// <summary>The caller's frame type.</summary>
    public ushort Type => Header.Type;

    /// <summary>The caller's first sequence number in the payload.</summary>
    public long FirstSequence => Header.FirstSequence;
}

/// <summary>Takes one frame during recovery or a check.</summary>
internal delegate void LogFrameVisitor(LogFrame frame);

/// <summary>Where an appended frame stands. Durable once <c>DurablePosition >= EndPosition</c>.</summary>
/// <param name="Position">Log position of its first byte.</param>
/// <param name="EndPosition">Log position behind its last byte.</param>
internal readonly record struct LogRange(long Position, long EndPosition);
