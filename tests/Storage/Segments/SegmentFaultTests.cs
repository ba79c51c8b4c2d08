// Power cut, EIO and a full device at each call that writing a segment makes: a file under the segment's name is whole
// whenever there is one, is there for certain once the call has returned, and an error is told as what it is.
using TickStore.Core;
using TickStore.Storage.Segments;
using TickStore.Tests.Support;

namespace TickStore.Tests.Storage.Segments;

public sealed class SegmentFaultTests
{
    private const string Path = "/t/0.seg";
    private const int Enospc = 28;
    private const int Eio = 5;

    [Fact]
    public void After_a_power_cut_at_any_call_the_segment_is_whole_or_absent()
    {
        using var table = NewTable();
        var (whole, absent) = (0, 0);
        for (var operation = 0; ; operation++)
        {
            var files = Device();
            files.CutPowerAt(files.OperationCount + operation);
            var returned = TryWrite(table, files, out _);
            for (var seed = 0; seed < 10; seed++)
            {
                var after = files.AfterPowerCut(seed);
                if (!after.FileExists(Path))
                {
                    Assert.False(returned);
                    absent++;
                    continue;
                }

                Verify(table, after);
                whole++;
            }

            if (returned)
            {
                break;
            }
        }

        Assert.True(whole > 0 && absent > 0);
    }

    [Theory]
    [InlineData(Eio, false)]
    [InlineData(Eio, true)]
    [InlineData(Enospc, false)]
    [InlineData(Enospc, true)]
    public void An_error_at_any_call_is_told_and_leaves_nothing_half(int errno, bool sticky)
    {
        using var table = NewTable();
        for (var operation = 0; ; operation++)
        {
            var files = Device();
            files.FailAt(files.OperationCount + operation, errno, sticky);
            var returned = TryWrite(table, files, out var error);
            var fired = files.Fired is not null;
            files.Heal();
            if (files.FileExists(Path))
            {
                Verify(table, files);
            }

            if (!fired)
            {
                Assert.True(returned);
                break;
            }

            Assert.False(returned);
            Assert.Equal(errno == Enospc ? ErrorCode.DiskFull : ErrorCode.DeviceFailed, error!.Code);
        }
    }

    [Fact]
    public void A_read_error_is_told_and_does_not_stay_in_the_cache()
    {
        using var table = NewTable();
        var files = Device();
        Assert.True(TryWrite(table, files, out _));
        var cache = new BlockCache(new MemoryBudget(1 << 20, "blocks"));
        using var reader = SegmentReader.Open(files, Path, cache);
        files.FailAt(files.OperationCount + 1, Eio, sticky: false);
        Assert.Equal(
            ErrorCode.DeviceFailed,
            Assert.Throws<TickStoreException>(() => SegmentRows.Texts(table, reader)).Code
        );
        Assert.Equal(
            SegmentRows.Expected(table, Enumerable.Range(0, table.All.RowCount)),
            SegmentRows.Texts(table, reader)
        );
    }

    private static RandomTable NewTable() => new(new Random(31), Schemas.Trades, 300, 5);

    private static FaultFileSystem Device()
    {
        var files = new FaultFileSystem();
        files.CreateDirectory("/t");
        files.SyncDirectory("/");
        return files;
    }

    private static bool TryWrite(RandomTable table, FaultFileSystem files, out TickStoreException? error)
    {
        error = null;
        try
        {
            RowChunk[] chunks = [new(table.All, table.All.RowCount)];
            SegmentWriter.Write(
                table.Schema,
                chunks,
                table.Commits,
                files,
                Path,
                table.Pool,
                cancellationToken: TestContext.Current.CancellationToken
            );
            return true;
        }
        catch (TickStoreException e)
        {
            error = e;
            return false;
        }
    }

    private static void Verify(RandomTable table, FaultFileSystem files)
    {
        using var reader = SegmentReader.Open(files, Path);
        reader.Check(table.Pool, TestContext.Current.CancellationToken);
        Assert.Equal(table.All.RowCount, reader.Info.RowCount);
    }
}
