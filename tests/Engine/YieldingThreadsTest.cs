// Proves that queries which run on yielding threads give the rows that they give on the caller's thread, with one thread and with two, also
// when the result is left in the middle.
using TickStore.Sql;

namespace TickStore.Tests.Engine;

public sealed class YieldingThreadsTest
{
    private static readonly string[] Queries =
    [
        "SELECT count(*), sum(qty) FROM t",
        "SELECT sym, sum(qty) AS q FROM t GROUP BY sym ORDER BY sym",
        "SELECT ts, qty FROM t WHERE qty % 97 = 0 ORDER BY ts, qty LIMIT 50",
        "SELECT a.sym, count(*) FROM t a JOIN (SELECT sym, max(qty) AS q FROM t GROUP BY sym) b ON a.sym = b.sym AND a.qty = b.q GROUP BY a.sym ORDER BY a.sym",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SameRowsAsOnTheCallersThread(int threadCount)
    {
        using var plain = Open(commitsFirst: false, threadCount);
        using var yielding = Open(commitsFirst: true, threadCount);
        foreach (var query in Queries)
        {
            Assert.Equal(Read(plain, query), Read(yielding, query));
        }
    }

    [Fact]
    public void AResultThatIsLeftInTheMiddleStopsItsThreads()
    {
        using var database = Open(commitsFirst: true, threadCount: 2);
        for (var i = 0; i < 20; i++)
        {
            using var result = database.Query("SELECT * FROM t");
            Assert.NotNull(result.Next());
        }
    }

    private static TickDatabase Open(bool commitsFirst, int threadCount)
    {
        var database = TickDatabase.OpenInMemory(
            new TickDatabaseOptions { CommitsFirst = commitsFirst, ThreadCount = threadCount }
        );
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, qty BIGINT) EVENT TIME ts CLUSTER BY (sym)"
        );
        for (var commit = 0; commit < 5; commit++)
        {
            var rows = string.Join(
                ", ",
                Enumerable
                    .Range(commit * 400, 400)
                    .Select(i => $"('2026-01-05 09:{i / 60 % 60:00}:{i % 60:00}', 'S{i % 7}', {(i * 7919) % 1000})")
            );
            database.Execute($"INSERT INTO t VALUES {rows}");
            if (commit == 2)
            {
                database.Seal();
            }
        }

        return database;
    }

    private static List<string> Read(TickDatabase database, string query)
    {
        var lines = new List<string>();
        using var result = database.Query(query);
        while (result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                lines.Add(
                    string.Join(
                        "|",
                        Enumerable
                            .Range(0, batch.ColumnCount)
                            .Select(c => Core.VectorTextWriter.ToText(batch[c], row, result.Symbols))
                    )
                );
            }
        }

        return lines;
    }
}
