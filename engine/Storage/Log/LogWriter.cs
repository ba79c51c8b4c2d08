using System.Buffers;
using System.Diagnostics;
using TickStore.Core;
using TickStore.Storage.Devices;

namespace TickStore.Storage.Log;

/// <summary>
/// The log of a database, open for appending. Any thread may append; one thread of its own writes. While it syncs a
/// batch, the next one forms: group commit without a timer, each batch one pwrite and one fdatasync.
/// </summary>
/// <remarks>
/// Any failure of the device fails the handle for good: every waiting and later caller gets the same error, nothing
/// more is written or acknowledged, fdatasync is never tried again. The process lives; opening the log anew recovers
/// what was durable. Appending allocates nothing; it blocks while both buffers are full.
/// </remarks>
internal sealed class LogWriter : IDisposable
{
    private readonly object _gate = new();
    private readonly LogOptions _options;
    private readonly LogSegments _segments;
    private readonly DurableWaiters _waiters = new();
    private readonly LogCommitter _committer;
    private readonly Thread _thread;
    private LogBatch _filling;
    private LogBatch _other;
    private long _segmentEnd;
    private bool _parked;
    private bool _lingering;
    private bool _urgent;
    private bool _closing;
    private bool _stopping;
    private int _appendWaiters;
    private TickStoreException? _failure;

    private LogWriter(LogOptions options, LogSegments segments, LogRecoveryReport recovery)
    {
        (_options, _segments, Recovery) = (options, segments, recovery);
        Epoch = checked(recovery.Epoch + 1);
        if (!segments.TryFind(recovery.TailPosition, out var segment))
            Throw.Error(ErrorCode.Internal, "the log's tail lies in no segment");
        _segmentEnd = segment.EndPosition;
        _committer = new LogCommitter(segments, segment, recovery.TailPosition, options, Epoch, Fail);
        _filling = new LogBatch(options.BufferBytes, segments.LogId, Epoch);
        _other = new LogBatch(options.BufferBytes, segments.LogId, Epoch);
        _filling.Reset(recovery.TailPosition);
        _other.Reset(recovery.TailPosition);
        _waiters.Advance(recovery.TailPosition);
        _thread = new Thread(Run) { Name = "TickStore log", IsBackground = true };
    }

    /// <summary>What opening found.</summary>
    public LogRecoveryReport Recovery { get; }

    /// <summary>Which opening of the log this is, from 1; durable before <see cref="Open"/> returns.</summary>
    public uint Epoch { get; }

    /// <summary>Frames that end at or below this position survive anything.</summary>
    public long DurablePosition => _waiters.Durable;

    /// <summary>Position behind the last appended frame.</summary>
    public long AppendedPosition
    {
        get
        {
            lock (_gate)
                return Math.Max(_filling.IsEmpty ? _other.End : _filling.End, DurablePosition);
        }
    }

    /// <summary>The error that failed this handle, or null.</summary>
    public TickStoreException? Failure => Volatile.Read(ref _failure);

