using TickStore.Core;

namespace TickStore.Storage.Log;

/// <summary>Walks the log in files from frame to frame, and holds each to the one before it: same batch until the frame
/// that ends it, then the next batch at the next sector, never an older epoch. Not for several threads.</summary>
internal sealed class LogCursor : IDisposable
{
    private readonly LogSegments _segments;
    private LogSegmentReader? _reader;
    private long _batchStart = -1;

    /// <param name="segments">The log's files.</param>
    /// <param name="position">Where a frame starts, or the first position of a segment.</param>
    /// <param name="epoch">No frame may be of an older epoch.</param>
    public LogCursor(LogSegments segments, long position, uint epoch = 0)
    {
        (_segments, Position, Epoch) = (segments, position, epoch);
        if (segments.TryFind(position, out var segment) && position < segment.DataStart)
            Position = segment.DataStart;
    }

    /// <summary>Where the next frame is expected.</summary>
    public long Position { get; private set; }

    /// <summary>Epoch of the last frame read.</summary>
    public uint Epoch { get; private set; }

    /// <summary>Position of the last frame read; -1 before the first.</summary>
    public long LastPosition { get; private set; } = -1;

    /// <summary>Header of the last frame read.</summary>
    public FrameHeader LastHeader { get; private set; }

    /// <summary>Position behind the last frame read.</summary>
    public long LastEnd => LastPosition + LogFormat.FrameBytes((int)LastHeader.PayloadBytes);

    /// <summary>True if the last frame read is not the last one of its batch.</summary>
    public bool IsMidBatch => LastPosition >= 0 && !LastHeader.IsLastInBatch;

    /// <summary>Why the last <see cref="TryNext"/> returned false.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>The segment that <see cref="Position"/> lies in.</summary>
    public LogSegment Segment => Reader().Segment;

    /// <summary>Reads the frame at <see cref="Position"/> and steps behind it.</summary>
    /// <param name="limit">Nothing at or behind this position is looked at.</param>
    /// <param name="frame">The frame; its payload lives until the next call.</param>
    /// <returns>False, without stepping, if no valid frame stands there; <see cref="Problem"/> says why.</returns>
    public bool TryNext(long limit, out LogFrame frame)
    {
        frame = default;
        var reader = Reader();
        var problem = reader.TryRead(Position, limit, out var header, out var payload);
        if (problem is null && header.Epoch < Epoch)
            problem = $"epoch {header.Epoch} is older than the frame " + $"before it ({Epoch})";
        if (problem is null && _batchStart >= 0 && header.BatchStart != _batchStart)
        {
            problem = $"batch start {header.BatchStart} is not {_batchStart}, which the frame before it calls for";
        }

        if (problem is not null)
        {
            Problem = problem;
            return false;
        }

        frame = new LogFrame(Position, header, payload);
        (LastPosition, LastHeader, Epoch) = (Position, header, header.Epoch);
        if (header.Type == LogFrameType.SegmentEnd)
        {
            // The next segment is made, durably, before this frame is written.
            Position = reader.Segment.EndPosition + LogFormat.SegmentHeaderBytes;
            _batchStart = Position;
        }
        else if (header.IsLastInBatch)
        {
            Position = LogFormat.AlignUp(frame.EndPosition, LogFormat.BatchAlignmentBytes);
            _batchStart = Position;
        }
        else
        {
            Position = frame.EndPosition;
            _batchStart = header.BatchStart;
        }

        return true;
    }

    /// <summary>True if the padding between the last frame and <see cref="Position"/> is zero, as it was written.
    /// Damage there harms nothing, so that opening ignores it; a check reports it.</summary>
    public bool IsPaddingClean()
    {
        var reader = _reader!;
        var frameEnd = LastPosition + FrameHeader.SizeInBytes + LastHeader.PayloadBytes;
        var end = LastHeader.IsLastInBatch ? LogFormat.AlignUp(LastEnd, LogFormat.BatchAlignmentBytes) : LastEnd;
        return reader.IsZero(frameEnd, end);
    }

    public void Dispose() => _reader?.Dispose();

    private LogSegmentReader Reader()
    {
        if (_reader is { } open && Position >= open.Segment.BasePosition && Position < open.Segment.EndPosition)
            return open;
        if (!_segments.TryFind(Position, out var segment))
        {
            var first = _segments.All[0];
            if (Position < first.BasePosition)
            {
                Throw.Error(
                    ErrorCode.OutOfRange,
                    $"log position {Position} was truncated away; the log starts " + $"at {first.BasePosition}"
                );
            }

            // The segment before ends with a frame that says so, thus the one that begins here was made.
            var missing = LogSegments.NameOf(Position - LogFormat.SegmentHeaderBytes);
            Throw.Corrupt(
                Path.Combine(Path.GetDirectoryName(first.Path) ?? "", missing),
                $"the segment file is missing: the log goes on at position {Position}"
            );
        }

        _reader?.Dispose();
        return _reader = new LogSegmentReader(_segments, segment);
    }
}
