// Proves: what the log writes for a row, and that little is left on disk beside the segments once a database is sealed and closed. Each
// commit is durable before the next begins, so each is a batch of its own, and what it takes is exact: its frame, filled up to whole
// sectors. The log's end is found as the last byte that is not zero, because its files are allocated ahead.
using System.Globalization;
using TickStore.Storage;

namespace TickStore.Tests.Budgets;

[Collection(Alone.Name)]
public sealed class LogTests
{
    private const int Commits = 10;
    private const int SectorBytes = 512;
    private const long FirstLogBytes = 4L << 20;
    private const long LogFileBytes = 64L << 20;
    private const long CatalogBytesMax = 4096;

    // A row of Ticks has 8 + 4 + 8 + 4 + 1 = 25 bytes of values. A sector has 512 bytes: small commits pay for its rest.
    [Theory]
    [InlineData(20, 1024.0 / 20)]
    [InlineData(1000, 25_600.0 / 1000)]
    [InlineData(20_000, 500_224.0 / 20_000)]
    public void A_row_takes_so_many_bytes_of_the_log(int commitRows, double bytesPerRow)
    {
        using var ticks = new Ticks();
        using (var appender = ticks.Appender(Durability.Fsync, commitRows))
        {
            var before = Commit(ticks, appender, commitRows);
            var after = Commit(ticks, appender, commitRows);
            Assert.Equal(bytesPerRow, (double)(after - before) / (Commits * commitRows));
        }
    }

    // The smallest first log segment, and what else a small database has.
    [Fact]
    public void Sealed_and_closed_a_small_database_leaves_one_log_file_and_one_segment_file()
    {
        var files = FilesAfterClose(20_000);
        Assert.Equal(["LOCK", "log/log-0000000000000000.seg", "manifest", "segments", "symbols"], Names(files));
        Assert.InRange(files.Where(f => !IsSegment(f)).Sum(f => f.Bytes), 0, FirstLogBytes + CatalogBytesMax);
    }

    // A spare is made in the background once a log file is half full; it may be there or not yet.
    [Fact]
    public void Sealed_and_closed_a_database_leaves_at_most_two_log_files()
    {
        var files = FilesAfterClose(300_000);
        var log = files.Where(f => f.Name.StartsWith("log/", StringComparison.Ordinal)).ToList();
        Assert.InRange(log.Count, 1, 2);
        Assert.All(log, f => Assert.InRange(f.Bytes, 0, LogFileBytes));
        Assert.Single(files, IsSegment);
        Assert.InRange(files.Except(log).Where(f => !IsSegment(f)).Sum(f => f.Bytes), 0, CatalogBytesMax);
    }

    private static List<(string Name, long Bytes)> FilesAfterClose(int rowCount)
    {
        using var ticks = new Ticks();
        ticks.Write(rowCount);
        ticks.Database.Seal();
        ticks.Database.Dispose();
        return
        [
            .. Directory
                .EnumerateFiles(ticks.Folder, "*", SearchOption.AllDirectories)
                .Select(f => (Path.GetRelativePath(ticks.Folder, f).Replace('\\', '/'), new FileInfo(f).Length))
                .OrderBy(f => f.Item1, StringComparer.Ordinal),
        ];
    }

    private static bool IsSegment((string Name, long Bytes) file) =>
        file.Name.StartsWith("segments/", StringComparison.Ordinal);

    private static IEnumerable<string> Names(List<(string Name, long Bytes)> files) =>
        files.Select(f => IsSegment(f) ? "segments" : f.Name);

    private static long Commit(Ticks ticks, TableAppender appender, int commitRows)
    {
        for (var i = 0; i < Commits; i++)
        {
            ticks.Fill(appender, commitRows);
            appender.Commit();
        }

        return LogEnd(ticks.Folder);
    }

    private static long LogEnd(string folder)
    {
        var end = 0L;
        foreach (var path in Directory.EnumerateFiles(folder, "log-*.seg", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(path)["log-".Length..];
            var start = long.Parse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            var used = File.ReadAllBytes(path).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            end = Math.Max(end, start + ((used + SectorBytes - 1) / SectorBytes * SectorBytes));
        }

        return end;
    }
}
