// Proves the trees of expressions: precedence and associativity against the table of the PostgreSQL manual (section
// "Operator Precedence"), by writing each operator pair without and with the parentheses that the table implies and
// asking for equal trees; and the forms with a grammar of their own by golden S-expressions.
using TickStore.Core;
using TickStore.Sql.Syntax;

namespace TickStore.Tests.Sql.Syntax;

public class ExpressionTests
{
    private static string Tree(string expression)
    {
        var select = (SelectBody)((QueryStatement)SqlParser.Parse("SELECT " + expression)).Query.Body;
        return SyntaxPrinter.Print(Assert.IsType<ExpressionItem>(select.Items[0]).Expression);
    }

    // Tightest first, one template per level; {0} and {1} are its operands.
    private static readonly string[][] Levels =
    [
        ["{0} ^ {1}"],
        ["{0} * {1}", "{0} / {1}", "{0} % {1}"],
        ["{0} + {1}", "{0} - {1}"],
        ["{0} || {1}"],
        ["{0} LIKE {1}", "{0} BETWEEN {1} AND z", "{0} NOT ILIKE {1}"],
        ["{0} = {1}", "{0} < {1}", "{0} >= {1}", "{0} <> {1}"],
        ["{0} IS DISTINCT FROM {1}"],
        ["{0} AND {1}"],
        ["{0} OR {1}"],
    ];

