// Proves what a mistake is answered with: the cause in the user's terms, the line and a caret under the first wrong
// character. A test writes the mistake as SQL, then the caret's column (from 1) and what the message must say.
using TickStore.Core;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Tests.Sql.Syntax;

public class ErrorTests
{
    [Theory]
    [InlineData("SELECT a, b FORM trades", 13, "unexpected 'FORM'; did you mean FROM?")]
    [InlineData("SELECT a FORM trades", 10, "unexpected 'FORM'; did you mean FROM?")]
    [InlineData("SELCT 1", 1, "did you mean SELECT?")]
    [InlineData("SELECT a FROM t WHER a > 1", 17, "did you mean WHERE?")]
    [InlineData("SELECT a b c FROM t", 12, "a comma, an operator or a semicolon may be missing before it")]
    [InlineData("SELECT f(a b) FROM t", 12, "a comma or an operator may be missing before it")]
    [InlineData("SELECT 1 FROM t garbage more", 25, "unexpected 'more'")]
    [InlineData("SELECT (1 + 2 FROM t", 8, "this '(' is never closed")]
    [InlineData("SELECT f(a, (b) FROM t", 9, "this '(' is never closed")]
    [InlineData("SELECT 1) FROM t", 9, "this ')' has no matching '('")]
    [InlineData("SELECT (a] FROM t", 10, "this ']' does not close the '(' that is open")]
    [InlineData("SELECT 'abc FROM t", 8, "this string never ends")]
    [InlineData("SELECT \"abc FROM t", 8, "this quoted name never ends")]
    [InlineData("SELECT \"\" FROM t", 8, "at least one character")]
    [InlineData("SELECT /* a /* b */", 8, "this comment never ends")]
    [InlineData("SELECT a < b < c", 14, "comparisons do not chain")]
    [InlineData("SELECT * FROM t ORDER BY", 25, "the statement ends too early; expected an expression")]
    [InlineData("SELECT a, FROM t", 11, "unexpected 'FROM'; expected an expression")]
    [InlineData("SELECT order FROM t", 8, "a reserved word; as a name it is written \"order\"")]
    [InlineData("SELECT 1abc", 8, "neither a number nor a duration")]
    [InlineData("SELECT 1.5x", 8, "neither a number nor a duration")]
    [InlineData("SELECT 1M", 8, "write 1m for minutes and 1mo for months")]
    [InlineData("SELECT a == b", 11, "equality is written with one =")]
    [InlineData("SELECT a.* + 1 FROM t", 10, "only as an entry of the select list")]
    [InlineData("SELECT a.* b FROM t", 12, "takes no label")]
    [InlineData("SELECT a FROM t LIMIT 1 LIMIT 2", 25, "LIMIT is given twice")]
    [InlineData("SELECT a FROM t SAMPLE BY 1m LABEL x", 36, "LABEL takes OPEN or CLOSE")]
    [InlineData("INSERT INTO t VALUES (1, 2), (3)", 30, "rows differ in length")]
    [InlineData("CREATE TABLE t (a INT) PARTITION BY DAYS", 37, "did you mean \"day\"?")]
    [InlineData("CREATE TABLE t (a INT) EVENT TIME a EVENT TIME a", 37, "EVENT TIME is given twice")]
    [InlineData("SELECT f(a => 1, 2)", 18, "cannot follow one with a name")]
    [InlineData("SELECT f() OVER (ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING)", 18, "start lies behind its end")]
    [InlineData("SELECT a FROM t WHERE b = \u201Cx\u201D", 27, "typographic quote")]
    [InlineData("SELECT a\uFF0C b FROM t", 9, "full-width character; write ','")]
    [InlineData("SELECT `a` FROM t", 8, "names are quoted with \"")]
    [InlineData("", 1, "there is no statement here")]
    public void Mistake_is_explained(string sql, int column, string says)
    {
        var error = Assert.Throws<TickStoreException>(() => SqlParser.Parse(sql));
        Assert.Equal(ErrorCode.SyntaxError, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal(column - 1, error.SqlPosition);
        Assert.StartsWith($"line 1, column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE VIEW v AS SELECT 1", 1, "CREATE VIEW")]
    [InlineData("ALTER MATERIALIZED VIEW v ADD COLUMN a AS 1", 1, "ALTER MATERIALIZED VIEW")]
    [InlineData("BEGIN", 1, "BEGIN")]
    [InlineData("SET x = 1", 1, "SET")]
    [InlineData("SHOW TABLES", 1, "SHOW")]
    [InlineData("UPDATE t SET a = 1", 1, "UPDATE")]
    [InlineData("SELECT * FROM t RIGHT JOIN u ON a", 17, "RIGHT JOIN")]
    [InlineData("SELECT * FROM t HORIZON JOIN u ON a", 17, "HORIZON JOIN")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME AS OF x", 17, "FOR SYSTEM_TIME AS OF")]
    [InlineData("SELECT * FROM f(1)", 15, "A function as a table")]
    [InlineData("SELECT f(x) OVER w FROM t", 18, "A named window")]
    [InlineData("SELECT a = ANY ($1)", 12, "ANY")]
    [InlineData("CREATE TABLE t (a INT PRIMARY KEY)", 23, "PRIMARY KEY")]
    [InlineData("CREATE TABLE t (a INT) DEDUP KEY (a)", 24, "DEDUP KEY")]
    public void Known_form_of_a_later_version_is_named(string sql, int column, string form)
    {
        var error = Assert.Throws<TickStoreException>(() => SqlParser.Parse(sql));
        Assert.Equal(ErrorCode.NotSupported, error.Code);
        Assert.StartsWith($"line 1, column {column}: {form} is not supported", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_caret_stands_below_the_mistake()
    {
        var error = Assert.Throws<TickStoreException>(() => SqlParser.Parse("SELECT 1\n\tFROM t WHER x\nLIMIT 1"));
        Assert.Equal(
            "line 2, column 9: unexpected 'WHER'; did you mean WHERE?\n   FROM t WHER x\n          ^",
            error.Message
        );
    }

    [Fact]
    public void A_long_line_is_cut_around_the_caret()
    {
        var sql =
            "SELECT "
            + string.Join(", ", Enumerable.Repeat("column_name", 200))
            + " FORM t WHERE "
            + new string('x', 500);
        var lines = Assert.Throws<TickStoreException>(() => SqlParser.Parse(sql)).Message.Split('\n');
        Assert.True(lines[1].Length < 120);
        Assert.Equal(lines[1].IndexOf("FORM", StringComparison.Ordinal), lines[2].IndexOf('^'));
    }

    [Theory]
    [InlineData("trdaes", "trades")]
    [InlineData("TRADE", "trades")]
    [InlineData("qoutes", "quotes")]
    [InlineData("xyz", null)]
    [InlineData("p", null)]
    public void The_nearest_name_is_found(string wanted, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(wanted, ["orders", "trades", "quotes", "px"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "ABC", 0)]
    [InlineData("ab", "ba", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("form", "from", 1)]
    public void Distance_counts_edits(string left, string right, int edits)
    {
        Assert.Equal(edits, NearestName.Distance(left, right));
        Assert.Equal(edits, NearestName.Distance(right, left));
    }
}
