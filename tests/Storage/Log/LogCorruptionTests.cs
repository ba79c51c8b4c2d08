// Proves law 8 for the log: damage is found and named, and told from a torn tail. Every bit of a small closed log is
// flipped: the log is refused, or shows every frame unchanged because the byte carries nothing. Then single cases one
// by one: torn tails, damage below them, cut and missing files, foreign and recycled frames, newer versions.
using System.Buffers.Binary;
using System.IO.Hashing;
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Log;
using TickStore.Tests.Support;

namespace TickStore.Tests.Storage.Log;

public sealed class LogCorruptionTests
{
    private const string Directory = "/db/log";
    private static readonly LogOptions Options = new()
    {
        SegmentBytes = 16 << 10,
        BufferBytes = 4 << 10,
        PrepareInBackground = false,
    };

    [Fact]
    public void Every_flipped_bit_of_a_closed_log_is_found_or_carries_nothing()
    {
        var closed = Build(frameCount: 12, out _, close: true);
        var path = Segment(closed, 0);
        var expected = Read(closed.Clone());
        var usedBytes = LogFormat.SegmentHeaderBytes + (14 * 512);
        var found = 0;
        var harmless = 0;
        foreach (
            var offset in Enumerable
                .Range(0, 200)
                .Concat(Enumerable.Range(LogFormat.SegmentHeaderBytes, usedBytes + 600 - LogFormat.SegmentHeaderBytes))
        )
        {
            var files = closed.Clone();
            files.FlipBit(path, offset, offset % 8);
            var problems = LogCheck.Run(files, Directory, 0).Problems;
            try
            {
                Assert.Equal(expected, Read(files));
                harmless++;
            }
            catch (TickStoreException e)
            {
                Assert.Equal(ErrorCode.Corruption, e.Code);
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
                Assert.Contains("offset", e.Message, StringComparison.Ordinal);
                Assert.NotEmpty(problems);
                found++;
            }
        }

        Assert.True(found > 64 + (12 * (40 + 100)), $"only {found} flips were found");
        Assert.True(harmless > 0);
    }

    [Fact]
    public void After_a_kill_a_flipped_bit_costs_at_most_the_last_batch_and_is_found_below_it()
    {
        var killed = Build(frameCount: 8, out var ranges, close: false);
        var path = Segment(killed, 0);
        for (var offset = (int)ranges[0].Position; offset < ranges[^1].EndPosition; offset += 7)
        {
            var files = killed.Clone();
            files.FlipBit(path, offset, 3);
            var inFrame = ranges.Any(r => offset >= r.Position && offset < r.Position + FrameHeader.SizeInBytes + 100);
            if (inFrame && offset >= ranges[^1].Position)
                Assert.Equal(7, Read(files).Count);
            else if (inFrame)
                Assert.Equal(ErrorCode.Corruption, Assert.Throws<TickStoreException>(() => Read(files)).Code);
            else
                Assert.Equal(8, Read(files).Count);
        }
    }

    [Fact]
    public void A_torn_tail_is_cleared_once_and_the_log_goes_on()
    {
        var killed = Build(frameCount: 5, out var ranges, close: false);
        var path = Segment(killed, 0);
        using (var file = killed.Open(path, FileOpenMode.ReadWrite))
            file.WriteAt(new byte[60], ranges[4].Position + 20);
        var report = LogCheck.Run(killed, Directory, 0);
        Assert.Empty(report.Problems);
        using (var log = LogWriter.Open(killed, Directory, Options, 0, _ => { }))
        {
            Assert.Equal(path, log.Recovery.TornPath);
            Assert.Equal(ranges[4].Position, log.Recovery.TornOffset);
            log.WaitDurable(log.Append(16, 4, "new"u8).EndPosition);
        }

        using (var log = LogWriter.Open(killed, Directory, Options, 0, _ => { }))
            Assert.Null(log.Recovery.TornPath);
        Assert.Equal(5, Read(killed).Count);
    }