    /// <summary>Recovers the log in a folder (or begins one), shows every frame from a position on, and opens
    /// it.</summary>
    /// <param name="files">The device.</param>
    /// <param name="directory">The log's folder; made if need be. The caller holds the database lock.</param>
    /// <param name="options">How to lay out and drive it.</param>
    /// <param name="fromPosition">0 for the beginning, or the <see cref="LogRange.Position"/> of a frame that was
    /// durable; that frame is the first to be shown. Nothing before its segment is looked at.</param>
    /// <param name="visit">Gets each frame of callers' types in order; its payload is lent for the call.</param>
    /// <exception cref="TickStoreException">Corruption (file and offset), NewerFormat, DeviceFailed,
    /// DiskFull.</exception>
    public static LogWriter Open(
        IFileSystem files,
        string directory,
        LogOptions options,
        long fromPosition,
        LogFrameVisitor visit
    )
    {
        options.Validate();
        files.CreateDirectory(directory);
        var segments = new LogSegments(files, directory, options.SegmentBytes, options.SparesMax);
        var writer = new LogWriter(options, segments, LogRecovery.Run(segments, options, fromPosition, visit));
        writer._thread.Start();
        try
        {
            // Proves that the device takes and syncs writes, and makes the new epoch durable before anybody hears of
            // it.
            writer.WaitDurable(
                writer.AppendCore(LogFrameType.EpochStart, 0, 0, 0, static (_, _) => { }, closing: false).EndPosition
            );
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Appends a frame whose payload is copied from <paramref name="payload"/>.</summary>
    /// <param name="type">From <see cref="LogFrameType.FirstUserType"/> on.</param>
    /// <param name="firstSequence">Stored in the header for whoever seeks by sequence.</param>
    /// <param name="payload">1 byte to 1 GiB.</param>
    public LogRange Append(ushort type, long firstSequence, ReadOnlySpan<byte> payload) =>
        Append(type, firstSequence, payload.Length, payload, static (target, source) => source.CopyTo(target));

    /// <summary>Appends a frame whose payload is gathered from several parts.</summary>
    public LogRange Append(ushort type, long firstSequence, ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        long payloadBytes = 0;
        foreach (var part in parts)
            payloadBytes += part.Length;
        return Append(
            type,
            firstSequence,
            payloadBytes,
            parts,
            static (target, source) =>
            {
                foreach (var part in source)
                {
                    part.Span.CopyTo(target);
                    target = target[part.Length..];
                }
            }
        );
    }

    /// <summary>Appends a frame that the caller writes in place, without a copy in between.</summary>
    /// <param name="type">From <see cref="LogFrameType.FirstUserType"/> on.</param>
    /// <param name="firstSequence">Stored in the header for whoever seeks by sequence.</param>
    /// <param name="payloadBytes">1 to 1 GiB.</param>
    /// <param name="state">Handed to <paramref name="fill"/>.</param>
    /// <param name="fill">Fills the whole span, which holds old bytes. Others append meanwhile; the batch waits for it.
    /// If it throws, the space is voided and the exception goes on to the caller.</param>
    public LogRange Append<TState>(
        ushort type,
        long firstSequence,
        long payloadBytes,
        TState state,
        SpanAction<byte, TState> fill
    )
        where TState : allows ref struct
    {
        if (type < LogFrameType.FirstUserType)
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"log frame type {type}: allowed are {LogFrameType.FirstUserType} to 65535"
            );
        if (payloadBytes is <= 0 or > LogFormat.PayloadBytesMax)
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"log frame of {payloadBytes} bytes: allowed are 1 to {LogFormat.PayloadBytesMax}"
            );
        return AppendCore(type, firstSequence, (int)payloadBytes, state, fill, closing: false);
    }

    /// <summary>Blocks until everything below <paramref name="position"/> is durable, or throws the handle's
    /// failure.</summary>
    public void WaitDurable(long position)
    {
        Urge(position);
        _waiters.Wait(position, AsThrown);
    }

    /// <summary>As <see cref="WaitDurable"/>, without blocking; pooled.</summary>
    public ValueTask WaitDurableAsync(long position)
    {
        Urge(position);
        return _waiters.WaitAsync(position, AsThrown);
    }

    /// <summary>Blocks until the log has grown beyond <paramref name="position"/>, durably or not, or the time is
    /// up.</summary>
    /// <returns>True if it has. Throws the handle's failure, so that readers of the tail end with it.</returns>
    public bool WaitAppended(long position, TimeSpan timeout)
    {
        lock (_gate)
        {
            if (AppendedPosition > position)
                return true;
            ThrowIfFailed();
            _appendWaiters++;
            _ = Monitor.Wait(_gate, timeout);
            _appendWaiters--;
            if (AppendedPosition > position)
                return true;
            ThrowIfFailed();
            return false;
        }
    }

    /// <summary>Takes segments that end at or below <paramref name="position"/> out of the log, for reuse. Call it with
    /// the position that recovery will start from, after the checkpoint that says so is durable.</summary>
    public void Truncate(long position)
    {
        ThrowIfFailed();
        try
        {
            _segments.Truncate(Math.Min(position, DurablePosition));
        }
        catch (TickStoreException e)
        {
            Fail(e);
            ThrowIfFailed();
        }
    }

