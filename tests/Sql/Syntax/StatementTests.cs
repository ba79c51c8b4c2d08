// Proves which tree each statement and clause gives, by golden S-expressions (SyntaxPrinter), and that the words of the
// time-series clauses stay usable as names.
using TickStore.Core;
using TickStore.Sql.Syntax;

namespace TickStore.Tests.Sql.Syntax;

public class StatementTests
{
    [Theory]
    [InlineData(
        "CREATE TABLE IF NOT EXISTS trades (ts TIMESTAMP NOT NULL, px DECIMAL(18,6) NULL, b DOUBLE[10], d DOUBLE PRECISION, "
            + "q TIMESTAMP(9) WITHOUT TIME ZONE, m DECIMAL(18,4)[10][]) PARTITION BY DAY EVENT TIME ts LATENESS INTERVAL '3s' "
            + "RECEIVE TIME r AVAILABLE AT a CLUSTER BY (sym, \"X\")",
        "(createTable trades ifnotexists columns:[(columnDefinition ts timestamp notnull) (columnDefinition px decimal(18,6)) "
            + "(columnDefinition b double[10]) (columnDefinition d double precision) (columnDefinition q timestamp(9)) "
            + "(columnDefinition m decimal(18,4)[10][])] (eventTimeClause ts lateness:[0mo 0d 3000000000ns]) r a "
            + "clusterby:[sym X] partitionby:Day)"
    )]
    [InlineData("create table t (a int)", "(createTable t columns:[(columnDefinition a int)])")]
    [InlineData("DROP TABLE IF EXISTS a.b", "(dropTable a.b ifexists)")]
    [InlineData("DROP TABLE \"A b\";", "(dropTable A b)")]
    [InlineData(
        "INSERT INTO t (a, b) VALUES (1, 'x'), (-2.5, NULL)",
        "(insert t columns:[a b] source:(query (values rows:[[1 'x'] [decimal:-2.5 NULL]])))"
    )]
    [InlineData(
        "INSERT INTO t SELECT a FROM u",
        "(insert t source:(query (select items:[(expressionItem expression:a)] from:[(namedTable u)])))"
    )]
    [InlineData(
        "COPY t (a, b) FROM '/x.csv' (FORMAT csv, HEADER true, DELIMITER ',', NULL '', skip 3, quiet)",
        "(copyFrom t columns:[a b] path:'/x.csv' options:[(copyOption name:format value:csv) (copyOption name:header value:true) "
            + "(copyOption name:delimiter value:,) (copyOption name:null value:) (copyOption name:skip value:3) "
            + "(copyOption name:quiet)])"
    )]
    [InlineData(
        "COPY (SELECT 1) TO 'y' WITH (FORMAT parquet)",
        "(copyTo query:(query (select items:[(expressionItem expression:1)])) path:'y' "
            + "options:[(copyOption name:format value:parquet)])"
    )]
    [InlineData("COPY t TO 'y'", "(copyTo t path:'y')")]
    [InlineData("EXPLAIN ANALYZE VALUES (1)", "(explain analyze query:(query (values rows:[[1]])))")]
    [InlineData("EXPLAIN (ANALYZE) VALUES (1)", "(explain analyze query:(query (values rows:[[1]])))")]
    [InlineData("EXPLAIN VALUES (1)", "(explain query:(query (values rows:[[1]])))")]
    public void Statement_gives_this_tree(string sql, string tree) =>
        Assert.Equal(tree, SyntaxPrinter.Print(SqlParser.Parse(sql)));

