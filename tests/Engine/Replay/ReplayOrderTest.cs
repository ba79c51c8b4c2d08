// Proves that a replay hands out exactly the rows of all its tables in the total order (event time, _seq) - or by _seq in
// ingest order - whatever the block size, from heads and segments, by comparing with a list that was sorted plainly; and
// that the run hash repeats and is the one of docs/format/run-hash.md.
using System.Security.Cryptography;
using System.Text;
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Tests.Engine.Replay;

public sealed class ReplayOrderTest
{
    private static readonly string[] Tables = ["orders", "trades", "snapshots"];

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(2, 7)]
    [InlineData(3, 1)]
    [InlineData(4, 1000)]
    public void Rows_come_in_total_order(int seed, int blockRowsMax)
    {
        using var database = TickDatabase.OpenInMemory();
        MarketTables.Fill(database, Tables, 4000, seed);
        var expected = Tables
            .SelectMany(t => MarketTables.Read(database, t))
            .OrderBy(r => r.Time)
            .ThenBy(r => r.Sequence)
            .Select(r => r.Row);
        Assert.Equal(expected, Play(database, ReplayOrder.Event, blockRowsMax, out _));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Ingest_order_is_the_order_of_sequences(int seed)
    {
        using var database = TickDatabase.OpenInMemory();
        MarketTables.Fill(database, Tables, 3000, seed);
        var expected = Tables
            .SelectMany(t => MarketTables.Read(database, t))
            .OrderBy(r => r.Sequence)
            .Select(r => r.Row);
        Assert.Equal(expected, Play(database, ReplayOrder.Ingest, 512, out _));
    }

    [Fact]
    public void A_span_includes_its_start_and_not_its_end()
    {
        using var database = TickDatabase.OpenInMemory();
        MarketTables.Fill(database, Tables, 3000, 7);
        var (from, to) = (MarketTables.Start + 100_000_000, MarketTables.Start + 500_000_000);
        var expected = Tables
            .SelectMany(t => MarketTables.Read(database, t))
            .Where(r => r.Time >= from && r.Time < to)
            .OrderBy(r => r.Time)
            .ThenBy(r => r.Sequence)
            .Select(r => r.Row)
            .ToList();
        var played = new List<string>();
        using var replay = database.Replay(Tables, new TickTime(from), new TickTime(to));
        replay.Run(block => Collect(block, database, played));
        Assert.NotEmpty(expected);
        Assert.Equal(expected, played);
    }

    [Fact]
    public void The_run_hash_repeats_and_is_the_documented_one()
    {
        using var database = TickDatabase.OpenInMemory();
        MarketTables.Fill(database, Tables, 2000, 8);
        Play(database, ReplayOrder.Event, 4096, out var first);
        Play(database, ReplayOrder.Event, 13, out var second);
        Assert.Equal(first.RunHash, second.RunHash);
        Assert.Equal(2000, first.Rows);
        Assert.Equal(PlainHash(database), first.RunHash);
    }

    [Fact]
    public void One_other_row_gives_another_hash()
    {
        using var database = TickDatabase.OpenInMemory();
        MarketTables.Fill(database, Tables, 500, 9);
        Play(database, ReplayOrder.Event, 4096, out var before);
        using (var row = Batch.Allocate(MarketTables.Schema("any").ToBatchSchema(), 1, database.Pool))
        {
            row[0].Writable<long>()[0] = MarketTables.Start;
            row[1].Writable<int>()[0] = 0;
            row[2].Writable<long>()[0] = 1000;
            row[3].Writable<int>()[0] = 1;
            for (var i = 0; i < 4; i++)
            {
                row[i].SetRowCount(1);
            }

            row[4].AppendNull();
            row.SetRowCount(1);
            database.Commit("trades", row);
        }

        Play(database, ReplayOrder.Event, 4096, out var after);
        Assert.NotEqual(before.RunHash, after.RunHash);
    }

    [Fact]
    public void An_empty_table_and_an_empty_span_play_nothing()
    {
        using var database = TickDatabase.OpenInMemory();
        database.CreateTable(MarketTables.Schema("empty"));
        using var replay = database.Replay(["empty"]);
        Assert.Equal(0, replay.Run(_ => Assert.Fail("There is no row to play.")).Rows);
    }

    [Fact]
    public void Memory_goes_back_to_the_pool()
    {
        using var database = TickDatabase.OpenInMemory();
        MarketTables.Fill(database, Tables, 5000, 10);
        Play(database, ReplayOrder.Event, 256, out _);
        var before = database.Storage.Budget.UsedBytes;
        Play(database, ReplayOrder.Event, 256, out _);
        Assert.Equal(before, database.Storage.Budget.UsedBytes);
    }

    private static List<string> Play(
        TickDatabase database,
        ReplayOrder order,
        int blockRowsMax,
        out ReplayReport report
    )
    {
        using var snapshot = database.OpenSnapshot();
        var session = new ReplaySession(
            new ReplayOptions
            {
                Tables = [.. Tables.Select(snapshot.GetTable)],
                Order = order,
                BlockRowsMax = blockRowsMax,
                Pool = database.Pool,
            }
        );
        var played = new List<string>();
        report = session.Run(block => Collect(block, database, played));
        return played;
    }

    private static void Collect(ReplayBlock block, TickDatabase database, List<string> played)
    {
        foreach (var run in block.Runs)
        {
            for (var row = run.StartRow; row < run.StartRow + run.RowCount; row++)
            {
                played.Add(MarketTables.RowText(Tables[run.Table], block.TableBatch(run.Table), row, database.Symbols));
            }
        }
    }

    // The page's table, written out for this schema alone, over rows sorted plainly.
    private static string PlainHash(TickDatabase database)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (
            var (_, _, row) in Tables
                .SelectMany(t => MarketTables.Read(database, t))
                .OrderBy(r => r.Time)
                .ThenBy(r => r.Sequence)
        )
        {
            var fields = row.Split('|');
            Text(fields[0]);
            writer.Write(TickTime.Parse(fields[1]).NanosSinceEpoch);
            Text(fields[2]);
            writer.Write((long)(decimal.Parse(fields[3]) * 100));
            writer.Write(fields[4] != "NULL");
            if (fields[4] != "NULL")
            {
                writer.Write(int.Parse(fields[4]));
            }

            writer.Write(true);
            Text(fields[5]);
        }

        writer.Flush();
        return Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));

        void Text(string text)
        {
            writer.Write(Encoding.UTF8.GetByteCount(text));
            writer.Write(Encoding.UTF8.GetBytes(text));
        }
    }
}