    [Fact]
    public void Tighter_operators_group_first_on_either_side()
    {
        for (var loose = 1; loose < Levels.Length; loose++)
        {
            for (var tight = 0; tight < loose; tight++)
            {
                foreach (var outer in Levels[loose])
                {
                    foreach (var inner in Levels[tight])
                    {
                        var left = string.Format(inner, "a", "b");
                        Assert.Equal(
                            Tree(string.Format(outer, $"({left})", "c")),
                            Tree(string.Format(outer, left, "c"))
                        );
                        Assert.Equal(
                            Tree(string.Format(outer, "c", $"({left})")),
                            Tree(string.Format(outer, "c", left))
                        );
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("a ^ b ^ c", "(a ^ b) ^ c")]
    [InlineData("a - b + c", "(a - b) + c")]
    [InlineData("a / b * c % d", "((a / b) * c) % d")]
    [InlineData("a || b || c", "(a || b) || c")]
    [InlineData("-a ^ b", "(-a) ^ b")]
    [InlineData("-a::int", "-(a::int)")]
    [InlineData("-a.b[1]", "-((a.b)[1])")]
    [InlineData("a AT TIME ZONE 'x' ^ b", "(a AT TIME ZONE 'x') ^ b")]
    [InlineData("NOT a = b", "NOT (a = b)")]
    [InlineData("NOT a AND b", "(NOT a) AND b")]
    [InlineData("NOT a IS NULL", "NOT (a IS NULL)")]
    [InlineData("a = b IS NULL", "(a = b) IS NULL")]
    [InlineData("a IN (1) = b", "(a IN (1)) = b")]
    [InlineData("a BETWEEN b + 1 AND c AND d", "(a BETWEEN (b + 1) AND c) AND d")]
    [InlineData("a OR b AND c OR d", "(a OR (b AND c)) OR d")]
    public void Unwritten_parentheses_stand_here(string sql, string explicitly) =>
        Assert.Equal(Tree(explicitly), Tree(sql));

    [Theory]
    [InlineData("CASE WHEN a THEN 1 ELSE 2 END", "(case branches:[(caseBranch condition:a result:1)] otherwise:2)")]
    [InlineData("CASE x WHEN 1 THEN 2 END", "(case operand:x branches:[(caseBranch condition:1 result:2)])")]
    [InlineData("CAST(x AS DECIMAL(18,4)[10])", "(cast operand:x decimal(18,4)[10])")]
    [InlineData("x::double precision", "(cast operand:x double precision)")]
    [InlineData("x::timestamp with time zone", "(cast operand:x timestamp with time zone)")]
    [InlineData("'{1,2}'::int[]", "(cast operand:'{1,2}' int[])")]
    [InlineData("extract(hour FROM ts)", "(functionCall extract arguments:['hour' ts])")]
    [InlineData("substring(x from 1 for 2)", "(functionCall substring arguments:[x 1 2])")]
    [InlineData("substring(x, 1, 2)", "(functionCall substring arguments:[x 1 2])")]
    [InlineData("position('a' in b)", "(functionCall position arguments:['a' b])")]
    [InlineData("trim(x)", "(functionCall btrim arguments:[x])")]
    [InlineData("trim(both 'c' from y)", "(functionCall btrim arguments:[y 'c'])")]
    [InlineData("trim(leading from y)", "(functionCall ltrim arguments:[y])")]
    [InlineData("trim(trailing 'c' from y)", "(functionCall rtrim arguments:[y 'c'])")]
    [InlineData("ts AT TIME ZONE 'UTC'", "(functionCall at_time_zone arguments:[ts 'UTC'])")]
    [InlineData("count(*)", "(functionCall count star)")]
    [InlineData("now()", "(functionCall now)")]
    [InlineData("sum(DISTINCT x) FILTER (WHERE y)", "(functionCall sum arguments:[x] distinct filter:y)")]
    [InlineData("f(1, a => 2)", "(functionCall f arguments:[1 a=>2])")]
    [InlineData(
        "avg(px) OVER (PARTITION BY s ORDER BY ts ROWS 19 PRECEDING)",
        "(functionCall avg arguments:[px] (windowSpecification partitionby:[s] orderby:[(sortItem expression:ts)] "
            + "(windowFrame unit:Rows (frameBound kind:Preceding offset:19) (frameBound kind:CurrentRow))))"
    )]
    [InlineData(
        "f() OVER (RANGE BETWEEN UNBOUNDED PRECEDING AND 1m FOLLOWING)",
        "(functionCall f (windowSpecification (windowFrame unit:Range (frameBound kind:UnboundedPreceding) "
            + "(frameBound kind:Following offset:[0mo 0d 60000000000ns]))))"
    )]
    [InlineData("EXISTS (VALUES (1))", "(exists query:(query (values rows:[[1]])))")]
    [InlineData("(VALUES (1)) + 1", "(+ (scalarSubquery query:(query (values rows:[[1]]))) 1)")]
    [InlineData("x NOT IN (VALUES (1))", "(inQuery operand:x query:(query (values rows:[[1]])) negated)")]
    [InlineData("x IN (1, (2))", "(inList operand:x items:[1 2])")]
    [InlineData("a NOT ILIKE 'x' ESCAPE '!'", "(like operand:a pattern:'x' escape:'!' ignorecase negated)")]
    [InlineData("a IS NOT TRUE", "(is operand:a test:True negated)")]
    [InlineData("a IS UNKNOWN", "(is operand:a test:Unknown)")]
    [InlineData("a NOTNULL", "(is operand:a test:Null negated)")]
    [InlineData("a IS NOT DISTINCT FROM b", "(not-distinct a b)")]
    [InlineData("(b).open.x", "(fieldAccess operand:(fieldAccess operand:b open) x)")]
    [InlineData("a[1][2].f", "(fieldAccess operand:(subscript operand:(subscript operand:a index:1) index:2) f)")]
    [InlineData("a.\"B\".c", "a.B.c")]
    [InlineData("ARRAY[1, 2]", "(array items:[1 2])")]
    [InlineData("left(s, 2)", "(functionCall left arguments:[s 2])")]
    public void Form_gives_this_tree(string sql, string tree) => Assert.Equal(tree, Tree(sql));

    [Theory]
    [InlineData("1_000", "1000")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("0.10", "decimal:0.10")]
    [InlineData(".5", "decimal:.5")]
    [InlineData("1e-5", "float:1e-5")]
    [InlineData("'it''s'", "'it's'")]
    [InlineData(@"E'a\n\x41\u4E2D\'\\'''", "'a\nA\u4E2D'\\''")]
    [InlineData(@"'a\n'", @"'a\n'")]
    [InlineData("TRUE", "true")]
    [InlineData("DATE '2020-01-01'", "(temporal kind:Date text:2020-01-01)")]
    [InlineData("$12", "$12")]
    [InlineData("1h30m", "[0mo 0d 5400000000000ns]")]
    [InlineData("20ns", "[0mo 0d 20ns]")]
    [InlineData("500us", "[0mo 0d 500000ns]")]
    [InlineData("1mo", "[1mo 0d 0ns]")]
    [InlineData("2w", "[0mo 14d 0ns]")]
    [InlineData("1y", "[12mo 0d 0ns]")]
    [InlineData("INTERVAL '1 day -02:03:04.5'", "[0mo 1d -7384500000000ns]")]
    [InlineData("INTERVAL '1.5 hours'", "[0mo 0d 5400000000000ns]")]
    [InlineData("INTERVAL '-1 month 2 hours'", "[-1mo 0d 7200000000000ns]")]
    [InlineData("INTERVAL 5 MINUTE", "[0mo 0d 300000000000ns]")]
    public void Literal_gives_this_value(string sql, string tree) => Assert.Equal(tree, Tree(sql));

    [Theory]
    [InlineData("INTERVAL ''")]
    [InlineData("INTERVAL '1'")]
    [InlineData("INTERVAL '1 fortnight'")]
    [InlineData("INTERVAL '1.5 months'")]
    [InlineData("INTERVAL '1.5 days'")]
    [InlineData("1H")]
    [InlineData("INTERVAL '1:60'")]
    [InlineData("INTERVAL '300 years 99999999999 days'")]
    [InlineData("99999999999s")]
    [InlineData("1M")]
    [InlineData("$0")]
    [InlineData("$99999999999")]
    [InlineData(@"E'\uD800'")]
    [InlineData(@"E'\x4'")]
    public void Literal_out_of_range_is_refused(string sql)
    {
        var error = Assert.Throws<TickStoreException>(() => Tree(sql));
        Assert.Equal(ErrorCode.SyntaxError, error.Code);
        Assert.True(error.SqlPosition >= 7);
    }
}
