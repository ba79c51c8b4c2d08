// Proves that no text does more harm than an error: seeded random characters, shuffled tokens and mutilated statements,
// nesting bombs on a small stack, very long flat statements, and many threads that share what the parser has learned.
using TickStore.Core;
using TickStore.Sql.Syntax;

namespace TickStore.Tests.Sql.Syntax;

public class RobustnessTests
{
    private static readonly string[] Seeds =
    [
        "SELECT DISTINCT ON (a) a, b.*, f(x, y => 1) FILTER (WHERE z) OVER (PARTITION BY p ORDER BY q ROWS 3 PRECEDING) FROM t",
        "WITH x AS (SELECT 1) SELECT * FROM x ASOF LEFT JOIN q ON (sym) TOLERANCE 2s, (VALUES (1, 'a')) v (m, n) AS OF SEQ 5",
        "SELECT a FROM t WHERE NOT a BETWEEN 1 AND 2 OR b IN (SELECT 1) SAMPLE BY 1m CLOSED LEFT LABEL OPEN GROUP BY 1 HAVING c",
        "CREATE TABLE t (a TIMESTAMP NOT NULL, b DECIMAL(18,4)[10]) EVENT TIME a LATENESS 5s CLUSTER BY (b) PARTITION BY DAY",
        "INSERT INTO t (a) VALUES (CASE WHEN 1 THEN E'x\\n' END, INTERVAL '1 day', x::int[1], -5 ^ 2) ; DROP TABLE IF EXISTS y",
        "COPY (SELECT extract(hour FROM ts), trim(both 'x' from y) /* c */ FROM t) TO 'f' (FORMAT csv, HEADER true)",
    ];

    private static bool Survives(string sql)
    {
        try
        {
            SqlParser.ParseScript(sql);
            return true;
        }
        catch (TickStoreException error)
        {
            Assert.True(error.Code is ErrorCode.SyntaxError or ErrorCode.NotSupported, error.Message);
            Assert.InRange(error.SqlPosition, 0, sql.Length);
            Assert.EndsWith("^", error.Message, StringComparison.Ordinal);
            return false;
        }
    }

