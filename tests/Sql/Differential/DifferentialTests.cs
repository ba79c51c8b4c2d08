// Proves that queries mean what they mean elsewhere: the same data is in TickStore, DuckDB and SQLite, the same text is run by each, and
// all rows must be equal, doubles to the bit (the data's doubles add up exactly in any order). Queries that SQLite cannot run, or
// that have decimals, which it has not, are compared with DuckDB alone. A seeded generator adds queries that nobody thought of.
using System.Text;

namespace TickStore.Tests.Sql.Differential;

public sealed class DifferentialTests(DifferentialTests.Data data) : IClassFixture<DifferentialTests.Data>
{
    private const int RandomQueryCount = 150;

    public static TheoryData<string> AllQueries() => [.. Queries.All];

    public static TheoryData<string> DuckQueries() => [.. Queries.Duck];

    [Theory]
    [MemberData(nameof(AllQueries))]
    public void Three_engines_agree(string sql)
    {
        var isOrdered = sql.Contains("ORDER BY 1", StringComparison.Ordinal);
        var expected = data.InMemory.Duck(sql);
        Same(sql, "SQLite", expected, data.InMemory.Sqlite(sql), isOrdered, ignoreBooleans: true);
        Same(sql, "TickStore", expected, data.InMemory.Ours(sql), isOrdered);
        Same(sql, "TickStore, sealed", expected, data.Sealed.Ours(sql), isOrdered);
    }

    [Theory]
    [MemberData(nameof(DuckQueries))]
    public void DuckDB_agrees(string sql)
    {
        var isOrdered = sql.Contains("ORDER BY 1", StringComparison.Ordinal);
        var expected = data.InMemory.Duck(sql);
        Same(sql, "TickStore", expected, data.InMemory.Ours(sql), isOrdered);
        Same(sql, "TickStore, sealed", expected, data.Sealed.Ours(sql), isOrdered);
    }

    [Fact]
    public void Random_queries_agree()
    {
        var generator = new RandomQueries(seed: 7);
        for (var i = 0; i < RandomQueryCount; i++)
        {
            var sql = generator.Next();
            var expected = data.InMemory.Duck(sql);
            Same(sql, "TickStore", expected, data.InMemory.Ours(sql), isOrdered: false);
            Same(sql, "TickStore, sealed", expected, data.Sealed.Ours(sql), isOrdered: false);
        }
    }

    private static void Same(
        string sql,
        string engine,
        List<string> expected,
        List<string> found,
        bool isOrdered,
        bool ignoreBooleans = false
    )
    {
        IEnumerable<string> wanted = expected;
        IEnumerable<string> rows = found;
        if (ignoreBooleans)
            wanted = wanted.Select(r =>
                r.Replace("true", "1", StringComparison.Ordinal).Replace("false", "0", StringComparison.Ordinal)
            );
        if (!isOrdered)
        {
            wanted = wanted.Order(StringComparer.Ordinal);
            rows = rows.Order(StringComparer.Ordinal);
        }

        var (left, right) = (wanted.ToList(), rows.ToList());
        if (left.SequenceEqual(right))
            return;
        var at = left.Zip(right).TakeWhile(p => p.First == p.Second).Count();
        var text = new StringBuilder()
            .AppendLine(sql)
            .AppendLine($"{engine}: {right.Count} rows, expected {left.Count}; first difference in row {at}")
            .AppendLine($"expected {left.ElementAtOrDefault(at)}")
            .AppendLine($"found    {right.ElementAtOrDefault(at)}");
        Assert.Fail(text.ToString());
    }

    public sealed class Data : IDisposable
    {
        internal Peers InMemory { get; } = new(3000, isSealed: false);

        internal Peers Sealed { get; } = new(3000, isSealed: true);

        public void Dispose()
        {
            InMemory.Dispose();
            Sealed.Dispose();
        }
    }
}
