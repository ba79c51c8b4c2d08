using TickStore.Core;
using TickStore.Storage.Devices;

namespace TickStore.Storage.Log;

/// <summary>The device's side of the writer: batch after batch into segment files, on the log's own thread.</summary>
internal sealed class LogCommitter : IDisposable
{
    private readonly LogSegments _segments;
    private readonly LogOptions _options;
    private readonly uint _epoch;
    private readonly Action<Exception> _fail;
    private LogSegment _segment;
    private IFile _file;
    private long _end;
    private readonly CancellationTokenSource _closing = new();
    private Task _preparing = Task.CompletedTask;
    private bool _prepared;

    public LogCommitter(
        LogSegments segments,
        LogSegment segment,
        long tail,
        LogOptions options,
        uint epoch,
        Action<Exception> fail
    )
    {
        (_segments, _segment, _end, _options, _epoch, _fail) = (segments, segment, tail, options, epoch, fail);
        _file = segments.Open(segment, FileOpenMode.ReadWrite);
    }

    /// <summary>Writes a batch and makes it durable. Called with one batch after the other, never again after it
    /// threw.</summary>
    public void Commit(LogBatch batch)
    {
        batch.WaitForCopies();
        if (batch.NewSegmentBytes > 0)
            Roll(batch);
        _file.WriteAt(batch.Seal(), batch.Start - _segment.BasePosition);
        _file.Sync();
        _end = LogFormat.AlignUp(batch.End, LogFormat.BatchAlignmentBytes);
        if (!_prepared && _end - _segment.BasePosition > _segment.LengthBytes / 2)
            Prepare();
    }

    public void Dispose()
    {
        _closing.Cancel();
        _preparing.Wait();
        _closing.Dispose();
        _file.Dispose();
    }

    /// <summary>Makes the next segment first and ends this one then: a frame that says "goes on there" is only ever
    /// durable when there is a there.</summary>
    private void Roll(LogBatch batch)
    {
        var next = _segments.Add(_segment.EndPosition, batch.NewSegmentBytes);
        var sector = new byte[LogFormat.BatchAlignmentBytes];
        var header = new FrameHeader(
            0,
            LogFormat.FrameMagic,
            0,
            LogFrameType.SegmentEnd,
            FrameHeader.LastInBatch,
            _epoch,
            _end,
            0
        );
        header.Write(sector);
        var checksum = LogFormat.Checksum(
            sector.AsSpan(FrameHeader.ChecksumBytes, FrameHeader.SizeInBytes - FrameHeader.ChecksumBytes),
            _segments.LogId,
            _end
        );
        (header with { Checksum = checksum }).Write(sector);
        _file.WriteAt(sector, _end - _segment.BasePosition);
        _file.Sync();

        var file = _segments.Open(next, FileOpenMode.ReadWrite);
        _file.Dispose();
        (_file, _segment, _prepared) = (file, next, false);
    }

    private void Prepare()
    {
        _prepared = true;
        if (!_options.PrepareInBackground)
            return;
        _preparing = Task.Factory.StartNew(
            PrepareSpare,
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    // On a thread of its own. Where it does not come to its end in time, the next segment is made from nothing.
    private void PrepareSpare()
    {
        YieldingThread.Enter();
        try
        {
            _segments.PrepareSpare(_closing.Token);
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.DiskFull)
        {
            // No room for a spare is no failure yet: a truncation may free some before a segment is needed.
        }
        catch (TickStoreException e)
        {
            _fail(e);
        }
    }
}
