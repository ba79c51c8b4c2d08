// Proves law 1 where a sync fails with EIO, on real files under replaced system calls: whatever call meets the error
// reports it, nothing is acknowledged after it (also when the device works again), every write names the first error,
// open snapshots and new ones read, the process lives, and opening anew finds every acknowledged row and writes on.
// Then the same on a simulated device, whose power goes after the error: the fault meets every call of a workload in
// turn.
using TickStore.Core;
using TickStore.Formats;
using TickStore.Storage;
using TickStore.Tests.Support;

namespace TickStore.Tests.Engine.Faults;

public sealed class SyncErrorTests : IDisposable
{
    private readonly TestFolder folder = new();

    /// <summary>Each way to write, as it meets a device whose syncs fail.</summary>
    public static TheoryData<string> Writes => [.. Calls.Keys];

    private static Dictionary<string, Action<TickDatabase, TestFolder>> Calls { get; } =
        new()
        {
            ["commit"] = (database, _) => Numbers.Commit(database, 200),
            ["commit of two tables"] = (database, _) =>
            {
                using var one = Numbers.Make(database, 200);
                using var other = Numbers.Make(database, 0);
                database.Commit([(Numbers.Table, one), ("other", other)]);
            },
            ["asynchronous commit"] = (database, _) =>
            {
                using var rows = Numbers.Make(database, 200);
                var batch = new TableBatch(database.TableOf(Numbers.Table), rows);
                database.Storage.CommitAsync(new ReadOnlySpan<TableBatch>(in batch)).AsTask().GetAwaiter().GetResult();
            },
            ["appender's commit"] = (database, _) =>
            {
                using var rows = Numbers.Make(database, 200);
                var appender = database.CreateAppender(Numbers.Table, new AppenderOptions { CommitRows = 100 });
                appender.Append(rows);
                appender.Commit();
            },
            ["appender's end"] = (database, _) =>
            {
                using var rows = Numbers.Make(database, 200);
                using var appender = database.CreateAppender(Numbers.Table);
                appender.Append(rows);
            },
            ["row appender's end"] = (database, _) =>
            {
                using var appender = database.CreateAppender<Row>(Numbers.Table);
                for (var n = 200; n < 210; n++)
                {
                    appender.Append(new Row(new TickTime(Numbers.Start), "S", n, null));
                }
            },
            ["import"] = (database, folder) =>
                database.Import(
                    new ImportOptions
                    {
                        Files =
                        [
                            folder.Write("new.csv", "ts,price\n2023-02-01T09:30:00Z,1.5\n2023-02-01T09:30:01Z,2.5\n"),
                        ],
                        Table = "imported",
                    }
                ),
            ["making a table"] = (database, _) => database.CreateTable(Numbers.Schema("another")),
            ["dropping a table"] = (database, _) => database.DropTable("unloved"),
            ["sealing"] = (database, _) => database.Seal(),
            ["flush"] = (database, _) =>
            {
                Numbers.Commit(database, 200, Durability.Async);
                database.Flush();
            },
        };

