// Proves that no query does more harm than an error, and that no answer depends on where rows lie: valid queries are mutated token
// by token from a seed; each mutant gives rows or a TickStoreException that is not Internal, and the same rows (or the same code)
// whether all rows are in the head or sealed into segments.
using System.Text.RegularExpressions;
using TickStore.Core;

namespace TickStore.Tests.Sql.Differential;

public sealed partial class MutationTests
{
    private const int MutantCount = 2_000;

    // Rows of these depend on an order that the query leaves open.
    private static readonly string[] OpenOrders =
    [
        "LIMIT",
        "OFFSET",
        "OVER",
        "DISTINCT ON",
        "EXPLAIN",
        "now",
        "_ingest",
        "*",
    ];

    private static string Folder(string file) => Path.Combine(AppContext.BaseDirectory, file);

    [Fact]
    public void Mutants_give_rows_or_plain_errors_and_the_same_ones_sealed()
    {
        using var head = TickDatabase.OpenInMemory();
        using var segments = TickDatabase.OpenInMemory();
        foreach (
            var record in Logic
                .LogicRecord.Read(Folder("Logic/Cases/postgres_queries.slt"))
                .Where(r => r.Kind == "statement")
        )
        {
            head.Execute(record.Sql);
            segments.Execute(record.Sql);
        }

        segments.Seal();
        var seeds = File.ReadAllLines(Folder("Differential/MutationSeeds.txt")).Where(l => l.Length > 0).ToArray();
        Assert.All(seeds, sql => Assert.StartsWith("rows", Answer(head, sql), StringComparison.Ordinal));
        var tokens = seeds.Select(sql => Token().Matches(sql).Select(m => m.Value).ToArray()).ToArray();
        var pools = tokens.SelectMany(t => t).Distinct().GroupBy(KindOf).ToDictionary(g => g.Key, g => g.ToArray());
        var random = new Random(11);
        var goodCount = 0;
        for (var i = 0; i < MutantCount; i++)
        {
            var words = tokens[random.Next(tokens.Length)].ToList();
            for (var edits = random.Next(1, 3); edits > 0; edits--)
                Edit(words, tokens, pools, random);
            var sql = string.Join(' ', words);
            var found = Answer(head, sql);
            goodCount += found.StartsWith("rows", StringComparison.Ordinal) ? 1 : 0;
            var isOpen = OpenOrders.Any(o => sql.Contains(o, StringComparison.OrdinalIgnoreCase));
            if (!isOpen)
                Assert.True(found == Answer(segments, sql), $"{sql}\nhead: {found}\nsealed: {Answer(segments, sql)}");
        }

        Assert.InRange(goodCount, MutantCount / 20, MutantCount);
    }

    private static void Edit(List<string> words, string[][] tokens, Dictionary<char, string[]> pools, Random random)
    {
        var at = random.Next(words.Count);
        switch (random.Next(8))
        {
            case 0 when words.Count > 1:
                words.RemoveAt(at);
                break;
            case 1:
                var other = tokens[random.Next(tokens.Length)];
                var from = random.Next(other.Length);
                words.InsertRange(at, other[from..Math.Min(from + random.Next(1, 6), other.Length)]);
                break;
            default:
                var pool = pools[KindOf(words[at])];
                words[at] = pool[random.Next(pool.Length)];
                break;
        }
    }

    private static string Answer(TickDatabase database, string sql)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            using var result = database.Query(sql, limit.Token);
            var rows = result
                .ToTextRows()
                .Select(r => string.Join('|', r.Select(v => v ?? "NULL")))
                .Order(StringComparer.Ordinal);
            return $"rows\n{string.Join('\n', rows)}";
        }
        catch (TickStoreException error)
        {
            Assert.True(error.Code is not (ErrorCode.Internal or ErrorCode.Cancelled), $"{sql}\n{error}");
            return $"{error.Code}";
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{sql}\n{error.Message}", error);
        }
    }

    private static char KindOf(string token) =>
        token[0] switch
        {
            '\'' => 's',
            >= '0' and <= '9' => 'n',
            '_' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') => char.IsUpper(token[^1]) ? 'K' : 'i',
            '(' or ')' or ',' or '.' or '[' or ']' => token[0],
            _ => 'o',
        };

    [GeneratedRegex("""'(?:[^']|'')*'|[A-Za-z_]\w*|\d[\d.]*[a-z]*|::|<=|>=|<>|=>|\|\||\S""")]
    private static partial Regex Token();
}
