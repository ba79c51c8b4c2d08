using TickStore.Core;
using TickStore.Storage.Devices;

namespace TickStore.Storage.Log;

/// <summary>What opening a log found and did.</summary>
/// <param name="FrameCount">Valid frames read, the log's own included.</param>
/// <param name="Epoch">The last epoch found; the writer takes the next one.</param>
/// <param name="TailPosition">Where the next batch goes.</param>
/// <param name="TornPath">File in which the space behind the tail was cleared, as it held a torn batch or what a
/// recycled segment held in its former life; null if it was clean.</param>
/// <param name="TornOffset">Offset in that file.</param>
internal sealed record LogRecoveryReport(
    long FrameCount,
    uint Epoch,
    long TailPosition,
    string? TornPath,
    long TornOffset
);

/// <summary>
/// Reads a log back after a stop of any kind. A frame that does not validate is one of two things. If a valid frame
/// further on names a batch start above it, it was durable once and is damaged now: that is corruption, and the log is
/// refused. Otherwise it belongs to the one batch that was being written when the process stopped, of which nothing was
/// acknowledged: a torn tail, which is cleared.
/// </summary>
internal static class LogRecovery
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Recovers the log of a folder, or begins one.</summary>
    public static LogRecoveryReport Run(
        LogSegments segments,
        LogOptions options,
        long fromPosition,
        LogFrameVisitor visit
    )
    {
        if (!segments.Load(fromPosition))
        {
            if (options.MustExist || fromPosition != 0)
            {
                Throw.Corrupt(
                    segments.Folder,
                    $"the log's segment files are missing; the log is needed from position {fromPosition} on"
                );
            }

            segments.LoadSpares();
            segments.LogId = Math.Max(1, options.NewLogId());
            var first = segments.Add(0, Math.Min(options.FirstSegmentBytes, options.SegmentBytes));
            return new LogRecoveryReport(0, 0, first.DataStart, null, 0);
        }

        using var cursor = new LogCursor(segments, fromPosition);
        var frameCount = ReadFrames(cursor, visit);
        var badPosition = cursor.Position;
        var badSegment = cursor.Segment;
        if (frameCount == 0 && fromPosition > badSegment.DataStart)
        {
            Throw.Corrupt(
                badSegment.Path,
                $"offset {badPosition - badSegment.BasePosition}: {cursor.Problem}; "
                    + "recovery must start here, so a frame was durable here"
            );
        }

        if (FindLaterBatch(segments, badPosition, cursor.Epoch, out var remnantsEnd) is { } later)
        {
            Throw.Corrupt(
                badSegment.Path,
                $"offset {badPosition - badSegment.BasePosition}: {cursor.Problem}; it was durable once, since "
                    + $"the valid frame at log position {later} belongs to a later batch"
            );
        }

        // From here on the folder is changed; everything above only read.
        // A process that failed to sync the folder may have left names that are seen but not durable yet.
        segments.LoadSpares();
        segments.RemoveAfter(badPosition);
        segments.SyncNames();
        var torn = Repair(segments, cursor, badPosition, badSegment, remnantsEnd);
        var tail = LogFormat.AlignUp(badPosition, LogFormat.BatchAlignmentBytes);
        return new LogRecoveryReport(
            frameCount,
            cursor.Epoch,
            tail,
            torn ? badSegment.Path : null,
            torn ? badPosition - badSegment.BasePosition : 0
        );
    }

    /// <summary>Looks for proof that <paramref name="badPosition"/> was durable: a valid frame behind it whose batch
    /// started behind it too.</summary>
    /// <param name="segments">The log's files.</param>
    /// <param name="badPosition">Where no valid frame stands.</param>
    /// <param name="epoch">Frames of older epochs are leftovers and prove nothing.</param>
    /// <param name="remnantsEnd">Position behind the last valid frame of the torn batch
    /// itself, or <paramref name="badPosition"/>.</param>
    /// <returns>The position of that frame, or null.</returns>
    public static long? FindLaterBatch(LogSegments segments, long badPosition, uint epoch, out long remnantsEnd)
    {
        remnantsEnd = badPosition;
        foreach (var segment in segments.All)
        {
            if (segment.EndPosition <= badPosition)
                continue;
            using var reader = new LogSegmentReader(segments, segment);
            var position = Math.Max(segment.DataStart, badPosition + LogFormat.FrameAlignmentBytes);
            while ((position = reader.FindMagic(position)) < segment.EndPosition)
            {
                if (
                    reader.TryRead(position, long.MaxValue, out var header, out var payload) is null
                    && header.Epoch >= epoch
                )
                {
                    if (header.BatchStart > badPosition)
                        return position;
                    remnantsEnd = position + LogFormat.FrameBytes(payload.Length);
                }

                position += LogFormat.FrameAlignmentBytes;
            }
        }

        return null;
    }

    private static long ReadFrames(LogCursor cursor, LogFrameVisitor visit)
    {
        long frameCount = 0;
        while (cursor.TryNext(long.MaxValue, out var frame))
        {
            frameCount++;
            if (frame.Type >= LogFrameType.FirstUserType)
                visit(frame);
        }

        return frameCount;
    }

    /// <summary>Clears the torn tail and writes the last batch once more. After a failed fdatasync the page cache may
    /// show what the disk does not hold; bytes written anew and synced are on the disk.</summary>
    /// <returns>True if there was a torn tail.</returns>
    private static bool Repair(
        LogSegments segments,
        LogCursor cursor,
        long badPosition,
        LogSegment badSegment,
        long remnantsEnd
    )
    {
        var tail = LogFormat.AlignUp(badPosition, LogFormat.BatchAlignmentBytes);
        var clearEnd = Math.Min(
            badSegment.EndPosition,
            Math.Max(LogFormat.AlignUp(remnantsEnd, LogFormat.BatchAlignmentBytes), tail + ChunkBytes)
        );
        using var file = segments.Open(badSegment, FileOpenMode.ReadWrite);
        var incomplete = cursor.IsMidBatch;
        var torn = incomplete || remnantsEnd > badPosition || !ReadsAsZero(file, badSegment, badPosition);
        if (torn)
            Clear(file, badPosition - badSegment.BasePosition, clearEnd - badSegment.BasePosition);

        if (cursor.LastPosition >= 0)
        {
            if (!segments.TryFind(cursor.LastPosition, out var lastSegment))
                return torn;
            using var lastFile = segments.Open(lastSegment, FileOpenMode.ReadWrite);
            Rewrite(
                lastFile,
                cursor.LastHeader.BatchStart - lastSegment.BasePosition,
                cursor.LastEnd - lastSegment.BasePosition
            );
            if (incomplete)
                EndBatch(lastFile, segments.LogId, lastSegment, cursor);
            lastFile.Sync();
        }

        if (torn)
            file.Sync();
        return torn;
    }

    private static bool ReadsAsZero(IFile file, LogSegment segment, long position)
    {
        Span<byte> header = stackalloc byte[FrameHeader.SizeInBytes];
        file.ReadExactly(header, position - segment.BasePosition);
        return !header.ContainsAnyExcept((byte)0);
    }

    private static void Clear(IFile file, long from, long to)
    {
        var zeros = new byte[(int)Math.Min(ChunkBytes, to - from)];
        for (; from < to; from += zeros.Length)
            file.WriteAt(zeros.AsSpan(0, (int)Math.Min(zeros.Length, to - from)), from);
    }

    private static void Rewrite(IFile file, long from, long to)
    {
        var chunk = new byte[(int)Math.Min(ChunkBytes, to - from)];
        while (from < to)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, to - from));
            file.ReadExactly(part, from);
            file.WriteAt(part, from);
            from += part.Length;
        }
    }

    /// <summary>Makes the last valid frame of a torn batch the last one of its batch.</summary>
    private static void EndBatch(IFile file, ulong logId, LogSegment segment, LogCursor cursor)
    {
        var offset = cursor.LastPosition - segment.BasePosition;
        var frame = new byte[FrameHeader.SizeInBytes + (int)cursor.LastHeader.PayloadBytes];
        file.ReadExactly(frame, offset);
        var header = cursor.LastHeader with { Flags = FrameHeader.LastInBatch };
        header.Write(frame);
        var checksum = LogFormat.Checksum(frame.AsSpan(FrameHeader.ChecksumBytes), logId, cursor.LastPosition);
        (header with { Checksum = checksum }).Write(frame);
        file.WriteAt(frame.AsSpan(0, FrameHeader.SizeInBytes), offset);
    }
}