    public void Dispose()
    {
        FailingSyncs.IsBroken = false;
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public void A_failed_sync_is_reported_and_nothing_is_acknowledged_after_it(string write)
    {
        long[] before;
        using (var database = Open())
        {
            MakeRows(database);
            using var snapshot = database.OpenSnapshot();
            before = Numbers.Read(database, snapshot);
            Assert.Equal(200, before.Length);
            var durable = database.DurableSequence;

            FailingSyncs.IsBroken = true;
            Numbers.AssertError(ErrorCode.DeviceFailed, () => Calls[write](database, folder), "EIO", folder.Database);
            FailingSyncs.IsBroken = false;
            var failed = FailingSyncs.FailedCount;

            // The device works again, and would take writes: what was lost in between is unknown, so the handle takes
            // none.
            foreach (var (name, call) in Calls)
            {
                if (name != "dropping a table" || write != name)
                {
                    Numbers.AssertError(ErrorCode.DeviceFailed, () => call(database, folder), "EIO");
                }
            }

            Numbers.AssertError(
                ErrorCode.DeviceFailed,
                () => Numbers.Commit(database, 210),
                "refuses further writes",
                "First error"
            );
            Assert.Equal(failed, FailingSyncs.FailedCount);
            Assert.Equal(durable, database.DurableSequence);
            Assert.Equal(before, Numbers.Read(database, snapshot));
            Assert.True(Numbers.Read(database).Length >= before.Length);
        }

        using var again = Open();
        Assert.True(again.Check(TestContext.Current.CancellationToken).IsClean);
        var found = Numbers.AssertHolds(again, before.Length, before.Length + Numbers.CommitRows);
        Numbers.Commit(again, found.Length);
        Numbers.AssertHolds(again, found.Length + Numbers.CommitRows, found.Length + Numbers.CommitRows);
    }

    [Fact]
    public void An_error_that_only_the_end_meets_is_told_by_the_end()
    {
        var database = Open();
        MakeRows(database);
        FailingSyncs.IsBroken = true;
        Numbers.Commit(database, 200, Durability.Async);
        Numbers.AssertError(ErrorCode.DeviceFailed, database.Dispose, "EIO", "are not durable");
        FailingSyncs.IsBroken = false;
        database.Dispose();

        // The folder is free, though the end threw.
        using var again = Open();
        Numbers.AssertHolds(again, 200, 210);
    }

    [Fact]
    public void An_end_after_a_reported_error_or_without_lost_rows_throws_nothing()
    {
        var told = Open();
        MakeRows(told);
        FailingSyncs.IsBroken = true;
        Numbers.Commit(told, 200, Durability.Async);
        Numbers.AssertError(ErrorCode.DeviceFailed, told.Flush, "EIO");
        told.Dispose();
        FailingSyncs.IsBroken = false;

        var idle = Open();
        var count = Numbers.Read(idle).Length;
        Numbers.Commit(idle, count, Durability.Async);
        idle.Flush();
        FailingSyncs.IsBroken = true;
        idle.Dispose();
        FailingSyncs.IsBroken = false;
        using var again = Open();
        Numbers.AssertHolds(again, count + Numbers.CommitRows, count + Numbers.CommitRows);
    }

    [Fact]
    public void A_database_that_cannot_sync_does_not_open_and_is_unharmed()
    {
        using (var database = Open())
        {
            MakeRows(database);
        }

        FailingSyncs.IsBroken = true;
        Numbers.AssertError(ErrorCode.DeviceFailed, () => Open().Dispose(), "EIO");
        FailingSyncs.IsBroken = false;
        using var again = Open();
        Numbers.AssertHolds(again, 200, 200);
    }

    [Fact]
    public void Wherever_a_device_fails_and_then_loses_power_what_was_acknowledged_is_there()
    {
        var operations = Run(new FaultFileSystem(), out var all);
        Assert.Equal(120, all);
        var fired = 0;
        for (var at = 1L; at < operations; at++)
        {
            var files = new FaultFileSystem((int)at);
            files.FailAt(at, errno: 5, sticky: at % 2 == 0);
            Run(files, out var acknowledged);
            fired += files.Fired is null ? 0 : 1;
            using var again = TickDatabase.Open(files.AfterPowerCut((int)at), "/db", Numbers.Small);
            if (again.FindTable(Numbers.Table) is null)
            {
                Assert.True(
                    acknowledged == 0,
                    $"fault {at}, {files.Fired}: the table is gone with {acknowledged} rows"
                );
                continue;
            }

            Numbers.AssertHolds(again, acknowledged, acknowledged + Numbers.CommitRows);
        }

        Assert.True(fired > operations / 2, $"{fired} of {operations} faults were met");
    }

    // Commits, seals and compactions until the first error, then tries on: nothing more may be acknowledged.
    private static long Run(FaultFileSystem files, out long acknowledged)
    {
        acknowledged = 0;
        TickDatabase? database = null;
        var hasFailed = false;
        try
        {
            database = TickDatabase.Open(files, "/db", Numbers.Small);
            database.CreateTable(Numbers.Schema());
            for (var commit = 0; commit < 12; commit++)
            {
                Numbers.Commit(database, acknowledged);
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
        catch (TickStoreException e) when (e.Code == ErrorCode.DeviceFailed)
        {
            hasFailed = true;
        }

        if (hasFailed && database?.FindTable(Numbers.Table) is not null)
        {
            var next = acknowledged;
            Numbers.AssertError(ErrorCode.DeviceFailed, () => Numbers.Commit(database, next), "errno 5");
        }

        var operations = files.OperationCount;
        database?.Dispose();
        return operations;
    }

    private TickDatabase Open() => TickDatabase.Open(FailingSyncs.Files(), folder.Database, Numbers.Small);

    private static void MakeRows(TickDatabase database)
    {
        database.CreateTable(Numbers.Schema());
        database.CreateTable(Numbers.Schema("other"));
        database.CreateTable(Numbers.Schema("unloved"));
        for (var first = 0; first < 200; first += Numbers.CommitRows)
        {
            Numbers.Commit(database, first);
            if (first == 100)
            {
                database.Seal();
            }
        }
    }

    private sealed record Row(TickTime Ts, string Sym, long N, string? Note);
}
