// Proves named readers: what a name has acknowledged does not come again and nothing behind it is left out, through
// restarts of the reader and of the database, over a table, a view and a query; positions move forward only; one
// subscription at a time has a name.
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming;

public sealed class DurableReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tickstore-readers-").FullName;

    [Theory]
    [InlineData("ticks")]
    [InlineData("(SELECT qty, sym FROM ticks WHERE qty % 2 = 0)")]
    [InlineData("odd")]
    public void Each_row_is_dealt_with_exactly_once(string source)
    {
        var dealtWith = new List<string>();
        var committed = 0;
        for (var life = 0; life < 6; life++)
        {
            using var database = TickDatabase.Open(folder);
            using var ticks = life == 0 ? TickTable.Create(database) : new TickTable(database) { Next = committed };
            if (life == 0)
            {
                database.Execute("CREATE MATERIALIZED VIEW odd AS SELECT qty, sym FROM ticks WHERE qty % 2 = 1");
            }

            for (var reading = 0; reading < 3; reading++)
            {
                ticks.Commit(40 + (life * 700) + reading);
                committed += 40 + (life * 700) + reading;
                database.WaitForView("odd");
                using var reader = database.Subscribe($"SUBSCRIBE TO {source} WITH (SNAPSHOT = true) DURABLE 'desk7'");

                // All but the last reader stop in the middle: what they have seen behind what they acknowledged comes again.
                Deal(database, reader, dealtWith, life == 5 ? int.MaxValue : 1 + (reading % 2));
            }

            if (life == 5)
            {
                var query = source[0] == '(' ? source[1..^1] : $"SELECT * FROM {source}";
                using var rows = database.Query($"{query} ORDER BY qty");
                var all = rows.ToTextRows().Select(r => $"i {string.Join(' ', r)}").ToArray();
                Assert.Equal(all, dealtWith);
            }
        }
    }

    [Fact]
    public void A_reader_begins_where_it_says_and_goes_on_where_it_was()
    {
        using var ticks = TickTable.Create();
        var database = ticks.Database;
        ticks.Commit(5);
        using (var now = database.Subscribe("SUBSCRIBE TO ticks DURABLE 'now'"))
        {
            Assert.Empty(TickTable.Drain(now));
        }

        ticks.Commit(2);
        using (var now = database.Subscribe("SUBSCRIBE TO ticks WITH (SNAPSHOT = true) DURABLE 'now'"))
        {
            Assert.Equal([5, 6], Numbers(now));
        }

        var third = database.Query("SELECT _seq FROM ticks WHERE qty = 3").ToTextRows().Single()[0];
        using (var from = database.Subscribe($"SUBSCRIBE TO ticks AS OF SEQ {third} DURABLE 'from'"))
        {
            Assert.Equal([4, 5, 6], Numbers(from));
        }

        database.Execute($"ACKNOWLEDGE 'from' SEQ {database.CommittedSequence}");
        using (var from = database.Subscribe("SUBSCRIBE TO ticks DURABLE 'from'"))
        {
            Assert.Empty(Numbers(from));
        }

        using var again = database.Subscribe($"SUBSCRIBE TO ticks AS OF SEQ {third} DURABLE 'from'");
        Assert.Equal([4, 5, 6], Numbers(again));
    }

    [Fact]
    public void A_view_whose_rows_change_tells_the_difference_since_what_was_acknowledged()
    {
        using var ticks = TickTable.Create();
        var database = ticks.Database;
        database.Execute("CREATE MATERIALIZED VIEW totals AS SELECT sym, count(*) AS n FROM ticks GROUP BY sym");
        ticks.Commit(2);
        using (var reader = database.Subscribe("SUBSCRIBE TO totals WITH (SNAPSHOT = true) DURABLE 'sums'"))
        {
            Assert.Equal(["i A 1", "i B 1"], TickTable.Drain(reader).Order());
            database.Acknowledge("sums", reader.Sequence);
        }

        ticks.Commit(4);
        using (var reader = database.Subscribe("SUBSCRIBE TO totals DURABLE 'sums'"))
        {
            Assert.Equal(["i C 1", "i D 1", "i E 1", "u A 2"], TickTable.Drain(reader).Order());
        }
    }

    [Fact]
    public void The_position_moves_forward_only_and_shows_in_the_catalog()
    {
        using var ticks = TickTable.Create();
        var database = ticks.Database;
        var last = ticks.Commit(9);
        using (database.Subscribe("SUBSCRIBE TO ticks WITH (SNAPSHOT = true) DURABLE 'a'"))
        {
            Assert.Equal(["a|ticks|0|9|true"], Catalog(database, last));
        }

        database.Acknowledge("a", last - 2);
        database.Acknowledge("a", last - 5);
        Assert.Equal(["a|ticks|7|2|false"], Catalog(database, last));
        Refused(ErrorCode.OutOfRange, () => database.Acknowledge("a", database.CommittedSequence + 1));
        Refused(ErrorCode.OutOfRange, () => database.Acknowledge("a", -1));
        Refused(ErrorCode.UnknownName, () => database.Execute("ACKNOWLEDGE 'b' SEQ 1"));
        database.Execute("DROP SUBSCRIPTION 'a'; DROP SUBSCRIPTION IF EXISTS 'a'");
        Assert.Empty(database.DurableReaders);
        Refused(ErrorCode.UnknownName, () => database.Execute("DROP SUBSCRIPTION 'a'"));
        using var again = database.Subscribe("SUBSCRIBE TO ticks WITH (SNAPSHOT = true) DURABLE 'a'");
        Assert.Equal(9, Numbers(again).Count);
    }

    [Fact]
    public void One_subscription_at_a_time_has_a_name()
    {
        using var ticks = TickTable.Create();
        var database = ticks.Database;
        database.Execute("CREATE TABLE other (ts TIMESTAMP) EVENT TIME ts");
        const string Statement = "SUBSCRIBE TO ticks DURABLE 'a'";
        using (var first = database.Subscribe(Statement))
        {
            Refused(ErrorCode.InvalidArgument, () => database.Subscribe(Statement));
            Refused(ErrorCode.InvalidArgument, () => database.Execute("DROP SUBSCRIPTION 'a'"));
            using var second = database.Subscribe("SUBSCRIBE TO ticks DURABLE 'A'");
            ticks.Commit(1);
            Assert.Single(Numbers(first));
        }

        using (database.Subscribe(Statement))
        {
            Assert.Single(database.DurableReaders, r => r.IsLive);
        }

        Refused(ErrorCode.InvalidArgument, () => database.Subscribe("SUBSCRIBE TO other DURABLE 'a'"));
        Refused(ErrorCode.InvalidArgument, () => database.Subscribe("SUBSCRIBE TO other DURABLE ''"));
        Refused(ErrorCode.UnknownName, () => database.Subscribe("SUBSCRIBE TO nothing DURABLE 'b'"));

        // What failed holds no name.
        using var last = database.Subscribe(Statement);
        Assert.Equal(2, database.DurableReaders.Count);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Rows of a step that is not complete yet wait: whoever deals with them before would deal with them again.
    private static void Deal(TickDatabase database, Subscription reader, List<string> dealtWith, int blocksMax)
    {
        var waiting = new List<string>();
        for (var blocks = 0; blocks < blocksMax; blocks++)
        {
            var block = reader.Read(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            if (block is not null)
            {
                TickTable.Append(block, waiting);
            }

            if (block is null || block.Sequence >= block.SequenceOf(block.RowCount - 1))
            {
                dealtWith.AddRange(waiting);
                waiting.Clear();
                database.Acknowledge("desk7", reader.Sequence);
            }

            if (block is null)
            {
                break;
            }
        }
    }

    private static List<long> Numbers(Subscription subscription) =>
        [
            .. TickTable
                .Drain(subscription)
                .Select(r => long.Parse(r.Split(' ')[4], System.Globalization.CultureInfo.InvariantCulture)),
        ];

    // Sequences counted from the first tick's, whatever else was committed before it.
    private static List<string> Catalog(TickDatabase database, long last)
    {
        using var rows = database.Query(
            $"SELECT name, source, CASE WHEN position = 0 THEN 0 ELSE position - {last - 9} END AS position, "
                + $"CASE WHEN position = 0 THEN seq_lag - {last - 9} ELSE seq_lag END AS lag, is_live FROM ts_catalog.subscriptions"
        );
        return [.. rows.ToTextRows().Select(r => string.Join('|', r))];
    }

    private static void Refused(ErrorCode code, Action action) =>
        Assert.Equal(code, Assert.Throws<TickStoreException>(action).Code);
}