    [Theory]
    [InlineData(
        "SELECT DISTINCT a p, t.*, (b).*, ohlcv(px, qty).*, * FROM t AS x (c, d)",
        "(query (select distinct items:[(expressionItem expression:a p) (starItem source:t) (starItem source:b) "
            + "(starItem source:(functionCall ohlcv arguments:[px qty])) (starItem)] "
            + "from:[(namedTable t (tableAlias x columns:[c d]))]))"
    )]
    [InlineData(
        "SELECT DISTINCT ON (a, b) c FROM t",
        "(query (select distincton:[a b] items:[(expressionItem expression:c)] from:[(namedTable t)]))"
    )]
    [InlineData(
        "SELECT a FROM t AS OF SEQ 5 u, v w AS OF SEQ $1 LIMIT 10 OFFSET 5 ROWS",
        "(query (select items:[(expressionItem expression:a)] from:[(namedTable t (tableAlias u) (sequencePoint sequence:5)) "
            + "(namedTable v (tableAlias w) (sequencePoint sequence:$1))]) limit:10 offset:5)"
    )]
    [InlineData(
        "SELECT a FROM t WHERE b ORDER BY 1 DESC NULLS LAST, c ASC AS OF SEQ 7",
        "(query (select items:[(expressionItem expression:a)] from:[(namedTable t)] where:b) "
            + "orderby:[(sortItem expression:1 descending nullsfirst:no) (sortItem expression:c)] (sequencePoint sequence:7))"
    )]
    [InlineData(
        "SELECT a FROM t SAMPLE BY 1m ORIGIN TIMESTAMP '2020-01-01' CLOSED RIGHT LABEL CLOSE GROUP BY a, 2 "
            + "HAVING b QUALIFY c",
        "(query (select items:[(expressionItem expression:a)] from:[(namedTable t)] (sampleBy bucket:[0mo 0d 60000000000ns] "
            + "origin:(temporal kind:Timestamp text:2020-01-01) closed:End label:End) groupby:[a 2] having:b qualify:c))"
    )]
    [InlineData(
        "SELECT a FROM t GROUP BY a SAMPLE BY 1h CLOSED LEFT LABEL OPEN",
        "(query (select items:[(expressionItem expression:a)] from:[(namedTable t)] (sampleBy bucket:[0mo 0d 3600000000000ns] "
            + "closed:Start label:Start) groupby:[a]))"
    )]
    [InlineData(
        "SELECT 1 FROM a JOIN b USING (k, l) LEFT OUTER JOIN c ON x CROSS JOIN d",
        "(query (select items:[(expressionItem expression:1)] from:[(joinedTable kind:Cross (joinedTable kind:Left "
            + "(joinedTable kind:Inner (namedTable a) (namedTable b) using:[k l]) (namedTable c) on:x) (namedTable d))]))"
    )]
    [InlineData(
        "SELECT 1 FROM a ASOF LEFT JOIN b ON a.s = b.s AND a.t >= b.t TOLERANCE INTERVAL '2s' NEAREST, c",
        "(query (select items:[(expressionItem expression:1)] from:[(asofJoinedTable outer (namedTable a) (namedTable b) "
            + "on:(and (= a.s b.s) (>= a.t b.t)) tolerance:[0mo 0d 2000000000ns] nearest) (namedTable c)]))"
    )]
    [InlineData(
        "SELECT 1 FROM a ASOF JOIN b ON (s) TOLERANCE 5",
        "(query (select items:[(expressionItem expression:1)] from:[(asofJoinedTable (namedTable a) (namedTable b) using:[s] "
            + "tolerance:5)]))"
    )]
    [InlineData(
        "SELECT 1 FROM a ASOF JOIN b ON (x) = y",
        "(query (select items:[(expressionItem expression:1)] from:[(asofJoinedTable (namedTable a) (namedTable b) "
            + "on:(= x y))]))"
    )]
    [InlineData(
        "SELECT 1 FROM a LEFT ASOF JOIN b MATCH_CONDITION (a.t >= b.t) USING (s)",
        "(query (select items:[(expressionItem expression:1)] from:[(asofJoinedTable outer (namedTable a) (namedTable b) "
            + "using:[s] matchcondition:(>= a.t b.t))]))"
    )]
    [InlineData(
        "SELECT 1 FROM a LEFT JOIN d FOR SYSTEM_TIME AS OF a.t AS x ON a.s = x.s",
        "(query (select items:[(expressionItem expression:1)] from:[(lookupJoinedTable outer (namedTable a) "
            + "(namedTable d (tableAlias x)) point:a.t on:(= a.s x.s))]))"
    )]
    [InlineData(
        "SELECT 1 FROM a WINDOW JOIN b ON (s) RANGE BETWEEN 1s PRECEDING AND CURRENT ROW EXCLUDE PREVAILING",
        "(query (select items:[(expressionItem expression:1)] from:[(windowJoinedTable (namedTable a) (namedTable b) using:[s] "
            + "(windowFrame unit:Range (frameBound kind:Preceding offset:[0mo 0d 1000000000ns]) "
            + "(frameBound kind:CurrentRow)) excludeprevailing)]))"
    )]
    [InlineData(
        "SELECT 1 FROM (VALUES (1)) v (x), ((a CROSS JOIN b))",
        "(query (select items:[(expressionItem expression:1)] from:[(derivedTable query:(query (values rows:[[1]])) "
            + "(tableAlias v columns:[x])) (joinedTable kind:Cross (namedTable a) (namedTable b))]))"
    )]
    [InlineData(
        "WITH x (a) AS (VALUES (1)), y AS (VALUES (2)) VALUES (3) UNION ALL VALUES (4) EXCEPT VALUES (5) "
            + "INTERSECT VALUES (6)",
        "(query with:[(commonTable x columns:[a] query:(query (values rows:[[1]]))) (commonTable y query:(query (values "
            + "rows:[[2]])))] (setOperation operator:Except (setOperation operator:Union all (values rows:[[3]]) (values "
            + "rows:[[4]])) (setOperation operator:Intersect (values rows:[[5]]) (values rows:[[6]]))))"
    )]
    [InlineData(
        "(VALUES (1) LIMIT 1) UNION VALUES (2)",
        "(query (setOperation operator:Union (nested query:(query (values rows:[[1]]) limit:1)) (values rows:[[2]])))"
    )]
    public void Query_gives_this_tree(string sql, string tree) =>
        Assert.Equal(tree, SyntaxPrinter.Print(Assert.IsType<QueryStatement>(SqlParser.Parse(sql)).Query));

