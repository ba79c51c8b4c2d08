// The slow, obvious twin of the log in fault tests: a list of what was appended and how much of it was acknowledged.
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Log;

namespace TickStore.Tests.Storage.Log;

internal sealed class LogModel(string directory)
{
    public static readonly LogOptions Options = new()
    {
        SegmentBytes = 32 << 10,
        BufferBytes = 8 << 10,
        PrepareInBackground = false,
    };

    private readonly List<byte[]> _appended = [];
    private readonly List<long> _positions = [];
    private int _acknowledged;
    private int _checkpoint;
    private long _checkpointPosition;

    /// <summary>True once the log was opened without an error: from then on it must exist.</summary>
    public bool Exists { get; private set; }

    public int AcknowledgedCount => _acknowledged;

    /// <summary>Opens, appends in groups, waits for some, checkpoints now and then, until the end or the first error.
    /// After an error it insists that the handle acknowledges and takes nothing more.</summary>
    public TickStoreException? Run(IFileSystem files, Random random, int groupCount)
    {
        LogWriter log;
        try
        {
            log = Open(files);
        }
        catch (TickStoreException e)
        {
            return e;
        }

        using (log)
        {
            try
            {
                for (var group = 0; group < groupCount; group++)
                    AppendGroup(log, random);
                return null;
            }
            catch (TickStoreException e)
            {
                Assert.NotNull(log.Failure);
                var durable = log.DurablePosition;
                Assert.Equal(
                    log.Failure.Message,
                    Assert.Throws<TickStoreException>(() => log.Append(16, 0, "late"u8)).Message
                );
                Assert.Equal(
                    log.Failure.Message,
                    Assert.Throws<TickStoreException>(() => log.WaitDurable(long.MaxValue)).Message
                );
                Assert.Equal(durable, log.DurablePosition);
                return e;
            }
        }
    }

    /// <summary>Opens the log and holds what it shows to the list: every acknowledged frame, in order, to the bit;
    /// behind them only frames that were appended, in order. What is shown counts as durable from now on.</summary>
    public LogWriter Open(IFileSystem files)
    {
        var found = new List<(long Position, long Sequence, byte[] Payload)>();
        var options = Options with { MustExist = Exists };
        var log = LogWriter.Open(
            files,
            directory,
            options,
            _checkpointPosition,
            f => found.Add((f.Position, f.FirstSequence, f.Payload.ToArray()))
        );
        Exists = true;
        var foundEnd = _checkpoint + found.Count;
        Assert.True(foundEnd >= _acknowledged, $"{_acknowledged} acknowledged, only {foundEnd} found");
        Assert.True(foundEnd <= _appended.Count, $"{_appended.Count} appended, {foundEnd} found");
        for (var i = 0; i < found.Count; i++)
        {
            Assert.Equal(_checkpoint + i, found[i].Sequence);
            Assert.Equal(_positions[_checkpoint + i], found[i].Position);
            Assert.True(
                found[i].Payload.AsSpan().SequenceEqual(_appended[_checkpoint + i]),
                $"frame {_checkpoint + i} differs"
            );
        }

        _appended.RemoveRange(foundEnd, _appended.Count - foundEnd);
        _positions.RemoveRange(foundEnd, _positions.Count - foundEnd);
        _acknowledged = foundEnd;
        return log;
    }

    private void AppendGroup(LogWriter log, Random random)
    {
        var frames = random.Next(1, 8);
        LogRange last = default;
        for (var i = 0; i < frames; i++)
        {
            var payload = new byte[random.Next(12) == 0 ? random.Next(1, 12 << 10) : random.Next(1, 900)];
            random.NextBytes(payload);

            // Into the list first: a frame that fails half-way may still turn up, and then it must be this one.
            _appended.Add(payload);
            _positions.Add(-1);
            try
            {
                last = log.Append(16, _appended.Count - 1, payload);
                _positions[^1] = last.Position;
            }
            catch (TickStoreException)
            {
                _appended.RemoveAt(_appended.Count - 1);
                _positions.RemoveAt(_positions.Count - 1);
                throw;
            }
        }

        if (random.Next(4) != 0)
        {
            log.WaitDurable(last.EndPosition);
            _acknowledged = _appended.Count;
        }

        if (random.Next(6) == 0 && _acknowledged > 0)
        {
            _checkpoint = Math.Max(_checkpoint, _acknowledged - random.Next(1, 5));
            _checkpointPosition = _positions[_checkpoint];
            log.Truncate(_checkpointPosition);
        }
    }
}
