// Proves what a damaged, foreign or newer file does, on real files: opening (or the read that meets the damage) fails
// with an error of its kind that names the file, Check names it too, what is not damaged stays readable, and nothing
// that was refused was changed.
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Hashing;
using TickStore.Core;

namespace TickStore.Tests.Engine.Faults;

public sealed class FileFaultTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_empty_folder_becomes_a_database_and_a_foreign_one_is_left_alone()
    {
        Directory.CreateDirectory(folder.Database);
        MakeDatabase();
        var foreign = Directory.CreateDirectory(Path.Combine(folder.Path, "photos"));
        File.WriteAllText(Path.Combine(foreign.FullName, "cat.jpg"), "meow");
        Numbers.AssertError(
            ErrorCode.NotADatabase,
            () => Open(foreign.FullName),
            foreign.FullName,
            "cat.jpg",
            "empty folder"
        );
        Assert.Equal("cat.jpg", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(foreign.FullName))));

        var file = folder.Write("notes.txt", "hello");
        Numbers.AssertError(ErrorCode.NotADatabase, () => Open(file), file, "it is a file");
        Assert.Equal("hello", File.ReadAllText(file));
        var inside = Path.Combine(file, "db");
        Numbers.AssertError(ErrorCode.NotADatabase, () => Open(inside), inside, $"{file} is a file");
    }

    [Fact]
    public void A_folder_without_permission_says_so()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName == "root")
        {
            return;
        }

        var closed = Directory.CreateDirectory(Path.Combine(folder.Path, "closed")).FullName;
        File.SetUnixFileMode(closed, UnixFileMode.None);
        Numbers.AssertError(ErrorCode.DeviceFailed, () => Open(closed), "EACCES", closed);
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("manifest", "manifest")]
    [InlineData("symbols", "symbols")]
    [InlineData("log", "log-")]
    [InlineData("segments", "t000001-")]
    public void A_file_of_a_newer_format_is_named_with_its_version(string where, string name)
    {
        MakeDatabase();
        var path = PathOf(where);
        var before = File.ReadAllBytes(path);
        var newer = (byte[])before.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(newer.AsSpan(8), 77);
        if (where is "log" or "segments")
        {
            // These check their header before they believe its version.
            BinaryPrimitives.WriteUInt64LittleEndian(newer.AsSpan(56), XxHash3.HashToUInt64(newer.AsSpan(0, 56)));
        }

        File.WriteAllBytes(path, newer);
        var error = Assert.Throws<TickStoreException>(() => Open(folder.Database));
        Assert.True(error.Code == ErrorCode.NewerFormat, $"{where}: {error}");
        Assert.Contains("77", error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);

        // Refusing changed nothing: with the version back, all is there.
        File.WriteAllBytes(path, before);
        AssertWhole();
    }

    [Fact]
    public void A_truncated_or_missing_segment_is_named_and_nothing_is_changed()
    {
        MakeDatabase();
        var path = PathOf("segments");
        var before = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 1, 63, before.Length / 2, before.Length - 1 })
        {
            File.WriteAllBytes(path, before[..length]);
            Numbers.AssertError(ErrorCode.Corruption, () => Open(folder.Database), path);
            Assert.Equal(length, new FileInfo(path).Length);
        }

        File.WriteAllBytes(path, [.. before, 0]);
        Numbers.AssertError(ErrorCode.Corruption, () => Open(folder.Database), path);
        File.Delete(path);
        Numbers.AssertError(ErrorCode.Corruption, () => Open(folder.Database), path, "no such file", "numbers");
        File.WriteAllBytes(path, before);
        AssertWhole();
    }

    [Fact]
    public void A_flipped_bit_in_a_segment_is_found_named_and_never_returned_as_data()
    {
        MakeDatabase();
        var path = PathOf("segments");
        var before = File.ReadAllBytes(path);
        var (refused, failedReads) = (0, 0);
        for (var at = 0; at < before.Length; at += 1 + (before.Length / 150))
        {
            var damaged = (byte[])before.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(path, damaged);
            TickDatabase database;
            try
            {
                database = TickDatabase.Open(folder.Database);
            }
            catch (TickStoreException e)
            {
                Assert.True(e.Code is ErrorCode.Corruption or ErrorCode.NewerFormat, $"bit at {at}: {e}");
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
                refused++;
                continue;
            }

            using (database)
            {
                // The damage lies in a block: the other table reads, and Check names the file.
                Numbers.AssertHolds(database, 40, 40, "other");
                var findings = database.Check(TestContext.Current.CancellationToken).Findings;
                Assert.True(
                    findings.Any(f => f.Path == path),
                    $"bit at {at}: Check found {string.Join("; ", findings)}"
                );
                try
                {
                    Numbers.AssertHolds(database, 40, 40);
                }
                catch (TickStoreException e)
                {
                    Assert.Equal(ErrorCode.Corruption, e.Code);
                    Assert.Contains(path, e.Message, StringComparison.Ordinal);
                    failedReads++;
                }
            }
        }

        Assert.True(refused > 0 && failedReads > 0, $"{refused} refused at open, {failedReads} at the read");
        File.WriteAllBytes(path, before);
        AssertWhole();
    }

    [Fact]
    public void A_damaged_block_does_not_keep_others_from_being_written_and_read()
    {
        MakeDatabase();
        var path = PathOf("segments");
        var bytes = File.ReadAllBytes(path);
        var damaged = false;
        for (var at = 64; at < bytes.Length && !damaged; at += 16)
        {
            bytes[at] ^= 1;
            File.WriteAllBytes(path, bytes);
            bytes[at] ^= 1;
            try
            {
                using var database = TickDatabase.Open(folder.Database);
                damaged = true;
                Numbers.Commit(database, 40, table: "other");
                Assert.True(database.Seal() > 0);
                Numbers.AssertHolds(database, 50, 50, "other");
            }
            catch (TickStoreException e) when (e.Code == ErrorCode.Corruption)
            {
                Assert.False(damaged, e.ToString());
            }
        }

        Assert.True(damaged);
    }

    [Fact]
    public void A_missing_or_cut_log_is_named_and_never_taken_for_an_empty_one()
    {
        MakeDatabase();
        var log = Path.Combine(folder.Database, "log");
        var aside = Path.Combine(folder.Path, "aside");
        Directory.Move(log, aside);
        Numbers.AssertError(ErrorCode.Corruption, () => Open(folder.Database), log);
        Directory.Delete(log, recursive: true);
        Directory.Move(aside, log);

        var path = PathOf("log");
        var before = File.ReadAllBytes(path);
        File.WriteAllBytes(path, before[..(before.Length / 2)]);
        Numbers.AssertError(ErrorCode.Corruption, () => Open(folder.Database), path, "cut or extended");
        File.Delete(path);
        Numbers.AssertError(ErrorCode.Corruption, () => Open(folder.Database), log);
        File.WriteAllBytes(path, before);
        AssertWhole();
    }

    [Fact]
    public void A_missing_log_of_a_database_that_was_never_sealed_is_named_too()
    {
        using (var database = TickDatabase.Open(folder.Database))
        {
            database.CreateTable(Numbers.Schema());
            Numbers.Commit(database, 0);
        }

        var log = Path.Combine(folder.Database, "log");
        Directory.Delete(log, recursive: true);
        Numbers.AssertError(ErrorCode.Corruption, () => Open(folder.Database), log, "missing");
    }

    [Fact]
    public void A_log_whose_newest_file_is_missing_is_named_and_no_row_is_lost_in_silence()
    {
        MakeDatabase();
        using (
            var database = TickDatabase.Open(
                TickStore.Storage.Devices.PosixFileSystem.Shared,
                folder.Database,
                Numbers.Small
            )
        )
        {
            for (var first = 40; first < 1000; first += Numbers.CommitRows)
            {
                Numbers.Commit(database, first, noteBytes: 300);
            }
        }

        var names = Directory.GetFiles(Path.Combine(folder.Database, "log"), "log-*.seg").Order().ToList();
        Assert.True(names.Count >= 3);
        foreach (var name in new[] { names[^1], names[1] })
        {
            File.Move(name, name + ".aside");
            Numbers.AssertError(
                ErrorCode.Corruption,
                () => Open(folder.Database),
                Path.Combine(folder.Database, "log")
            );
            File.Move(name + ".aside", name);
        }

        using var whole = TickDatabase.Open(folder.Database);
        Numbers.AssertHolds(whole, 1000, 1000);
    }

    [Fact]
    public void A_missing_manifest_or_symbol_file_is_named_and_not_made_anew()
    {
        MakeDatabase();
        foreach (var name in new[] { "manifest", "symbols" })
        {
            var path = Path.Combine(folder.Database, name);
            var before = File.ReadAllBytes(path);
            File.Delete(path);
            Numbers.AssertError(ErrorCode.Corruption, () => Open(folder.Database), path);
            Assert.False(File.Exists(path));
            File.WriteAllBytes(path, before);
        }

        AssertWhole();
    }

    [Fact]
    public void A_second_process_is_refused_with_the_name_of_the_first()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "TickStore.Tests.CrashWriter.dll");
        Assert.True(File.Exists(program), program);
        var start = new ProcessStartInfo("dotnet", ["exec", program, "write", folder.Database, "7"])
        {
            RedirectStandardOutput = true,
        };
        using var writer = Process.Start(start)!;
        try
        {
            // Its first line says that it is ready, so it holds the database by then.
            Assert.NotNull(writer.StandardOutput.ReadLine());
            var error = Numbers.AssertError(
                ErrorCode.DatabaseLocked,
                () => Open(folder.Database),
                folder.Database,
                $"pid={writer.Id}",
                "since="
            );
            Assert.True(error.Retryable);
        }
        finally
        {
            writer.Kill();
            writer.WaitForExit();
        }

        // The lock goes with the process that held it.
        using var database = TickDatabase.Open(folder.Database);
        Assert.NotEmpty(database.Tables);
    }

    private static void Open(string path) => TickDatabase.Open(path).Dispose();

    private string PathOf(string where)
    {
        var path = Path.Combine(folder.Database, where);
        return Directory.Exists(path)
            ? Directory
                .GetFiles(path)
                .Where(f => !Path.GetFileName(f).Contains("spare", StringComparison.Ordinal))
                .Order()
                .First()
            : path;
    }

    // Two tables with a segment each and rows in the log.
    private void MakeDatabase()
    {
        using var database = TickDatabase.Open(
            TickStore.Storage.Devices.PosixFileSystem.Shared,
            folder.Database,
            Numbers.Small
        );
        foreach (var table in new[] { Numbers.Table, "other" })
        {
            database.CreateTable(Numbers.Schema(table));
            for (var first = 0; first < 30; first += Numbers.CommitRows)
            {
                Numbers.Commit(database, first, table: table);
            }
        }

        database.Seal();
        Numbers.Commit(database, 30);
        Numbers.Commit(database, 30, table: "other");
    }

    private void AssertWhole()
    {
        using var database = TickDatabase.Open(folder.Database);
        Numbers.AssertHolds(database, 40, 40);
        Numbers.AssertHolds(database, 40, 40, "other");
        Assert.True(database.Check(TestContext.Current.CancellationToken).IsClean);
    }
}