    [Fact]
    public void Check_goes_on_behind_damage_and_counts_the_rest()
    {
        var closed = Build(frameCount: 100, out var ranges, close: true);
        closed.FlipBit(Segment(closed, 0), ranges[3].Position + 50, 1);
        closed.FlipBit(Segment(closed, 1), LogFormat.SegmentHeaderBytes + 512 + 50, 1);
        var sequences = new List<long>();
        var report = LogCheck.Run(closed, Directory, 0, f => sequences.Add(f.FirstSequence));
        Assert.Equal(2, report.Problems.Count);
        Assert.Equal(Segment(closed, 0), report.Problems[0].Path);
        Assert.Equal(ranges[3].Position, report.Problems[0].Offset);
        Assert.Equal(98, sequences.Count);
        Assert.True(report.ClosedInOrder);
        Assert.True(report.SegmentCount > 3);
    }

    [Fact]
    public void A_cut_extended_or_missing_segment_file_is_named()
    {
        var closed = Build(frameCount: 100, out var ranges, close: true);
        var cut = closed.Clone();
        cut.CutFile(Segment(cut, 1), 9000);
        AssertRefused(cut, ErrorCode.Corruption, Segment(cut, 1), "was cut");

        var header = closed.Clone();
        header.CutFile(Segment(header, 1), 100);
        AssertRefused(header, ErrorCode.Corruption, Segment(header, 1), "ends at 100");

        var extended = closed.Clone();
        extended.CutFile(Segment(extended, 1), 100_000);
        AssertRefused(extended, ErrorCode.Corruption, Segment(extended, 1), "extended");

        foreach (var missing in new[] { 0, 1, Segments(closed).Length - 1 })
        {
            var files = closed.Clone();
            var path = Segment(files, missing);
            files.DeleteFile(path);
            AssertRefused(files, ErrorCode.Corruption, missing == 0 ? Segment(files, 0) : path, "missing");
            Assert.NotEmpty(LogCheck.Run(files, Directory, 0).Problems);
        }

        foreach (var name in Segments(closed))
            closed.DeleteFile($"{Directory}/{name}");
        var error = Assert.Throws<TickStoreException>(() =>
            LogWriter.Open(closed, Directory, Options with { MustExist = true }, 0, _ => { })
        );
        Assert.Equal(ErrorCode.Corruption, error.Code);
        error = Assert.Throws<TickStoreException>(() =>
            LogWriter.Open(closed, Directory, Options, ranges[5].Position, _ => { })
        );
        Assert.Equal(ErrorCode.Corruption, error.Code);
    }

