// Proves that what is appended comes back: same order, same bytes, same sequences, in one handle and after reopening, over segment
// borders, for frames larger than the buffer, and under many producers. The slow twin is a list of what was appended.
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Log;

namespace TickStore.Tests.Storage.Log;

public sealed class LogRoundTripTests
{
    private static readonly LogOptions Small = new() { SegmentBytes = 64 << 10, BufferBytes = 16 << 10 };

    [Fact]
    public void A_header_is_as_long_as_the_format_says() =>
        Assert.Equal(FrameHeader.SizeInBytes, System.Runtime.CompilerServices.Unsafe.SizeOf<FrameHeader>());

    [Fact]
    public void Frames_of_all_sizes_come_back_after_reopening_many_times()
    {
        var files = new MemoryFileSystem();
        var random = new Random(7);
        var expected = new List<byte[]>();
        for (var opening = 0; opening < 6; opening++)
        {
            var found = new List<byte[]>();
            using var log = LogWriter.Open(files, "/db/log", Small, 0, f => Keep(found, f));
            AssertSame(expected, found);
            Assert.Equal((uint)opening + 1, log.Epoch);
            for (var i = 0; i < 60; i++)
            {
                var payload = new byte[i % 20 == 19 ? random.Next(16 << 10, 200 << 10) : random.Next(1, 3000)];
                random.NextBytes(payload);
                var half = payload.Length / 2;
                var range = (i % 3) switch
                {
                    0 => log.Append(20, expected.Count, payload),
                    1 => log.Append(20, expected.Count, [payload.AsMemory(0, half), payload.AsMemory(half)]),
                    _ => log.Append(20, expected.Count, payload.Length, payload, static (to, from) => from.CopyTo(to)),
                };
                expected.Add(payload);
                if (i % 7 == 0)
                    log.WaitDurable(range.EndPosition);
            }
        }

        Assert.True(files.ListFiles("/db/log").Count > 5);
    }

    [Fact]
    public async Task Everything_acknowledged_to_many_producers_is_found_once_and_in_each_ones_order()
    {
        var files = new MemoryFileSystem();
        const int producerCount = 16;
        const int frameCount = 300;
        using (var log = LogWriter.Open(files, "/db/log", Small, 0, _ => { }))
        {
            var producers = Enumerable
                .Range(0, producerCount)
                .Select(p =>
                    Task.Run(
                        async () =>
                        {
                            for (var i = 0; i < frameCount; i++)
                            {
                                var payload = BitConverter.GetBytes(((long)p << 32) | (long)i);
                                var range = log.Append(16, i, payload);
                                if (p % 2 == 0)
                                    log.WaitDurable(range.EndPosition);
                                else
                                    await log.WaitDurableAsync(range.EndPosition);
                                Assert.True(log.DurablePosition >= range.EndPosition);
                            }
                        },
                        TestContext.Current.CancellationToken
                    )
                );
            await Task.WhenAll(producers);
        }

        var next = new int[producerCount];
        using var again = LogWriter.Open(
            files,
            "/db/log",
            Small,
            0,
            frame =>
            {
                var value = BitConverter.ToInt64(frame.Payload);
                Assert.Equal(next[value >> 32]++, (int)value);
            }
        );
        Assert.All(next, count => Assert.Equal(frameCount, count));
    }

    [Fact]
    public void A_frame_that_its_caller_fails_to_fill_leaves_no_trace()
    {
        var files = new MemoryFileSystem();
        using (var log = LogWriter.Open(files, "/db/log", Small, 0, _ => { }))
        {
            _ = log.Append(16, 1, "one"u8);
            Assert.Throws<FormatException>(() =>
                log.Append(16, 2, 5000, 0, static (_, _) => throw new FormatException())
            );
            log.WaitDurable(log.Append(16, 3, "three"u8).EndPosition);
        }

        var sequences = new List<long>();
        using var again = LogWriter.Open(files, "/db/log", Small, 0, f => sequences.Add(f.FirstSequence));
        Assert.Equal([1, 3], sequences);
    }

