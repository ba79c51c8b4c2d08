using TickStore.Core;
using TickStore.Storage.Devices;

namespace TickStore.Storage.Log;

/// <summary>One thing that a check found wrong.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Byte offset in it.</param>
/// <param name="Message">What does not hold there.</param>
internal sealed record LogProblem(string Path, long Offset, string Message);

/// <summary>What a check found.</summary>
/// <param name="SegmentCount">Segment files looked at.</param>
/// <param name="FrameCount">Valid frames, the log's own included.</param>
/// <param name="PayloadBytes">Bytes of callers' payload in them.</param>
/// <param name="ClosedInOrder">True if the last frame says that the log was closed in good order.</param>
/// <param name="TornTailOffset">Offset in the last segment of a torn tail, which opening will clear; -1 for
/// none.</param>
/// <param name="Problems">All damage found; empty for a sound log.</param>
internal sealed record LogCheckReport(
    int SegmentCount,
    long FrameCount,
    long PayloadBytes,
    bool ClosedInOrder,
    long TornTailOffset,
    IReadOnlyList<LogProblem> Problems
);

/// <summary>Validates every frame of a log that nobody writes, without changing a byte. Damage does not end it: it goes
/// on at the next batch that validates. It reads the whole log once.</summary>
internal static class LogCheck
{
    /// <summary>Checks the log in a folder.</summary>
    /// <param name="files">The device.</param>
    /// <param name="directory">The log's folder.</param>
    /// <param name="fromPosition">Where recovery would start: older segments are leftovers and are not looked
    /// into.</param>
    /// <param name="visit">Gets each valid frame of callers' types, in order, or null.</param>
    public static LogCheckReport Run(
        IFileSystem files,
        string directory,
        long fromPosition,
        LogFrameVisitor? visit = null
    )
    {
        var problems = new List<LogProblem>();
        var segments = new LogSegments(files, directory, 0);
        try
        {
            if (!segments.Load(fromPosition))
                return new LogCheckReport(0, 0, 0, false, -1, problems);
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.Corruption)
        {
            // Without sound segment headers there is no telling where frames may stand.
            problems.Add(new LogProblem(e.Location ?? directory, 0, e.Message));
            return new LogCheckReport(segments.All.Count, 0, 0, false, -1, problems);
        }

        long frameCount = 0;
        long payloadBytes = 0;
        long tornTailOffset = -1;
        var lastType = LogFrameType.None;
        var cursor = new LogCursor(segments, fromPosition);
        try
        {
            while (true)
            {
                while (cursor.TryNext(long.MaxValue, out var frame))
                {
                    frameCount++;
                    lastType = frame.Type;
                    if (frame.Type >= LogFrameType.FirstUserType)
                    {
                        payloadBytes += frame.Payload.Length;
                        visit?.Invoke(frame);
                    }

                    if (!cursor.IsPaddingClean())
                        problems.Add(PaddingProblem(segments, cursor));
                }

                var segment = cursor.Segment;
                var bad = cursor.Position;
                var later = LogRecovery.FindLaterBatch(segments, bad, cursor.Epoch, out var remnantsEnd);
                if (later is not { } next)
                {
                    if (remnantsEnd > bad || cursor.IsMidBatch)
                        tornTailOffset = bad - segment.BasePosition;
                    break;
                }

                problems.Add(new LogProblem(segment.Path, bad - segment.BasePosition, cursor.Problem));
                var epoch = cursor.Epoch;
                cursor.Dispose();
                cursor = new LogCursor(segments, next, epoch);
            }
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.Corruption)
        {
            problems.Add(new LogProblem(e.Location ?? directory, 0, e.Message));
        }
        finally
        {
            cursor.Dispose();
        }

        return new LogCheckReport(
            segments.All.Count,
            frameCount,
            payloadBytes,
            lastType == LogFrameType.Close,
            tornTailOffset,
            problems
        );
    }

    private static LogProblem PaddingProblem(LogSegments segments, LogCursor cursor)
    {
        _ = segments.TryFind(cursor.LastPosition, out var segment);
        return new LogProblem(
            segment.Path,
            cursor.LastEnd - segment.BasePosition,
            "padding behind a frame is " + "not zero; no data is affected"
        );
    }
}
