// Proves CREATE FUNCTION: a call means its expression with the arguments cast to the parameters' types, wherever an
// expression stands (DuckDB's macros with the same casts give the same rows); what is wrong is said where it stands,
// in the function's text too; views keep meaning what they meant; functions survive opening the database again.
using System.Globalization;
using DuckDB.NET.Data;
using TickStore.Core;

namespace TickStore.Tests.Sql.Statements;

public sealed class MadeFunctionTests : IDisposable
{
    private const string Rows5 =
        "('2026-03-02 09:30:00', 'A', 1.5, 10), ('2026-03-02 09:30:10', 'B', 2.5, 20), ('2026-03-02 09:30:20', 'A', 1.75, NULL), "
        + "('2026-03-02 09:31:00', 'B', 2.25, 40), ('2026-03-02 09:31:30', 'A', NULL, 50)";

    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public MadeFunctionTests()
    {
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP, sym SYMBOL, px DOUBLE, qty BIGINT) EVENT TIME ts CLUSTER BY (sym);"
                + $"INSERT INTO t VALUES {Rows5};"
                + "CREATE FUNCTION sum_diff(x DOUBLE, y DOUBLE) RETURNS DOUBLE AS (x-y)/(x+y);"
                + "CREATE FUNCTION half(x DOUBLE) RETURNS DOUBLE AS x / 2;"
                + "CREATE FUNCTION clamp(x DOUBLE, low DOUBLE, high DOUBLE) RETURNS DOUBLE AS "
                + "CASE WHEN x < low THEN low WHEN x > high THEN high ELSE x END;"
                + "CREATE FUNCTION vwap_of(p DOUBLE, q DOUBLE) RETURNS DOUBLE AS sum(p * q) / sum(q);"
                + "CREATE FUNCTION quarter(x DOUBLE) RETURNS DOUBLE AS half(half(x));"
                + "CREATE FUNCTION whole(x DOUBLE) RETURNS BIGINT AS CAST(x AS BIGINT);"
        );
    }

    private readonly string folder = Directory.CreateTempSubdirectory("tickstore-functions-").FullName;

    public void Dispose()
    {
        database.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private List<string> Query(string sql)
    {
        using var result = database.Query(sql);
        return [.. result.ToTextRows().Select(r => string.Join('|', r))];
    }

    private TickStoreException Fail(string sql) => Assert.Throws<TickStoreException>(() => database.Execute(sql));

    [Theory]
    [InlineData("SELECT sym, sum_diff(px, qty) AS d FROM t ORDER BY 1, 2")]
    [InlineData("SELECT sum_diff(3, 1), half(5), quarter(2), clamp(7, 0, 1.5), whole(2.5), half(NULL)")]
    [InlineData("SELECT sym, vwap_of(px, qty) AS v, half(sum(qty)) AS h FROM t GROUP BY sym ORDER BY 1")]
    [InlineData("SELECT half(qty) AS h, count(*) AS n FROM t GROUP BY half(qty) ORDER BY 1")]
    [InlineData("SELECT sym, qty FROM t WHERE clamp(px, 1.6, 2.4) = px AND half(qty) > 5 ORDER BY 1, 2")]
    [InlineData("SELECT a.sym, b.qty FROM t a JOIN t b ON half(a.qty) = quarter(b.qty) ORDER BY 1, 2")]
    [InlineData("SELECT sym, quarter(sum(px) OVER (PARTITION BY sym ORDER BY ts)) AS q FROM t ORDER BY 1, 2")]
    [InlineData("SELECT sym, max(half(px)) AS m FROM t GROUP BY sym HAVING vwap_of(px, qty) > 1 ORDER BY 1")]
    public void DuckDBs_macros_give_the_same(string sql)
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using var command = duck.CreateCommand();
        command.CommandText =
            "CREATE TABLE t (ts TIMESTAMP, sym VARCHAR, px DOUBLE, qty BIGINT);"
            + $"INSERT INTO t VALUES {Rows5};"
            + "CREATE MACRO sum_diff(x, y) AS (x::DOUBLE - y::DOUBLE) / (x::DOUBLE + y::DOUBLE);"
            + "CREATE MACRO half(x) AS x::DOUBLE / 2;"
            + "CREATE MACRO clamp(x, low, high) AS CASE WHEN x::DOUBLE < low::DOUBLE THEN low::DOUBLE "
            + "WHEN x::DOUBLE > high::DOUBLE THEN high::DOUBLE ELSE x::DOUBLE END;"
            + "CREATE MACRO vwap_of(p, q) AS sum(p::DOUBLE * q::DOUBLE) / sum(q::DOUBLE);"
            + "CREATE MACRO quarter(x) AS half(half(x));"
            + "CREATE MACRO whole(x) AS CAST(x::DOUBLE AS BIGINT);";
        command.ExecuteNonQuery();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var expected = new List<object?[]>();
        while (reader.Read())
        {
            expected.Add([
                .. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i)),
            ]);
        }

        var found = Query(sql);
        Assert.NotEmpty(expected);
        Assert.Equal(
            expected.Select(r =>
                string.Join('|', r.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? ""))
            ),
            found
        );
    }

    [Fact]
    public void Every_statement_of_the_guide_runs()
    {
        using var empty = TickDatabase.OpenInMemory();
        empty.Execute(
            "CREATE TABLE trades (ts TIMESTAMP, sym SYMBOL, px DECIMAL(18,4), qty BIGINT) EVENT TIME ts;"
                + "INSERT INTO trades VALUES ('2026-03-02 09:30:00', 'A', 15, 10), ('2026-03-02 09:30:10', 'A', 30, 20)"
        );
        var text = File.ReadAllText(GuidePath()).ReplaceLineEndings("\n");
        var start = text.IndexOf("```sql\n", StringComparison.Ordinal) + 7;
        empty.Execute(text[start..text.IndexOf("```", start, StringComparison.Ordinal)]);
        using var rows = empty.Query(
            "SELECT (SELECT count(*) FROM ts_catalog.functions) AS n, (SELECT paid(px, qty) FROM trades) AS p, max(d) AS d FROM trends"
        );
        Assert.Equal("3|25|0.5", string.Join('|', rows.ToTextRows().Single()));
    }

    private static string GuidePath([System.Runtime.CompilerServices.CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "guide", "create-function.md");

    [Fact]
    public void Names_of_parameters_may_be_given() =>
        Assert.Equal(Query("SELECT sum_diff(3, 1)"), Query("SELECT sum_diff(y => 1, x => 3)"));

    [Theory]
    [InlineData("sum_diff(ema(px, 3), ema(px, 5))", "(ema(px, 3) - ema(px, 5)) / (ema(px, 3) + ema(px, 5))")]
    [InlineData("slow(px)", "ema(ema(px, 3), 2)")]
    [InlineData("ema_of(px, 3)", "ema(px, 3)")]
    public void They_stand_under_CONTEXT_BY_with_state_inside_and_out(string call, string written)
    {
        database.Execute(
            "CREATE FUNCTION slow(x DOUBLE) RETURNS DOUBLE AS ema(ema(x, 3), 2);"
                + "CREATE FUNCTION ema_of(x DOUBLE, n BIGINT) RETURNS DOUBLE AS ema(x, n)"
        );
        Assert.Equal(
            Query($"SELECT ts, {written} AS f FROM t CONTEXT BY sym ORDER BY ts"),
            Query($"SELECT ts, {call} AS f FROM t CONTEXT BY sym ORDER BY ts")
        );
    }

    [Fact]
    public void A_view_keeps_meaning_what_it_meant()
    {
        database.Execute(
            "CREATE MATERIALIZED VIEW v AS SELECT sym, vwap_of(px, qty) AS v, max(quarter(px)) AS q FROM t GROUP BY sym"
        );
        foreach (var name in new[] { "vwap_of", "quarter", "half" })
        {
            var error = Fail($"DROP FUNCTION {name}");
            Assert.Equal(ErrorCode.InvalidArgument, error.Code);
            error = Fail($"CREATE OR REPLACE FUNCTION {name}(x DOUBLE) RETURNS DOUBLE AS x");
            Assert.Contains("view v uses it", error.Message, StringComparison.Ordinal);
        }

        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:32:00', 'A', 3.5, 7)");
        Assert.Equal(
            Query("SELECT sym, sum(px * qty) / sum(qty) AS v, max(px / 4) AS q FROM t GROUP BY sym ORDER BY 1"),
            Query("SELECT * FROM v ORDER BY 1")
        );
        database.Execute("DROP MATERIALIZED VIEW v; DROP FUNCTION vwap_of");
        Assert.Equal(ErrorCode.UnknownName, Fail("SELECT vwap_of(px, qty) FROM t").Code);
    }

    [Fact]
    public void They_are_there_when_the_database_is_opened_again()
    {
        using (var first = TickDatabase.Open(folder))
        {
            first.Execute(
                "CREATE TABLE t (ts TIMESTAMP, px DOUBLE) EVENT TIME ts;"
                    + "CREATE FUNCTION half(x DOUBLE) RETURNS DOUBLE AS x / 4;"
                    + "CREATE OR REPLACE FUNCTION Half(x DOUBLE) RETURNS DOUBLE AS x / 2;"
                    + "CREATE FUNCTION gone(x DOUBLE) RETURNS DOUBLE AS x; DROP FUNCTION gone; DROP FUNCTION IF EXISTS gone;"
                    + "CREATE FUNCTION IF NOT EXISTS half(x DOUBLE) RETURNS DOUBLE AS 0.0;"
                    + "CREATE MATERIALIZED VIEW v AS SELECT ts, half(px) AS h FROM t; INSERT INTO t VALUES ('2026-03-02', 5)"
            );
        }

        using var again = TickDatabase.Open(folder);
        again.WaitForView("v");
        using var rows = again.Query(
            "SELECT h, half(1) AS one, (SELECT count(*) FROM ts_catalog.functions WHERE definition LIKE '%x / 2') AS n FROM v"
        );
        Assert.Equal("2.5|0.5|1", string.Join('|', rows.ToTextRows().Single()));
        Assert.Throws<TickStoreException>(() => again.DropFunction("half"));
    }

    [Theory]
    [InlineData("CREATE FUNCTION f(x DOUBLE) RETURNS DOUBLE AS x + z", "there is no column \"z\"", 50)]
    [InlineData("CREATE FUNCTION f(x DOUBLE, x DOUBLE) RETURNS DOUBLE AS x", "is given twice", 28)]
    [InlineData("CREATE FUNCTION f(x DOUBLE) RETURNS DOUBLE AS f(x)", "function f calls itself", 46)]
    [InlineData("CREATE FUNCTION f(x DOUBLE) RETURNS DOUBLE AS 'word'", "word", 46)]
    [InlineData("CREATE FUNCTION f(x DOUBLE) RETURNS BIGINT AS x", "the result of f takes BIGINT, not DOUBLE", 46)]
    [InlineData("CREATE FUNCTION f(x DOUBLE) RETURNS DOUBLE AS (SELECT max(px) FROM t)", "no subquery", 47)]
    [InlineData("CREATE FUNCTION f(x DOUBLE) RETURNS DOUBLE AS x + $1", "$1 has no value", 50)]
    [InlineData("CREATE FUNCTION abs(x DOUBLE) RETURNS DOUBLE AS x", "function \"abs\" of the system", 16)]
    [InlineData("CREATE FUNCTION ema(x DOUBLE) RETURNS DOUBLE AS x", "of the system", 16)]
    [InlineData("CREATE FUNCTION half(x DOUBLE) RETURNS DOUBLE AS x", "exists already", 16)]
    [InlineData("CREATE FUNCTION f(x DOUBEL) RETURNS DOUBLE AS x", "there is no type \"doubel\"", 20)]
    [InlineData("CREATE FUNCTION f LANGUAGE CSHARP AS 'Acme.Factors'", "LANGUAGE", 18)]
    [InlineData("CREATE OR REPLACE FUNCTION half(x DOUBLE) RETURNS DOUBLE AS quarter(x)", "half calls itself", 60)]
    [InlineData("DROP FUNCTION hlaf", "did you mean \"half\"", 14)]
    [InlineData("DROP FUNCTION abs", "belongs to the system", 14)]
    [InlineData("DROP FUNCTION half", "function \"quarter\" calls it", 14)]
    [InlineData("SELECT half(px, 1) FROM t", "half takes 1 argument (x), not 2", 7)]
    [InlineData("SELECT half(y => px) FROM t", "half has no parameter \"y\"", 12)]
    [InlineData("SELECT half(sym) FROM t", "parameter \"x\" of half takes DOUBLE, not SYMBOL", 12)]
    [InlineData("SELECT half(DISTINCT px) FROM t", "only an aggregate takes DISTINCT", 7)]
    [InlineData("SELECT half(px) OVER (PARTITION BY sym) FROM t", "OVER goes to the calls within it", 16)]
    [InlineData("SELECT vwap_of(sum(px), 1) FROM t", "in function vwap_of", 7)]
    [InlineData("SELECT px FROM t WHERE vwap_of(px, qty) > 1", "aggregates are not allowed in WHERE", 23)]
    [InlineData("SELECT haf(px) FROM t", "did you mean \"half\"", 7)]
    public void What_is_wrong_is_said_where_it_stands(string sql, string said, int position)
    {
        var error = Fail(sql);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.SqlPosition);
    }

    [Fact]
    public void An_error_within_shows_the_text_of_the_function_and_its_name()
    {
        database.Execute(
            "CREATE FUNCTION outer_of(x DOUBLE) RETURNS DOUBLE AS inner_of(x) + 1;".Replace(
                "inner_of",
                "half",
                StringComparison.Ordinal
            )
        );
        database.Execute("CREATE OR REPLACE FUNCTION half(x VARCHAR) RETURNS VARCHAR AS x");
        var error = Fail("SELECT qty, outer_of(px) FROM t");
        Assert.Equal(12, error.SqlPosition);
        Assert.Contains("in function outer_of: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("AS half(x) + 1", error.Message, StringComparison.Ordinal);
        Assert.Contains(new string(' ', 4) + "^", error.Message, StringComparison.Ordinal);
    }
}