    [Fact]
    public void Random_characters_give_errors_only()
    {
        const string alphabet = "azAZ_09 \t\n'\"()[]{}.,;:*+-/%^|=<>!$\\E\u4E2D\uFF0C\uD83D\uDE00\0#@";
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var text = new char[random.Next(1, 60)];
            for (var j = 0; j < text.Length; j++)
                text[j] = alphabet[random.Next(alphabet.Length)];
            Survives(new string(text));
        }
    }

    [Fact]
    public void Mutilated_statements_give_errors_only()
    {
        var tokens = Seeds.SelectMany(static seed => seed.Split(' ')).ToArray();
        var random = new Random(2);
        var parsed = Seeds.Count(Survives);
        Assert.Equal(Seeds.Length, parsed);
        for (var i = 0; i < 4000; i++)
        {
            var words = Seeds[random.Next(Seeds.Length)].Split(' ').ToList();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = random.Next(words.Count);
                switch (random.Next(3))
                {
                    case 0 when words.Count > 1:
                        words.RemoveAt(at);
                        break;
                    case 1:
                        words.Insert(at, tokens[random.Next(tokens.Length)]);
                        break;
                    default:
                        words[at] = tokens[random.Next(tokens.Length)];
                        break;
                }
            }

            if (Survives(string.Join(' ', words)))
                parsed++;
        }

        // A fuzz that never parses anything would prove little about the tree builder.
        Assert.True(parsed > 100, $"only {parsed} parsed");
    }

    [Fact]
    public void Every_prefix_of_a_statement_gives_a_tree_or_an_error()
    {
        foreach (var seed in Seeds)
        {
            for (var length = 0; length < seed.Length; length++)
                Survives(seed[..length]);
        }
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("(SELECT ", "1", ")")]
    [InlineData("- ", "1", "")]
    [InlineData("NOT ", "a", "")]
    [InlineData("f(", "1", ")")]
    [InlineData("CASE WHEN ", "1", " THEN 1 END")]
    [InlineData("ARRAY[", "1", "]")]
    [InlineData("", "1", " + 1")]
    [InlineData("", "1", "::int")]
    [InlineData("", "a", ".b")]
    [InlineData("", "a", "[1]")]
    [InlineData("", "a", " IS NULL")]
    [InlineData("1 FROM (", "t", ")")]
    [InlineData("1 FROM (SELECT ", "1", ") x")]
    [InlineData("1 ", "FROM t", " CROSS JOIN t")]
    [InlineData("", "1", " UNION SELECT 1 EXCEPT SELECT 2")]
    [InlineData("/*", "1", "*/")]
    public void A_bomb_is_refused_on_a_small_stack(string open, string core, string close)
    {
        foreach (var levels in (int[])[400, 5_000, 50_000])
        {
            var sql =
                "SELECT "
                + string.Concat(Enumerable.Repeat(open, levels))
                + core
                + string.Concat(Enumerable.Repeat(close, levels));
            Exception? failure = null;
            var thread = new Thread(
                () =>
                {
                    try
                    {
                        Survives(sql);
                    }
                    catch (Exception error)
                    {
                        failure = error;
                    }
                },
                1 << 20
            );
            thread.Start();
            thread.Join();
            Assert.Null(failure);
        }
    }

    [Fact]
    public void Nesting_within_reason_parses()
    {
        Assert.True(Survives("SELECT " + new string('(', 300) + "1" + new string(')', 300)));
        Assert.True(Survives("SELECT " + string.Concat(Enumerable.Repeat("f(", 200)) + "1" + new string(')', 200)));
        Assert.True(Survives("SELECT 1" + string.Concat(Enumerable.Repeat(" + 1", 1000))));
        Assert.False(Survives("SELECT " + new string('(', 501) + "1" + new string(')', 501)));
    }

    [Fact]
    public void Long_flat_statements_parse_and_their_chains_are_balanced()
    {
        Assert.True(Survives("INSERT INTO t VALUES " + string.Join(',', Enumerable.Repeat("(1, 'x', NULL)", 5_000))));
        Assert.True(Survives("SELECT a FROM t WHERE a IN (" + string.Join(',', Enumerable.Range(0, 20_000)) + ")"));
        Assert.True(Survives(string.Join(" UNION ALL ", Enumerable.Repeat("SELECT 1", 3_000))));
        var ors = "SELECT 1 WHERE " + string.Join(" OR ", Enumerable.Range(0, 5_000).Select(static i => $"a = {i}"));
        var where = ((SelectBody)((QueryStatement)SqlParser.Parse(ors)).Query.Body).Where!;
        Assert.InRange(Depth(where), 10, 80);
        var order = new List<string>();
        Leaves(where, order);
        Assert.Equal(Enumerable.Range(0, 5_000).Select(static i => $"(= a {i})"), order);
    }

    [Fact]
    public void Threads_share_the_parser()
    {
        var expected = Seeds.Select(static seed => SyntaxPrinter.Print(SqlParser.ParseScript(seed))).ToArray();
        Parallel.For(
            0,
            400,
            i =>
                Assert.Equal(
                    expected[i % Seeds.Length],
                    SyntaxPrinter.Print(SqlParser.ParseScript(Seeds[i % Seeds.Length]))
                )
        );
    }

    private static int Depth(Expression expression) =>
        expression is BinaryExpression { Operator: BinaryOperator.Or } or
            ? 1 + Math.Max(Depth(or.Left), Depth(or.Right))
            : 1;

    private static void Leaves(Expression expression, List<string> order)
    {
        if (expression is not BinaryExpression { Operator: BinaryOperator.Or } or)
        {
            order.Add(SyntaxPrinter.Print(expression));
            return;
        }

        Leaves(or.Left, order);
        Leaves(or.Right, order);
    }
}