    [Fact]
    public void A_script_keeps_its_statements_and_drops_empty_ones()
    {
        var script = SqlParser.ParseScript(" ;DROP TABLE a;; -- one\n DROP TABLE b /* two /* nested */ ; */ ; ");
        Assert.Equal(["(dropTable a)", "(dropTable b)"], script.Select(SyntaxPrinter.Print));
        Assert.Empty(SqlParser.ParseScript("  -- nothing\n"));
    }

    [Fact]
    public void One_statement_means_one()
    {
        Assert.Throws<TickStoreException>(() => SqlParser.Parse("DROP TABLE a; DROP TABLE b"));
        Assert.Throws<TickStoreException>(() => SqlParser.Parse(""));
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("fill")]
    [InlineData("calendar")]
    [InlineData("session")]
    [InlineData("auction")]
    [InlineData("night")]
    [InlineData("outside")]
    [InlineData("merge")]
    [InlineData("short")]
    [InlineData("closed")]
    [InlineData("label")]
    [InlineData("asof")]
    [InlineData("tolerance")]
    [InlineData("nearest")]
    [InlineData("horizon")]
    [InlineData("latest")]
    [InlineData("context")]
    [InlineData("emit")]
    [InlineData("seq")]
    [InlineData("event")]
    [InlineData("time")]
    [InlineData("date")]
    [InlineData("timestamp")]
    [InlineData("interval")]
    [InlineData("position")]
    [InlineData("first")]
    [InlineData("range")]
    [InlineData("over")]
    [InlineData("origin")]
    [InlineData("partition")]
    [InlineData("window")]
    [InlineData("system_time")]
    [InlineData("prevailing")]
    [InlineData("include")]
    [InlineData("exclude")]
    [InlineData("open")]
    [InlineData("close")]
    public void Words_of_the_dialect_stay_names(string word)
    {
        var sql =
            $"SELECT {word}, t.{word} AS {word} FROM {word} AS {word} WHERE {word} > 1 GROUP BY {word} ORDER BY {word}";
        var query = Assert.IsType<QueryStatement>(SqlParser.Parse(sql)).Query;
        Assert.Equal(
            $"(query (select items:[(expressionItem expression:{word}) (expressionItem expression:t.{word} {word})] "
                + $"from:[(namedTable {word} (tableAlias {word}))] where:(> {word} 1) groupby:[{word}]) "
                + $"orderby:[(sortItem expression:{word})])",
            SyntaxPrinter.Print(query)
        );
        Assert.IsType<CreateTableStatement>(SqlParser.Parse($"CREATE TABLE {word} ({word} INT) EVENT TIME {word}"));
    }

    [Fact]
    public void Spans_point_at_what_was_written()
    {
        const string sql = "SELECT  a + (b * 2) AS c FROM trades t";
        var select = (SelectBody)((QueryStatement)SqlParser.Parse(sql)).Query.Body;
        var sum = (BinaryExpression)((ExpressionItem)select.Items[0]).Expression;
        Assert.Equal("a + (b * 2)", sql.Substring(sum.Span.Start, sum.Span.Length));
        Assert.Equal("(b * 2)", sql.Substring(sum.Right.Span.Start, sum.Right.Span.Length));
        Assert.Equal("trades t", sql.Substring(select.From[0].Span.Start, select.From[0].Span.Length));
    }
}