    [Fact]
    public void A_newer_version_is_refused_as_such_and_a_damaged_version_as_damage()
    {
        var closed = Build(frameCount: 3, out _, close: true);
        var newer = closed.Clone();
        var header = new byte[64];
        using (var file = newer.Open(Segment(newer, 0), FileOpenMode.ReadWrite))
        {
            file.ReadExactly(header, 0);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), 2);
            file.WriteAt(header, 0);
            AssertRefused(newer, ErrorCode.Corruption, Segment(newer, 0), "checksum");
            BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(56), XxHash3.HashToUInt64(header.AsSpan(0, 56)));
            file.WriteAt(header, 0);
        }

        AssertRefused(newer, ErrorCode.NewerFormat, Segment(newer, 0), "version 2 is newer than 1");
    }

    [Fact]
    public void Frames_of_another_place_another_log_or_a_former_life_never_validate()
    {
        var killed = Build(frameCount: 6, out var ranges, close: false);
        var path = Segment(killed, 0);
        var bytes = new byte[512];

        // A misplaced batch: frame 2's sector where the tail is.
        using (var file = killed.Open(path, FileOpenMode.ReadWrite))
        {
            file.ReadExactly(bytes, ranges[2].Position);
            file.WriteAt(bytes, LogFormat.AlignUp(ranges[5].EndPosition, 512));
        }

        Assert.Equal(6, Read(killed).Count);

        // Another log's frame in the very same place.
        var other = Build(frameCount: 7, out var otherRanges, close: false);
        var mine = Build(frameCount: 6, out _, close: false);
        using (var file = other.Open(path, FileOpenMode.Read))
            file.ReadExactly(bytes, otherRanges[6].Position);
        using (var file = mine.Open(path, FileOpenMode.ReadWrite))
            file.WriteAt(bytes, otherRanges[6].Position);
        Assert.Equal(6, Read(mine).Count);

        // Another log's segment.
        var swapped = Build(frameCount: 100, out _, close: true);
        var foreign = Build(frameCount: 100, out _, close: true);
        var whole = new byte[16 << 10];
        using (var file = foreign.Open(Segment(foreign, 2), FileOpenMode.Read))
            file.ReadExactly(whole, 0);
        using (var file = swapped.Open(Segment(swapped, 2), FileOpenMode.ReadWrite))
            file.WriteAt(whole, 0);
        AssertRefused(swapped, ErrorCode.Corruption, Segment(swapped, 2), "another log");
    }

    [Fact]
    public void A_recycled_segment_shows_nothing_of_its_former_frames()
    {
        var files = new FaultFileSystem();
        var log = LogWriter.Open(files, Directory, Options, 0, _ => { });
        long last = 0;
        for (var i = 0; i < 40; i++)
            log.WaitDurable((last = log.Append(16, i, new byte[600]).EndPosition));
        log.Truncate(last);
        LogRange range = default;
        var position = new List<long>();
        for (var i = 40; i < 50; i++)
        {
            log.WaitDurable((range = log.Append(16, i, new byte[600])).EndPosition);
            position.Add(range.Position);
        }

        // The segment in use was recycled: behind its tail stand old frames with sound checksums of their old places.
        files = files.AfterKill();
        log.Dispose();
        var tailSegment = Segments(files)[^1];
        var whole = files.ReadAllBytes($"{Directory}/{tailSegment}");
        var tailOffset = (int)(LogFormat.AlignUp(range.EndPosition, 512) % (16 << 10));
        Assert.Contains(LogFormat.FrameMagic, MagicWords(whole.AsSpan(tailOffset)));
        var found = new List<long>();
        Assert.Empty(LogCheck.Run(files, Directory, position[0]).Problems);
        using var again = LogWriter.Open(files, Directory, Options, position[0], f => found.Add(f.FirstSequence));
        Assert.Equal(Enumerable.Range(40, 10).Select(i => (long)i), found);
    }

    private static List<uint> MagicWords(ReadOnlySpan<byte> bytes)
    {
        var words = new List<uint>();
        for (var i = 0; i + 4 <= bytes.Length; i += 4)
            words.Add(BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..]));
        return words;
    }

    /// <summary>A log of 100-byte frames, each in a batch of its own.</summary>
    private static FaultFileSystem Build(int frameCount, out List<LogRange> ranges, bool close)
    {
        var files = new FaultFileSystem();
        ranges = [];
        var log = LogWriter.Open(files, Directory, Options, 0, _ => { });
        for (var i = 0; i < frameCount; i++)
        {
            var payload = new byte[100];
            payload.AsSpan().Fill((byte)(i + 1));
            var range = log.Append(16, i, payload);
            log.WaitDurable(range.EndPosition);
            ranges.Add(range);
        }

        if (close)
            log.Dispose();
        var after = files.AfterKill();
        log.Dispose();
        return after;
    }

    private static List<string> Read(FaultFileSystem files)
    {
        var frames = new List<string>();
        using (
            LogWriter.Open(
                files,
                Directory,
                Options,
                0,
                f => frames.Add($"{f.FirstSequence} " + $"{Convert.ToHexString(f.Payload)}")
            )
        )
        {
            return frames;
        }
    }

    private static void AssertRefused(FaultFileSystem files, ErrorCode code, string path, string words)
    {
        var error = Assert.Throws<TickStoreException>(() => Read(files.Clone()));
        Assert.Equal(code, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static string[] Segments(FaultFileSystem files) =>
        [.. files.ListFiles(Directory).Where(n => n.StartsWith("log-", StringComparison.Ordinal))];

    private static string Segment(FaultFileSystem files, int index) => $"{Directory}/{Segments(files)[index]}";
}
