// Proves law 1 on a device that fails: every call of a workload fails in turn (once, or from then on; EIO, ENOSPC), and
// after it nothing is acknowledged, the handle refuses with the same error, and reopening shows every acknowledged
// frame. Then the power is cut right after that reopening, since after a failed fdatasync the page cache shows what the
// disk does not hold.
using TickStore.Core;
using TickStore.Storage.Log;
using TickStore.Tests.Support;

namespace TickStore.Tests.Storage.Log;

public sealed class LogFaultTests
{
    private const int GroupCount = 24;

    [Theory]
    [InlineData(5, false, ErrorCode.DeviceFailed)]
    [InlineData(5, true, ErrorCode.DeviceFailed)]
    [InlineData(28, false, ErrorCode.DiskFull)]
    [InlineData(28, true, ErrorCode.DiskFull)]
    public void Every_call_may_fail_and_no_acknowledged_frame_is_lost(int errno, bool sticky, ErrorCode code)
    {
        var kinds = new HashSet<string>();
        for (var k = 0; ; k++)
        {
            var files = new FaultFileSystem(k + 1);
            files.FailAt(k, errno, sticky);
            var model = new LogModel("/db/log");
            var error = model.Run(files, new Random(42), GroupCount);
            if (files.Fired is null)
            {
                Assert.Null(error);
                Assert.True(k > 100, $"the workload made only {k} calls");
                break;
            }

            kinds.Add(files.Fired.Split(' ')[0]);
            if (error is not null)
                Assert.Equal(code, error.Code);

            var after = files.AfterKill();
            var frames = model.AcknowledgedCount;
            using (model.Open(after))
                Assert.True(model.AcknowledgedCount >= frames);
            using (model.Open(after.AfterPowerCut(k)))
            {
                // Opened, and all that the first opening showed was there: Open compares.
            }
        }

        Assert.Superset(
            new HashSet<string> { "pwrite", "fdatasync", "open", "fallocate", "rename", "fsync", "unlink" },
            kinds
        );
    }

    [Theory]
    [InlineData(5)]
    [InlineData(28)]
    public void Every_call_of_an_opening_may_fail_and_the_next_opening_shows_everything(int errno)
    {
        var prepared = new FaultFileSystem();
        var original = new LogModel("/db/log");
        Assert.Null(original.Run(prepared, new Random(5), GroupCount));
        prepared = prepared.AfterPowerCut(3);
        for (var k = 0; ; k++)
        {
            var files = prepared.Clone();
            files.FailAt(k, errno, sticky: false);
            var found = 0;
            try
            {
                using var log = LogWriter.Open(
                    files,
                    "/db/log",
                    LogModel.Options,
                    FirstPosition(prepared),
                    _ => found++
                );
            }
            catch (TickStoreException e)
            {
                Assert.Contains(e.Code, new[] { ErrorCode.DeviceFailed, ErrorCode.DiskFull });
            }

            if (files.Fired is null)
                break;
            files.Heal();
            var again = 0;
            using (LogWriter.Open(files, "/db/log", LogModel.Options, FirstPosition(files), _ => again++))
                Assert.True(again >= found);
            Assert.True(again > 0);
        }
    }

    [Fact]
    public void Many_waiting_producers_all_get_the_error_and_none_hangs()
    {
        var files = new FaultFileSystem();
        using var log = LogWriter.Open(files, "/db/log", LogModel.Options, 0, _ => { });
        files.FailAt(files.OperationCount + 40, 5, sticky: false);
        var errors = 0;
        var lateAcknowledgements = 0;
        var threads = new Thread[16];
        for (var t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        var failedBefore = log.Failure is not null;
                        var end = log.Append(16, 0, new byte[500]).EndPosition;
                        if (Environment.CurrentManagedThreadId % 2 == 0)
                            log.WaitDurable(end);
                        else
                            log.WaitDurableAsync(end).AsTask().GetAwaiter().GetResult();
                        if (failedBefore)
                            Interlocked.Increment(ref lateAcknowledgements);
                    }
                }
                catch (TickStoreException e) when (e.Code == ErrorCode.DeviceFailed)
                {
                    Interlocked.Increment(ref errors);
                }
            });
            threads[t].Start();
        }

        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(20)), "a producer hangs"));
        Assert.Equal(threads.Length, errors);
        Assert.Equal(0, lateAcknowledgements);
    }

    [Fact]
    public void A_failed_sync_is_never_tried_again()
    {
        var files = new FaultFileSystem();
        var log = LogWriter.Open(files, "/db/log", LogModel.Options, 0, _ => { });
        files.FailAt(files.OperationCount + 1, 5, sticky: false);
        Assert.Equal(
            ErrorCode.DeviceFailed,
            Assert.Throws<TickStoreException>(() => log.WaitDurable(log.Append(16, 1, "x"u8).EndPosition)).Code
        );
        Assert.StartsWith("fdatasync", files.Fired, StringComparison.Ordinal);
        var calls = files.OperationCount;
        Assert.Throws<TickStoreException>(() => log.Append(16, 2, "y"u8));
        Assert.Throws<TickStoreException>(() => log.Truncate(long.MaxValue));
        log.Dispose();
        Assert.Equal(calls, files.OperationCount);
    }

    private static long FirstPosition(FaultFileSystem files)
    {
        // A checkpoint may have cut the log's beginning off: start where the oldest segment does.
        var name = files.ListFiles("/db/log").First(n => n.StartsWith("log-", StringComparison.Ordinal));
        return Convert.ToInt64(name.Substring(4, 16), 16);
    }
}