    [Fact]
    public void Recovery_starts_at_the_frame_it_is_told_and_truncation_recycles_what_is_before()
    {
        var files = new MemoryFileSystem();
        var ranges = new List<LogRange>();
        using (var log = LogWriter.Open(files, "/db/log", Small, 0, _ => { }))
        {
            for (var i = 0; i < 500; i++)
                ranges.Add(log.Append(16, i, new byte[1000]));
            log.WaitDurable(ranges[^1].EndPosition);
            var before = files.ListFiles("/db/log").Count;
            log.Truncate(ranges[400].Position);
            Assert.True(files.ListFiles("/db/log").Count < before);
            Assert.Equal(Small.SparesMax, SpareCount(files));
            for (var i = 500; i < 900; i++)
                ranges.Add(log.Append(16, i, new byte[1000]));
            log.WaitDurable(ranges[^1].EndPosition);
            log.Truncate(ranges[600].Position);
            Assert.True(SpareCount(files) > 1);
        }

        Assert.Equal(1, SpareCount(files));
        var next = 600L;
        using (
            LogWriter.Open(files, "/db/log", Small, ranges[600].Position, f => Assert.Equal(next++, f.FirstSequence))
        )
        {
            Assert.Equal(900, next);
        }

        var error = Assert.Throws<TickStoreException>(() => LogWriter.Open(files, "/db/log", Small, 0, _ => { }));
        Assert.Equal(ErrorCode.Corruption, error.Code);
        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reader_follows_the_tail_from_memory_and_from_files(bool durableOnly)
    {
        var files = new MemoryFileSystem();
        using var log = LogWriter.Open(files, "/db/log", Small, 0, _ => { });
        const int frameCount = 3000;
        var writer = new Thread(() =>
        {
            var random = new Random(3);
            for (var i = 0; i < frameCount; i++)
            {
                var payload = new byte[8 + random.Next(400)];
                payload.AsSpan().Fill((byte)i);
                var range = log.Append(16, i, payload);
                if (i % 50 == 0)
                    log.WaitDurable(range.EndPosition);
            }
        });
        writer.Start();
        using var reader = log.OpenReader(0, durableOnly);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < frameCount; )
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"stuck at frame {i}");
            if (!reader.TryRead(out var frame))
            {
                Thread.Yield();
                continue;
            }

            Assert.Equal(i, frame.FirstSequence);
            Assert.False(frame.Payload.ContainsAnyExcept((byte)i));
            if (durableOnly)
                Assert.True(frame.EndPosition <= log.DurablePosition);
            i++;
        }

        Assert.True(writer.Join(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Wrong_arguments_and_a_closed_log_are_refused()
    {
        var log = LogWriter.Open(new MemoryFileSystem(), "/db/log", Small, 0, _ => { });
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TickStoreException>(() => log.Append(3, 1, "x"u8)).Code);
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TickStoreException>(() => log.Append(16, 1, ""u8)).Code);
        Assert.Equal(
            ErrorCode.InvalidArgument,
            Assert.Throws<TickStoreException>(() => log.Append(16, 1, (1L << 30) + 1, 0, static (_, _) => { })).Code
        );
        log.Dispose();
        Assert.Equal(ErrorCode.HandleClosed, Assert.Throws<TickStoreException>(() => log.Append(16, 1, "x"u8)).Code);
        Assert.Equal(
            ErrorCode.HandleClosed,
            Assert.Throws<TickStoreException>(() => log.WaitDurable(long.MaxValue)).Code
        );
    }

    private static void Keep(List<byte[]> found, LogFrame frame)
    {
        Assert.Equal(found.Count, frame.FirstSequence);
        found.Add(frame.Payload.ToArray());
    }

    private static void AssertSame(List<byte[]> expected, List<byte[]> found)
    {
        Assert.Equal(expected.Count, found.Count);
        for (var i = 0; i < expected.Count; i++)
            Assert.True(expected[i].AsSpan().SequenceEqual(found[i]), $"frame {i}");
    }

    private static int SpareCount(MemoryFileSystem files) =>
        files.ListFiles("/db/log").Count(f => f.StartsWith("spare", StringComparison.Ordinal));
}
