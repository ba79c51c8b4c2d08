// Proves what BACKFILL ALL NEWEST FIRST promises besides the law (tests/Streaming/Law has that): the view steps while its history is
// missing, and its subscribers are told what rows were; what a step takes out does not come back with the history; filling in goes on
// after a restart, ends with the view, and fails nothing else. Ranges are filled in by hand where a test must know what is missing.
using TickStore.Core;
using TickStore.Engine.Views;
using TickStore.Sql;
using TickStore.Storage;
using TickStore.Storage.Devices;

namespace TickStore.Tests.Engine.Views;

public sealed class NewestFirstTest : IDisposable
{
    private const string Bars =
        "CREATE MATERIALIZED VIEW bars AS SELECT sym, bar_open, sum(qty) AS q FROM t SAMPLE BY 1m GROUP BY sym BACKFILL ALL NEWEST FIRST";

    private readonly MemoryFileSystem files = new();
    private TickDatabase database;

    public NewestFirstTest()
    {
        files.CreateDirectory("/");
        database = Open(fillsHistory: false);
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, qty BIGINT) EVENT TIME ts CLUSTER BY (sym)"
        );

        // A bar a day, and two bars of a day that is not over.
        database.Execute(
            "INSERT INTO t VALUES ('2026-01-05 09:30', 'A', 1), ('2026-01-06 09:30', 'A', 2), ('2026-01-07 09:30', 'A', 3), "
                + "('2026-01-08 09:30', 'A', 4), ('2026-01-09 09:30', 'A', 5), ('2026-01-09 09:31', 'A', 6)"
        );
    }

    [Fact]
    public void A_view_steps_while_its_history_is_missing()
    {
        database.Execute(Bars);
        Assert.Equal("backfilling 2026-01-09T09:30:00.000000001Z 1", Status());
        var told = Listen("bars");
        database.Execute("INSERT INTO t VALUES ('2026-01-09 09:31:30', 'A', 10), ('2026-01-09 09:32', 'B', 1)");
        Assert.Equal(["Insert B 1", "Update A 16 was 6"], told);
        Assert.Equal("1 2 3 4 5 16 1", Read("SELECT q FROM bars ORDER BY bar_open"));
        Assert.Contains("backfill: newest first", Read("EXPLAIN MATERIALIZED VIEW bars"), StringComparison.Ordinal);

        var fill = Fill("bars");
        Assert.True(fill.Next(CancellationToken.None));
        Assert.Equal("backfilling", Status()[..11]);
        Assert.True(
            string.CompareOrdinal("backfilling 2026-01-09T09:30:00.000000001Z", Status()) > 0,
            $"it goes back in time: {Status()}"
        );
        FillAll("bars");
        Assert.Equal("live NULL 7", Status());
        Assert.Equal("1 2 3 4 5 16 1", Read("SELECT q FROM bars ORDER BY bar_open"));
        Assert.DoesNotContain("backfill", Read("EXPLAIN MATERIALIZED VIEW bars"), StringComparison.Ordinal);
        Assert.Equal(2, told.Count);
    }

    [Fact]
    public void A_late_row_of_a_missing_bar_is_told_with_what_the_bar_was()
    {
        database.Execute(Bars);
        database.Execute("INSERT INTO t VALUES ('2026-01-08 09:30:01', 'A', 100)");
        var told = Listen("bars");
        database.Execute("INSERT INTO t VALUES ('2026-01-05 09:30:10', 'A', 10), ('2026-01-06 10:00', 'A', 7)");
        database.Execute("INSERT INTO t VALUES ('2026-01-08 09:30:02', 'A', 1000), ('2026-01-05 09:30:10', 'A', 20)");
        Assert.Equal(["Update A 11 was 1", "Insert A 7", "Update A 1104 was 104", "Update A 31 was 11"], told);
        FillAll("bars");
        Assert.Equal("31 2 7 3 1104 5 6", Read("SELECT q FROM bars ORDER BY bar_open"));
        Assert.Equal("live NULL 7", Status());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_step_takes_out_does_not_come_back(bool isListenedTo)
    {
        database.Execute(
            "CREATE MATERIALIZED VIEW bars AS SELECT sym, bar_open, sum(qty) AS q FROM t SAMPLE BY 1m GROUP BY sym HAVING sum(qty) < 50 "
                + "BACKFILL ALL NEWEST FIRST"
        );
        var told = isListenedTo ? Listen("bars") : [];
        var calls = 0;
        var live = database.GetView("bars");
        var fill = new NewestFirstFill(
            database,
            live,
            (l, action) =>
            {
                var isDone = database.ViewManager.BetweenSteps(l, action);
                if (calls++ % 3 == 0)
                {
                    // Just after a range began: one bar of each day goes, comes back on the third, and goes again.
                    database.Execute(
                        "INSERT INTO t VALUES ('2026-01-05 09:30:10', 'A', 100), ('2026-01-07 09:30:10', 'A', 100), "
                            + "('2026-01-08 09:30:10', 'A', 100)"
                    );
                    database.Execute("INSERT INTO t VALUES ('2026-01-07 09:30:11', 'A', -100)");
                }

                return isDone;
            }
        );
        while (fill.Next(CancellationToken.None)) { }

        Assert.True(live.View!.IsWhole);
        Assert.Equal("2 3 5 6", Read("SELECT q FROM bars ORDER BY bar_open"));
        using var contents = live.View.OpenContents();
        Assert.Equal(4, contents!.RowCount);
        if (isListenedTo)
        {
            Assert.Contains("Delete A was 1", told);
            Assert.Contains("Delete A was 4", told);
        }
    }

    [Fact]
    public void A_view_over_one_whose_history_is_missing_has_all_of_it()
    {
        database.Execute(Bars);
        database.Execute(
            "CREATE MATERIALIZED VIEW total AS SELECT sym, sum(q) AS q FROM bars GROUP BY sym; INSERT INTO t VALUES "
                + "('2026-01-05 09:30:10', 'A', 10), ('2026-01-06 10:00', 'A', 7)"
        );
        Assert.Equal("38", Read("SELECT q FROM total"));
        FillAll("bars");
        database.Execute("INSERT INTO t VALUES ('2026-01-05 09:30:10', 'A', 1), ('2026-01-10', 'A', 1)");
        Assert.Equal("40", Read("SELECT q FROM total"));
        Assert.Equal("12 2 7 3 4 5 6 1", Read("SELECT q FROM bars ORDER BY bar_open"));
    }

    [Fact]
    public void Filling_in_goes_on_after_a_restart()
    {
        database.Execute(Bars);
        Fill("bars").Next(CancellationToken.None);
        var before = Status();
        Reopen(fillsHistory: false);
        database.WaitForView("bars");
        Assert.Equal(before, Status());

        // Without its state it begins anew, at the last row there is.
        database.Execute("INSERT INTO t VALUES ('2026-01-09 09:33', 'A', 9)");
        database.Dispose();
        foreach (var name in files.ListFiles("/db/" + StateFolder.FolderName))
        {
            files.DeleteFile($"/db/{StateFolder.FolderName}/{name}");
        }

        database = Open(fillsHistory: false);
        database.WaitForView("bars");
        Assert.Equal("backfilling 2026-01-09T09:32:00.000000001Z 1", Status());
        Reopen(fillsHistory: true);
        WaitUntilWhole("bars");
        Assert.Equal("1 2 3 4 5 6 9", Read("SELECT q FROM bars ORDER BY bar_open"));
        Assert.Equal("live NULL 7", Status());
    }

    [Fact]
    public void A_view_may_go_while_it_is_filled_in()
    {
        database.Execute(Bars);
        var fill = Fill("bars");
        Assert.True(fill.Next(CancellationToken.None));
        database.Execute(
            Bars.Replace("sum(qty)", "count(*)", StringComparison.Ordinal)
                .Replace("CREATE", "CREATE OR REPLACE", StringComparison.Ordinal)
        );
        Assert.False(fill.Next(CancellationToken.None));
        FillAll("bars");
        Assert.Equal("1 1 1 1 1 1", Read("SELECT q FROM bars ORDER BY bar_open"));
        database.Execute("DROP MATERIALIZED VIEW bars; " + Bars);
        fill = Fill("bars");
        database.DropView("bars");
        Assert.False(fill.Next(CancellationToken.None));
        Reopen(fillsHistory: true);
        Assert.Empty(database.Views);
    }

    [Fact]
    public void What_fails_over_old_rows_fails_the_view_and_nothing_else()
    {
        Reopen(fillsHistory: true);
        database.Execute(
            "CREATE MATERIALIZED VIEW other AS SELECT sym, count(*) AS n FROM t GROUP BY sym; "
                + "CREATE MATERIALIZED VIEW bars AS SELECT sym, sum(10 / (qty - 2)) AS q FROM t SAMPLE BY 1m GROUP BY sym "
                + "BACKFILL ALL NEWEST FIRST"
        );
        while (Status()[..4] is not "fail")
        {
            Thread.Yield();
        }

        Assert.Contains(
            "zero",
            Read("SELECT reason FROM ts_catalog.views WHERE name = 'bars'"),
            StringComparison.Ordinal
        );
        database.Execute("INSERT INTO t VALUES ('2026-01-09 09:33', 'A', 9)");
        Assert.Equal("7", Read("SELECT n FROM other"));
    }

    [Theory]
    [InlineData("SELECT sym, count(*) AS n FROM t GROUP BY sym", "a bucket of event time")]
    [InlineData("SELECT ts, sym FROM t WHERE qty > 1", "a bucket of event time")]
    [InlineData(
        "SELECT sym, ts, sum(qty) OVER (PARTITION BY sym ORDER BY ts ROWS 2 PRECEDING) AS q FROM t",
        "a bucket of event time"
    )]
    [InlineData(
        "SELECT sym, count(*) AS n FROM (SELECT * FROM t UNION ALL SELECT * FROM t) u GROUP BY sym, time_bucket(1m, ts)",
        "one table"
    )]
    public void Other_shapes_are_refused_with_the_reason(string query, string reason)
    {
        var sql = $"CREATE MATERIALIZED VIEW v AS {query} BACKFILL ALL NEWEST FIRST";
        var error = Assert.Throws<TickStoreException>(() => database.Execute(sql));
        Assert.Equal(ErrorCode.NotSupported, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("; BACKFILL ALL reads", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"column {sql.IndexOf("BACKFILL", StringComparison.Ordinal) + 1}",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(database.Views);
    }

    public void Dispose() => database.Dispose();

    private TickDatabase Open(bool fillsHistory) =>
        TickDatabase.Open(files, "/db", new StorageOptions(), new TickDatabaseOptions { FillsHistory = fillsHistory });

    private void Reopen(bool fillsHistory)
    {
        database.Dispose();
        database = Open(fillsHistory);
    }

    private NewestFirstFill Fill(string view) =>
        new(database, database.GetView(view), database.ViewManager.BetweenSteps);

    private void FillAll(string view)
    {
        var fill = Fill(view);
        while (fill.Next(CancellationToken.None)) { }
    }

    private void WaitUntilWhole(string view)
    {
        while (!database.GetView(view).View!.IsWhole)
        {
            Thread.Yield();
        }
    }

    private string Status() => Read("SELECT status, backfilled_from, rows FROM ts_catalog.views WHERE name = 'bars'");

    private List<string> Listen(string view)
    {
        var told = new List<string>();
        var sum = database.FindView(view)!.Plan.Plan.Schema.Columns.ToList().FindIndex(c => c.Name == "q");
        database.GetView(view).View!.AddListener(new Listener(told, sum, database));
        return told;
    }

    private string Read(string sql)
    {
        var rows = new List<string>();
        using var result = database.Query(sql);
        while (result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                for (var column = 0; column < batch.ColumnCount; column++)
                {
                    rows.Add(
                        batch[column].IsNull(row)
                            ? "NULL"
                            : VectorTextWriter.ToText(batch[column], row, database.Symbols)!
                    );
                }
            }
        }

        return string.Join(' ', rows);
    }

    // A line for each change: what it does, the key, the new sum, and the one before.
    private sealed class Listener(List<string> told, int sum, TickDatabase database) : Streaming.IChangeListener
    {
        public bool WantsOld => true;

        public void OnChanges(in Execution.DeltaBatch changes, long sequence)
        {
            for (var row = 0; row < changes.RowCount; row++)
            {
                var had = !changes.HasOld.IsEmpty && changes.HasOld[row] != 0;
                var words = new List<string>
                {
                    changes.IsDelete(row) ? "Delete"
                    : had ? "Update"
                    : "Insert",
                    VectorTextWriter.ToText(changes.Rows[0], row, database.Symbols)!,
                };
                if (!changes.IsDelete(row))
                {
                    words.Add(VectorTextWriter.ToText(changes.Rows[sum], row, database.Symbols)!);
                }

                if (had)
                {
                    words.Add($"was {VectorTextWriter.ToText(changes.Old![sum], row, database.Symbols)!}");
                }

                told.Add(string.Join(' ', words));
            }
        }

        public void OnStep(long sequence) { }
    }
}