    /// <summary>A reader of this log that follows its tail.</summary>
    /// <param name="position">0 for the oldest frame kept, or where a frame starts.</param>
    /// <param name="durableOnly">Show a frame only once it is durable, else as soon as it is appended.</param>
    public LogReader OpenReader(long position, bool durableOnly) =>
        new(this, _segments, position == 0 ? _segments.All[0].BasePosition : position, durableOnly);

    /// <summary>Makes everything appended durable, marks the log as closed in good order and ends its thread. After a
    /// failure it only lets go.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing)
                return;
            _closing = true;
        }

        try
        {
            if (Failure is null)
                _ = AppendCore(LogFrameType.Close, 0, 0, 0, static (_, _) => { }, closing: true);
        }
        catch (TickStoreException)
        {
            // The handle failed meanwhile. Whoever waits for durability is told; disposing reports nothing.
        }

        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
        _committer.Dispose();
        TrimSpares();
        Fail(new TickStoreException(ErrorCode.HandleClosed, "the log is closed"));

        // Nobody reserves any more, but after a failure someone may still be copying into a buffer.
        _filling.WaitForCopies();
        _other.WaitForCopies();
        lock (_gate)
        {
            _filling.Dispose();
            _other.Dispose();
        }
    }

    /// <summary>Copies a frame that is still in one of the buffers. A position behind the last frame of the batch being
    /// written is moved on to where the next batch begins.</summary>
    /// <returns>False if it is not in memory (any more, or yet), or still being copied in.</returns>
    internal bool TryReadFromMemory(ref long position, ref byte[] buffer, out FrameHeader header)
    {
        lock (_gate)
        {
            header = default;
            if (Failure is not null)
                return false;
            if (position == _other.End && !_other.IsEmpty && !_filling.IsEmpty)
                position = _filling.Start;
            if (
                !_filling.TryPeek(position, out header, out var payload)
                && !_other.TryPeek(position, out header, out payload)
            )
                return false;
            if (buffer.Length < payload.Length)
                buffer = GC.AllocateUninitializedArray<byte>(payload.Length);
            payload.CopyTo(buffer);
            return true;
        }
    }

    private LogRange AppendCore<TState>(
        ushort type,
        long firstSequence,
        int payloadBytes,
        TState state,
        SpanAction<byte, TState> fill,
        bool closing
    )
        where TState : allows ref struct
    {
        LogBatch batch;
        int offset;
        lock (_gate)
        {
            batch = Place(LogFormat.FrameBytes(payloadBytes), closing);
            offset = batch.Reserve(type, firstSequence, payloadBytes);
            var isHalfFull = _lingering && batch.UsedBytes > _options.BufferBytes / 2;
            if (_parked || isHalfFull || _appendWaiters > 0)
                Monitor.PulseAll(_gate);
        }

        // The batch cannot be written or reused before this frame is completed, so its place is stable.
        var range = new LogRange(batch.Start + offset, batch.Start + offset + LogFormat.FrameBytes(payloadBytes));
        try
        {
            fill(batch.Payload(offset, payloadBytes), state);
        }
        catch
        {
            batch.Cancel(offset, payloadBytes);
            throw;
        }

        batch.Complete(offset, payloadBytes);
        return range;
    }

    /// <summary>Waits until the filling batch takes a frame of that size, and gives that batch. Called under the
    /// lock.</summary>
    private LogBatch Place(int frameBytes, bool closing)
    {
        while (true)
        {
            ThrowIfFailed();
            if (_closing && !closing)
                Throw.Error(ErrorCode.HandleClosed, "the log is closed");
            var batch = _filling;
            var end = LogFormat.AlignUp(batch.End + frameBytes, LogFormat.BatchAlignmentBytes);
            var fitsSegment = end <= _segmentEnd - LogFormat.SegmentEndReserveBytes;
            if (batch.IsEmpty)
            {
                if (!batch.HasRoom(frameBytes))
                    batch.Enlarge(frameBytes);
                if (!fitsSegment)
                {
                    var neededBytes =
                        LogFormat.SegmentHeaderBytes
                        + LogFormat.SegmentEndReserveBytes
                        + LogFormat.AlignUp(frameBytes, LogFormat.BatchAlignmentBytes);
                    var lengthBytes = Math.Max(
                        _options.SegmentBytes,
                        LogFormat.AlignUp(neededBytes, LogFormat.SegmentHeaderBytes)
                    );
                    batch.MoveToNewSegment(_segmentEnd, lengthBytes);
                    _segmentEnd += lengthBytes;
                }

                return batch;
            }

            if (fitsSegment && batch.HasRoom(frameBytes))
                return batch;
            Hurry();
            _ = Monitor.Wait(_gate);
        }
    }

    /// <summary>Somebody waits for the device: the log's thread must not gather any longer.</summary>
    private void Urge(long position)
    {
        if (DurablePosition >= position)
            return;
        lock (_gate)
            Hurry();
    }

    private void Hurry()
    {
        _urgent = true;
        if (_lingering)
            Monitor.PulseAll(_gate);
    }

    private void Run()
    {
        try
        {
            while (TakeBatch() is { } batch)
            {
                var end = batch.End;
                _committer.Commit(batch);
                _options.DurableAdvanced?.Invoke(end);
                _waiters.Advance(end);
            }
        }
#pragma warning disable CA1031 // Waiting callers must hear of it, whatever it is; uncaught, it would end the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    /// <summary>Waits for a batch and puts the other one, which is durable by now, in its place.</summary>
    private LogBatch? TakeBatch()
    {
        lock (_gate)
        {
            while (_filling.IsEmpty)
            {
                if (_stopping || Failure is not null)
                    return null;
                _parked = true;
                _ = Monitor.Wait(_gate);
                _parked = false;
            }

            Linger();
            if (Failure is not null)
                return null;
            _urgent = false;
            (_filling, _other) = (_other, _filling);
            _filling.Reset(LogFormat.AlignUp(_other.End, LogFormat.BatchAlignmentBytes));
            Monitor.PulseAll(_gate);
            return _other;
        }
    }

    /// <summary>
    /// Gathers for a moment while nobody waits for the device. Waking a parked thread costs the one who appends some 10 us, again and again
    /// with each small commit; a thread that wakes by itself costs nothing. Called under the lock, which is free meanwhile.
    /// </summary>
    private void Linger()
    {
        var left = _options.GatherTime;
        var started = left > TimeSpan.Zero ? Stopwatch.GetTimestamp() : 0;
        while (left > TimeSpan.Zero && !IsPressing)
        {
            _lingering = true;
            _ = Monitor.Wait(_gate, left);
            _lingering = false;
            left = _options.GatherTime - Stopwatch.GetElapsedTime(started);
        }
    }

    private bool IsPressing =>
        _urgent || _stopping || Failure is not null || _filling.UsedBytes > _options.BufferBytes / 2;

    private void TrimSpares()
    {
        try
        {
            if (Failure is null)
                _segments.TrimSpares(1);
        }
        catch (TickStoreException)
        {
            // They are found again at the next opening.
        }
    }

    private void Fail(Exception e)
    {
        var failure =
            e as TickStoreException
            ?? new TickStoreException(ErrorCode.Internal, $"the log's thread failed: {e.Message}", e);
        lock (_gate)
        {
            if (_failure is not null)
                return;
            Volatile.Write(ref _failure, failure);
            Monitor.PulseAll(_gate);
        }

        _waiters.Fail(failure);
    }

    private void ThrowIfFailed()
    {
        if (Failure is { } failure)
            throw AsThrown(failure);
    }

    /// <summary>Each caller gets an exception of its own (a shared one would mix their stack traces) with the same
    /// words.</summary>
    private static TickStoreException AsThrown(Exception e) =>
        e is TickStoreException t
            ? new TickStoreException(t.Code, t.Message, t) { Location = t.Location }
            : new TickStoreException(ErrorCode.Internal, e.Message, e);
}
