// Proves what opening a folder refuses, and how it says so: something else's folder, a newer format, a folder in use, and any
// damage to manifest and symbols (every byte changed or cut off is an error that names the file, never other data).
using System.Buffers.Binary;
using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;
using TickStore.Tests.Storage.Ingest;
using TickStore.Tests.Support;

namespace TickStore.Tests.Storage.Catalog;

public sealed class FolderTests
{
    private static readonly StorageOptions Options = new()
    {
        BackgroundWork = false,
        Time = new StillClock(),
        LogSegmentBytes = 64 << 10,
        LogBufferBytes = 64 << 10,
    };

    [Fact]
    public void A_folder_of_something_else_is_refused_and_left_alone()
    {
        var files = new MemoryFileSystem();
        files.CreateDirectory("/photos");
        files.Open("/photos/cat.jpg", FileOpenMode.CreateNew).Dispose();
        var error = Assert.Throws<TickStoreException>(() => StorageEngine.Open(files, "/photos", Options));
        Assert.Equal(ErrorCode.NotADatabase, error.Code);
        Assert.Contains("cat.jpg", error.Message, StringComparison.Ordinal);
        Assert.Equal("cat.jpg", Assert.Single(files.ListFiles("/photos")));
        Assert.Equal(
            ErrorCode.NotADatabase,
            Assert.Throws<TickStoreException>(() => StorageEngine.Open(files, "/photos/cat.jpg", Options)).Code
        );
    }

    [Fact]
    public void A_manifest_that_is_not_ours_is_not_a_database()
    {
        var files = new MemoryFileSystem();
        files.CreateDirectory("/db");
        using (var file = files.Open("/db/manifest", FileOpenMode.CreateNew))
        {
            file.WriteAt("{ \"name\": \"a web app\", \"start_url\": \"/\" }"u8, 0);
        }

        Assert.Equal(
            ErrorCode.NotADatabase,
            Assert.Throws<TickStoreException>(() => StorageEngine.Open(files, "/db", Options)).Code
        );
    }

    [Fact]
    public void A_newer_format_is_named_as_such()
    {
        var files = Make();
        using (var file = files.Open("/db/manifest", FileOpenMode.ReadWrite))
        {
            Span<byte> version = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(version, 7);
            file.WriteAt(version, 8);
        }

        var error = Assert.Throws<TickStoreException>(() => StorageEngine.Open(files, "/db", Options));
        Assert.Equal(ErrorCode.NewerFormat, error.Code);
        Assert.Contains("version 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_use_names_its_holder()
    {
        var files = Make();
        using var engine = StorageEngine.Open(files, "/db", Options with { Program = "the first" });
        var error = Assert.Throws<TickStoreException>(() => StorageEngine.Open(files, "/db", Options));
        Assert.Equal(ErrorCode.DatabaseLocked, error.Code);
        Assert.Contains("the first", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_manifest_beside_a_log_is_corruption_and_not_a_new_database()
    {
        var files = Make();
        files.DeleteFile("/db/manifest");
        Assert.Equal(
            ErrorCode.Corruption,
            Assert.Throws<TickStoreException>(() => StorageEngine.Open(files, "/db", Options)).Code
        );
    }

    [Fact]
    public void A_missing_or_exchanged_segment_is_corruption_that_names_it()
    {
        var files = Make();
        var names = files.ListFiles("/db/segments");
        Assert.True(names.Count >= 2);
        var first = files.ReadAllBytes($"/db/segments/{names[0]}");
        files.WriteAtomically($"/db/segments/{names[1]}", first);
        var exchanged = Assert.Throws<TickStoreException>(() => StorageEngine.Open(files, "/db", Options));
        Assert.Equal(ErrorCode.Corruption, exchanged.Code);
        Assert.Contains(names[1], exchanged.Message, StringComparison.Ordinal);
        files.DeleteFile($"/db/segments/{names[1]}");
        var missing = Assert.Throws<TickStoreException>(() => StorageEngine.Open(files, "/db", Options));
        Assert.Contains(names[1], missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("symbols")]
    public void Every_damaged_byte_is_found(string name)
    {
        var path = $"/db/{name}";
        var bytes = Make().ReadAllBytes(path);
        for (var at = 0; at < bytes.Length; at += bytes.Length > 400 ? 3 : 1)
        {
            var files = Make();
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            AssertRefused(files, path, damaged, $"bit flip at {at}");
            if (at % 16 == 0)
            {
                AssertRefused(Make(), path, bytes[..at], $"cut at {at}");
            }
        }
    }

    [Fact]
    public void Files_left_over_from_a_stop_in_the_midst_of_work_are_removed()
    {
        var files = Make();
        var before = files.ListFiles("/db/segments");
        files.Open("/db/segments/t000001-000000000999.seg", FileOpenMode.CreateNew).Dispose();
        files.Open("/db/segments/t000001-000000000998.seg.tmp", FileOpenMode.CreateNew).Dispose();
        files.Open("/db/manifest.tmp", FileOpenMode.CreateNew).Dispose();
        using var engine = StorageEngine.Open(files, "/db", Options);
        Assert.Equal(before, files.ListFiles("/db/segments"));
        Assert.False(files.FileExists("/db/manifest.tmp"));
    }

    [Fact]
    public void Check_names_a_file_that_went_bad_while_it_is_open()
    {
        var files = new FaultFileSystem();
        using var maker = new RowMaker(2);
        using var engine = StorageEngine.Open(files, "/db", Options);
        var table = engine.CreateTable(RowMaker.Trades());
        engine.Commit(maker.Make(engine, table, 500));
        engine.Seal();
        Assert.True(engine.Check(TestContext.Current.CancellationToken).IsClean);
        var path = $"/db/segments/{files.ListFiles("/db/segments")[0]}";
        files.FlipBit(path, 700, 3);
        files.FlipBit("/db/manifest", 60, 1);
        var findings = engine.Check(TestContext.Current.CancellationToken).Findings;
        Assert.Contains(findings, f => f.Path.Contains(Path.GetFileName(path), StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Path == "/db/manifest");
    }

    private static void AssertRefused(MemoryFileSystem files, string path, byte[] damaged, string what)
    {
        files.WriteAtomically(path, damaged);
        var error = Record.Exception(() => StorageEngine.Open(files, "/db", Options).Dispose());
        Assert.True(
            error
                is TickStoreException
                {
                    Code: ErrorCode.Corruption or ErrorCode.NotADatabase or ErrorCode.NewerFormat
                } e
                && e.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal),
            $"{path}, {what}: {error}"
        );
    }

    private static MemoryFileSystem Make()
    {
        var files = new MemoryFileSystem();
        using var maker = new RowMaker(2);
        using var engine = StorageEngine.Open(files, "/db", Options);
        engine.CreateTable(RowMaker.Trades());
        engine.CreateTable(RowMaker.Plain());
        foreach (var table in engine.Tables)
        {
            engine.Commit(maker.Make(engine, table, 60));
        }

        engine.Seal();
        engine.Commit(maker.Make(engine, engine.Tables[0], 20));
        return files;
    }
}
