// Proves CREATE ALERT .. INTO: the table tells of every firing exactly once. Its rows, applied in order, must give the alert's own
// contents, a delete of one that is not there being an error: also after stops in the middle of writing, and after the power
// goes (a simulated device keeps any subset of what was not synced).
using TickStore.Core;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Tests.Support;

namespace TickStore.Tests.Streaming.Views;

public sealed class AlertTableTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("alerts").FullName;

    [Fact]
    public void Firings_arrive_and_are_taken_back()
    {
        using var database = Open();
        Make(database);
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:30:00', 'A', 11), ('2026-03-02 09:30:04', 'A', 12)");
        Wait(database, ["2026-03-02T09:30:00Z|A|11|2026-03-02T09:30:03Z|spike|insert"]);
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:30:01', 'A', 1)");
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:30:08', 'A', 1)");
        WaitUntilApplied(database);
        var told = Rows(database, "SELECT op FROM fired ORDER BY _seq");
        Assert.Equal("insert", told[0]);
        Assert.Contains("delete", told);
    }

    [Fact]
    public void A_late_row_tells_nothing_of_firings_that_stay()
    {
        using var database = Open();
        Make(database);
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:30:00', 'A', 11), ('2026-03-02 09:30:04', 'A', 12)");
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:31:00', 'A', 1), ('2026-03-02 09:32:00', 'A', 20)");
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:32:10', 'A', 21), ('2026-03-02 09:32:20', 'A', 1)");
        string[] told = ["2026-03-02T09:30:03Z|insert", "2026-03-02T09:32:03Z|insert"];
        const string Told = "SELECT fired_at, op FROM fired ORDER BY _seq";
        Until(() => Rows(database, Told).SequenceEqual(told), () => string.Join("; ", Rows(database, Told)));

        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:31:30', 'A', 2)");
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:30:01', 'A', 1)");
        told = [.. told, "2026-03-02T09:30:03Z|delete", "2026-03-02T09:30:07Z|insert"];
        Until(() => Rows(database, Told).SequenceEqual(told), () => string.Join("; ", Rows(database, Told)));
    }

    [Fact]
    public void A_stop_in_the_middle_neither_loses_nor_repeats()
    {
        using (var database = Open())
        {
            Make(database);
        }

        for (var round = 0; round < 12; round++)
        {
            using var database = Open();
            Insert(database, round);
            if (round % 3 == 2)
            {
                WaitUntilApplied(database);
            }
        }

        using var last = Open();
        WaitUntilApplied(last);
        Assert.NotEmpty(Applied(last));
    }

    [Fact]
    public void A_power_cut_at_any_moment_neither_loses_nor_repeats()
    {
        var cuts = 0;
        for (var seed = 1; seed <= 12; seed++)
        {
            var random = new Random(seed);
            var files = new FaultFileSystem(seed);
            using (var database = TickDatabase.Open(files, "/db", new StorageOptions()))
            {
                Make(database);
            }

            for (var round = 0; round < 4; round++)
            {
                files.CutPowerAt(files.OperationCount + 5 + random.Next(60));
                try
                {
                    using var database = TickDatabase.Open(files, "/db", new StorageOptions());
                    Insert(database, (seed * 4) + round);
                }
                catch (Exception e) when (e is TickStoreException or IOException)
                {
                    Assert.True(files.IsDead, e.Message);
                }

                cuts += files.IsDead ? 1 : 0;
                files = files.AfterPowerCut(random.Next());
            }

            using var last = TickDatabase.Open(files, "/db", new StorageOptions());
            Insert(last, 200);
            WaitUntilApplied(last);
        }

        Assert.True(cuts > 20, $"The power went {cuts} times only.");
    }

    [Fact]
    public void Another_shape_is_refused_and_nothing_is_left()
    {
        using var database = Open();
        database.Execute("CREATE TABLE t (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, qty BIGINT) EVENT TIME ts");
        database.Execute("CREATE TABLE fired (n BIGINT)");
        var error = Assert.Throws<TickStoreException>(() => database.Execute(Alert));
        Assert.Contains("its columns are n BIGINT", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<TickStoreException>(() =>
            database.Execute(Alert.Replace("fired", "t", StringComparison.Ordinal))
        );
        Assert.Contains("it reads that table", error.Message, StringComparison.Ordinal);
        Assert.Empty(database.Views);
    }

    [Fact]
    public void A_table_that_is_gone_is_told_and_stops_nothing_else()
    {
        using var database = Open();
        Make(database);
        Insert(database, 0);
        WaitUntilApplied(database);
        database.Execute("DROP TABLE fired");
        for (var round = 1; database.Views[0].Reason is null; round++)
        {
            Assert.True(round < 200, "The reason never came.");
            Insert(database, round);
            Thread.Sleep(20);
        }

        Assert.Contains("INTO fired", database.Views[0].Reason, StringComparison.Ordinal);
        Assert.Equal("live", database.Views[0].Status);
        database.Execute("DROP ALERT spike");
        Assert.Empty(database.Views);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private const string Alert =
        "CREATE ALERT spike AS SELECT ts, sym, qty FROM t WHERE qty > 10 KEY (sym) FOR 3s INTO fired";

    private static void Make(TickDatabase database)
    {
        database.Execute("CREATE TABLE t (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, qty BIGINT) EVENT TIME ts");
        database.Execute(Alert);
    }

    private TickDatabase Open() => TickDatabase.Open(folder, new TickDatabaseOptions { Durability = Durability.Async });

    // A minute of rows in random order, so that firings are taken back.
    private static void Insert(TickDatabase database, int round)
    {
        var random = new Random(round);
        for (var commit = 0; commit < 20; commit++)
        {
            var rows = Enumerable
                .Range(0, 4)
                .Select(_ =>
                    $"('2026-03-02 {10 + (round / 60):00}:{round % 60:00}:{random.Next(60):00}', 'S{random.Next(3)}', {random.Next(24)})"
                );
            database.Execute($"INSERT INTO t VALUES {string.Join(", ", rows)}");
        }
    }

    private static void Wait(TickDatabase database, string[] expected)
    {
        Until(
            () => Rows(database, "SELECT ts, sym, qty, fired_at, alert, op FROM fired").SequenceEqual(expected),
            () => string.Join("; ", Rows(database, "SELECT * FROM fired"))
        );
    }

    private static void WaitUntilApplied(TickDatabase database)
    {
        database.WaitForView("spike");
        Until(
            () => Firings(Rows(database, "SELECT * FROM spike")).SequenceEqual(Applied(database)),
            () => $"{database.Views[0].Reason} {string.Join("; ", Applied(database))}"
        );
    }

    private static void Until(Func<bool> isDone, Func<string> state)
    {
        for (var wait = 0; !isDone(); wait++)
        {
            Assert.True(wait < 500, state());
            Thread.Sleep(10);
        }
    }

    private static List<string> Firings(IEnumerable<string> rows) => [.. rows.Order(StringComparer.Ordinal)];

    // The table's rows, applied.
    private static List<string> Applied(TickDatabase database)
    {
        var there = new List<string>();
        foreach (var line in Rows(database, "SELECT op, ts, sym, qty, fired_at FROM fired ORDER BY _seq"))
        {
            var (op, row) = (
                line[..line.IndexOf('|', StringComparison.Ordinal)],
                line[(line.IndexOf('|', StringComparison.Ordinal) + 1)..]
            );
            switch (op)
            {
                case "insert":
                    there.Add(row);
                    break;
                case "delete":
                    Assert.True(there.Remove(row), $"{row} was taken back and was not there");
                    break;
                default:
                    Assert.Fail($"{op} of {row}");
                    break;
            }
        }

        return Firings(there);
    }

    private static List<string> Rows(TickDatabase database, string sql)
    {
        var lines = new List<string>();
        using var result = database.Query(sql);
        while (result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                var values = Enumerable
                    .Range(0, batch.ColumnCount)
                    .Select(c => VectorTextWriter.ToText(batch[c], row, database.Symbols));
                lines.Add(string.Join("|", values));
            }
        }

        return lines;
    }
}
