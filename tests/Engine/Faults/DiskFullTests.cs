// Proves what a full disk does, on a real tmpfs where one may be mounted and on a simulated device everywhere: each
// call that needs room says DiskFull and what to do; nothing acknowledged is lost; a seal or compaction without room
// changes nothing and the handle goes on; a log, symbol file or manifest without room fails the handle; and once there
// is room again, opening anew goes on.
using TickStore.Core;
using TickStore.Formats;
using TickStore.Storage;
using TickStore.Tests.Support;

namespace TickStore.Tests.Engine.Faults;

public sealed class DiskFullTests
{
    private const long CapacityBytes = 3 << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_log_that_cannot_grow_fails_the_handle_and_loses_nothing(bool isReal)
    {
        using var disk = SmallDisk.TryMake(isReal, CapacityBytes);
        if (disk is null)
        {
            return;
        }

        long acknowledged = 0;
        using (var database = Open(disk))
        {
            database.CreateTable(Numbers.Schema());
            Numbers.AssertError(
                ErrorCode.DiskFull,
                () =>
                {
                    for (; acknowledged < 100_000; acknowledged += Numbers.CommitRows)
                    {
                        Numbers.Commit(database, acknowledged, noteBytes: 500);
                    }
                },
                "ENOSPC",
                "free space on the device, then open the database again",
                disk.Folder
            );
            Assert.InRange(acknowledged, 1000, 99_999);

            // Room now does not bring the handle back: the log's end is unknown until it is read again.
            disk.Free();
            Numbers.AssertError(
                ErrorCode.DiskFull,
                () => Numbers.Commit(database, acknowledged),
                "refuses further writes",
                "ENOSPC"
            );
            Numbers.AssertError(
                ErrorCode.DiskFull,
                () => database.CreateTable(Numbers.Schema("more")),
                "refuses further writes"
            );
            Numbers.AssertError(ErrorCode.DiskFull, () => database.Seal(), "refuses further writes");
            Numbers.AssertHolds(database, acknowledged, acknowledged + Numbers.CommitRows);
        }

        using var again = Open(disk);
        var found = Numbers.AssertHolds(again, acknowledged, acknowledged + Numbers.CommitRows);
        Numbers.Commit(again, found.Length);
        Assert.True(again.Seal() > 0);
        Numbers.AssertHolds(again, found.Length + Numbers.CommitRows, found.Length + Numbers.CommitRows);
        Assert.True(again.Check(TestContext.Current.CancellationToken).IsClean);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_seal_or_compaction_without_room_changes_nothing_and_the_handle_goes_on(bool isReal)
    {
        using var disk = SmallDisk.TryMake(isReal, 16 << 20);
        if (disk is null)
        {
            return;
        }

        using var database = Open(disk, logSegmentBytes: 8 << 20);
        database.CreateTable(Numbers.Schema());
        long count = 0;
        for (var seal = 0; seal < 6; seal++)
        {
            for (var commit = 0; commit < 5; commit++, count += Numbers.CommitRows)
            {
                Numbers.Commit(database, count, noteBytes: 500);
            }

            Assert.True(seal == 5 || database.Seal() == 50);
        }

        disk.Fill();
        var files = disk.Files.ListFiles(Path.Combine(disk.Folder, "segments"));
        Numbers.AssertError(ErrorCode.DiskFull, () => database.Seal(), "ENOSPC", "segments");
        Numbers.AssertError(ErrorCode.DiskFull, () => database.Compact(), "ENOSPC", "segments");
        Assert.Equal(files, disk.Files.ListFiles(Path.Combine(disk.Folder, "segments")));

        // The log has room of its own, so that writing goes on.
        Numbers.Commit(database, count);
        count += Numbers.CommitRows;
        Numbers.AssertHolds(database, count, count);

        disk.Free();
        Assert.True(database.Seal() > 0);
        Assert.True(database.Compact() > 0);
        Numbers.Commit(database, count);
        Numbers.AssertHolds(database, count + Numbers.CommitRows, count + Numbers.CommitRows);
        Assert.True(database.Check(TestContext.Current.CancellationToken).IsClean);
    }

    [Fact]
    public void Whichever_call_of_a_workload_meets_the_full_disk_nothing_acknowledged_is_lost()
    {
        var operations = Run(new FaultFileSystem(), out var all, out _);
        Assert.Equal(160, all);
        var (resumed, failed) = (0, 0);
        var named = new SortedSet<string>();
        for (var at = 1L; at < operations; at++)
        {
            var files = new FaultFileSystem((int)at);
            files.FailAt(at, errno: 28, sticky: true);
            Run(files, out var acknowledged, out var isResumed);
            if (files.Fired is null)
            {
                continue;
            }

            named.Add(Path.GetFileName(files.Fired.Split(' ')[^1]).Split('-')[0]);
            resumed += isResumed ? 1 : 0;
            failed += isResumed ? 0 : 1;
            using var again = TickDatabase.Open(files.AfterKill(), "/db", Numbers.Small);
            if (again.FindTable(Numbers.Table) is null)
            {
                Assert.True(
                    acknowledged == 0,
                    $"fault {at}, {files.Fired}: the table is gone with {acknowledged} rows"
                );
                continue;
            }

            var found = Numbers.AssertHolds(again, acknowledged, acknowledged + Numbers.CommitRows);
            Numbers.Commit(again, found.Length);
            again.Seal();
            Numbers.AssertHolds(again, found.Length + Numbers.CommitRows, found.Length + Numbers.CommitRows);
        }

        // Every file of a database was the one without room once, and both outcomes were seen.
        Assert.Superset(new HashSet<string> { "log", "manifest.tmp", "symbols", "t000001" }, named);
        Assert.True(resumed > 0 && failed > 0, $"{resumed} resumed, {failed} failed");
    }

    [Fact]
    public void A_disk_too_small_for_a_new_database_says_so_and_takes_one_later()
    {
        using var disk = SmallDisk.TryMake(isReal: false, 32 << 10)!;
        Numbers.AssertError(ErrorCode.DiskFull, () => Open(disk).Dispose(), "ENOSPC", disk.Folder);
        disk.Free();
        using var database = Open(disk);
        database.CreateTable(Numbers.Schema());
        Numbers.Commit(database, 0);
        Numbers.AssertHolds(database, 10, 10);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_import_that_fills_the_disk_says_so_and_keeps_what_it_acknowledged(bool isReal)
    {
        using var disk = SmallDisk.TryMake(isReal, CapacityBytes);
        if (disk is null)
        {
            return;
        }

        using var folder = new TestFolder();
        var csv = folder.Write(
            "ticks.csv",
            "n,price\n" + string.Join('\n', Enumerable.Range(0, 200_000).Select(n => $"{n},{n}.25"))
        );
        long acknowledged = 0;
        using (var database = Open(disk))
        {
            Numbers.AssertError(
                ErrorCode.DiskFull,
                () =>
                    database.Import(
                        new ImportOptions
                        {
                            Files = [csv],
                            Table = "ticks",
                            Acknowledged = commit => acknowledged = commit.LastSequence,
                        }
                    ),
                "ENOSPC",
                disk.Folder
            );
            Assert.True(acknowledged < 200_000);
        }

        disk.Free();
        using var again = Open(disk);
        var rows = again.FindTable("ticks") is null
            ? 0
            : again.Statistics().Single(t => t.Table.Name == "ticks").RowCount;
        Assert.InRange(rows, acknowledged, 200_000);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("parquet")]
    [InlineData("arrow")]
    [InlineData("arrow-stream")]
    public void An_export_to_a_full_disk_says_so(string format)
    {
        if (!OperatingSystem.IsLinux() || ExportFormats.All.All(f => f.Name != format))
        {
            Assert.True(!OperatingSystem.IsLinux(), $"There is no format {format}");
            return;
        }

        using var database = TickDatabase.OpenInMemory();
        database.CreateTable(Numbers.Schema());
        Numbers.Commit(database, 0);
        var snapshot = database.OpenSnapshot();
        using var result = database.Run(
            new TickStore.Execution.ScanNode(
                snapshot.GetTable(Numbers.Table),
                new ScanRequest { Columns = [0, 1, 2, 3] }
            ),
            snapshot
        );
        using var full = new FileStream(
            "/dev/full",
            FileMode.Open,
            FileAccess.Write,
            FileShare.ReadWrite,
            bufferSize: 0
        );
        Numbers.AssertError(
            ErrorCode.DiskFull,
            () => TickDatabase.Export(result, ExportFormats.Find(format), full),
            "No space left on device"
        );
        Numbers.AssertHolds(database, 10, 10);
    }

    // Commits, seals and compactions until the first error; then the disk has room again, and a commit and a seal are
    // tried.
    private static long Run(FaultFileSystem files, out long acknowledged, out bool isResumed)
    {
        (acknowledged, isResumed) = (0, false);
        TickDatabase? database = null;
        try
        {
            database = TickDatabase.Open(files, "/db", Numbers.Small);
            database.CreateTable(Numbers.Schema());
            for (var commit = 0; commit < 16; commit++)
            {
                Numbers.Commit(database, acknowledged, noteBytes: 700);
                acknowledged += Numbers.CommitRows;
                if (commit % 2 == 1)
                {
                    database.Seal();
                }

                if (commit % 4 == 3)
                {
                    database.Compact();
                }
            }
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.DiskFull) { }

        var operations = files.OperationCount;
        if (files.Fired is not null && database?.FindTable(Numbers.Table) is not null)
        {
            files.Heal();
            try
            {
                Numbers.Commit(database, acknowledged);
                acknowledged += Numbers.CommitRows;
                database.Seal();
                isResumed = true;
            }
            catch (TickStoreException e) when (e.Code == ErrorCode.DiskFull)
            {
                Assert.Contains("refuses further writes", e.Message, StringComparison.Ordinal);
            }
        }

        database?.Dispose();
        return operations;
    }

    private static TickDatabase Open(SmallDisk disk, long logSegmentBytes = 256 << 10) =>
        TickDatabase.Open(disk.Files, disk.Folder, Numbers.Small with { LogSegmentBytes = logSegmentBytes });
}
