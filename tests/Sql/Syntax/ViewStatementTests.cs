// Proves which tree each statement about views, alerts and subscriptions gives, by golden S-expressions (SyntaxPrinter); that their
// words stay usable as names; and that a clause out of place is refused where it stands.
using TickStore.Core;
using TickStore.Sql.Syntax;

namespace TickStore.Tests.Sql.Syntax;

public class ViewStatementTests
{
    private const string OneRow = "(query (select items:[(expressionItem expression:a)] from:[(namedTable t)]))";

    [Theory]
    [InlineData(
        "CREATE ALERT spike AS SELECT a FROM t KEY (sym, b) FOR 3s REARM WHEN abs(r) < 0.01 AT MOST 1 PER 1m INTO alerts "
            + "BACKFILL ALL",
        "(createAlert query:Q key:[sym b] holdsfor:[0mo 0d 3000000000ns] rearmwhen:(< (functionCall abs arguments:[r]) "
            + "decimal:0.01) (alertRate count:1 interval:[0mo 0d 60000000000ns]) alerts spike (viewClauses (backfillClause)))"
    )]
    [InlineData(
        "CREATE INDEX VIEW idx MEMBERS m WEIGHT w PRICE FROM trades DIVISOR divisors",
        "(createIndexView m w trades divisors idx (viewClauses))"
    )]
    [InlineData(
        "CREATE INDEX VIEW idx MEMBERS m WEIGHT w PRICE px FROM trades DIVISOR d FROM divisors EMIT EVERY 1s",
        "(createIndexView m w trades px divisors d idx (viewClauses (emitClause every:[0mo 0d 1000000000ns])))"
    )]
    [InlineData(
        "CREATE MATERIALIZED VIEW IF NOT EXISTS s.v AS SELECT a FROM t EMIT EVERY 100ms BACKFILL FROM TIMESTAMP '2026-03-02' "
            + "ON LATE REJECT",
        "(createView query:Q s.v ifnotexists (viewClauses (emitClause every:[0mo 0d 100000000ns]) (backfillClause "
            + "from:(temporal kind:Timestamp text:2026-03-02)) (lateClause reject)))"
    )]
    [InlineData("CREATE MATERIALIZED VIEW v AS SELECT a FROM t", "(createView query:Q v (viewClauses))")]
    [InlineData(
        "CREATE MATERIALIZED VIEW v AS SELECT a FROM t BACKFILL NONE EMIT ON CHANGE ON LATE CORRECT",
        "(createView query:Q v (viewClauses (emitClause) (backfillClause none) (lateClause)))"
    )]
    [InlineData(
        "CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT a FROM t EMIT ON WINDOW CLOSE BACKFILL ALL NEWEST FIRST ON LATE "
            + "CORRECT UNTIL INTERVAL '1 day' THEN REJECT WITH (freshness = '1ms', memory = '2GB')",
        "(createView query:Q v orreplace (viewClauses (emitClause onwindowclose) (backfillClause newestfirst) (lateClause "
            + "until:[0mo 1d 0ns]) options:[(copyOption name:freshness value:1ms) (copyOption name:memory value:2GB)]))"
    )]
    [InlineData("DROP ALERT v", "(dropView word:Alert v)")]
    [InlineData("DROP INDEX VIEW v", "(dropView word:Index v)")]
    [InlineData("DROP MATERIALIZED VIEW IF EXISTS a.v", "(dropView word:View a.v ifexists)")]
    [InlineData("EXPLAIN ALERT v", "(explainView word:Alert v)")]
    [InlineData(
        "EXPLAIN CREATE MATERIALIZED VIEW v AS SELECT a FROM t",
        "(explainDefinition (createView query:Q v (viewClauses)))"
    )]
    [InlineData("EXPLAIN MATERIALIZED VIEW v", "(explainView word:View v)")]
    [InlineData("SHOW LINEAGE FOR v", "(showLineage v)")]
    [InlineData("SHOW VIEWS", "(showViews)")]
    [InlineData("WAIT FOR v SEQ $1", "(waitFor v (sequencePoint sequence:$1))")]
    [InlineData("WAIT FOR v SEQ 123", "(waitFor v (sequencePoint sequence:123))")]
    [InlineData(
        "SUBSCRIBE TO (SELECT a FROM t) WITH (SNAPSHOT = true, PROGRESS = '100ms') AS OF SEQ 123 UP TO SEQ 456 ENVELOPE UPSERT "
            + "(KEY (sym)) CONFLATE BY (sym) EVERY 50ms ON SLOW SKIP VISIBILITY DURABLE",
        "(subscribe query:Q options:[(copyOption name:snapshot value:true) (copyOption name:progress value:100ms)] "
            + "(sequencePoint sequence:123) (sequencePoint sequence:456) (envelopeClause form:Upsert key:[sym]) (conflateClause "
            + "by:[sym] every:[0mo 0d 50000000ns]) (slowClause reaction:Skip) durable)"
    )]
    [InlineData("SUBSCRIBE TO v ENVELOPE DELTA", "(subscribe v (envelopeClause form:Delta))")]
    [InlineData(
        "SUBSCRIBE TO v ENVELOPE FINAL ONLY ON SLOW DISCONNECT CONFLATE EVERY 1s",
        "(subscribe v (envelopeClause form:FinalOnly) (conflateClause every:[0mo 0d 1000000000ns]) (slowClause "
            + "reaction:Disconnect))"
    )]
    public void Statement_gives_this_tree(string sql, string tree) =>
        Assert.Equal(tree, SyntaxPrinter.Print(SqlParser.Parse(sql)).Replace(OneRow, "Q", StringComparison.Ordinal));

    [Theory]
    [InlineData("SELECT price, close, index, view, final f, delta price FROM views members WHERE late AND weight > 1")]
    [InlineData("SELECT key, backfill AS rearm FROM t AS key")]
    [InlineData("SELECT close(px) AS close, skip(1) only FROM change JOIN up ON late = slow")]
    [InlineData("CREATE TABLE alert (key INT, price INT, every INT, none INT)")]
    [InlineData("CREATE MATERIALIZED VIEW view AS SELECT a FROM x JOIN y ON late ON LATE CORRECT")]
    public void Their_words_stay_names(string sql) => Assert.NotNull(SqlParser.Parse(sql));

    [Theory]
    [InlineData("CREATE OR REPLACE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1", "IF NOT", "exclude each other")]
    [InlineData(
        "CREATE MATERIALIZED VIEW v AS SELECT 1 EMIT ON CHANGE EMIT ON CHANGE",
        "EMIT ON CHANGE EMIT",
        "EMIT is given twice"
    )]
    [InlineData(
        "CREATE MATERIALIZED VIEW v AS SELECT 1 WITH (memory = 1, Memory = 2)",
        "Memory",
        "option MEMORY is given twice"
    )]
    [InlineData("CREATE ALERT v AS SELECT 1 FOR 1s FOR 2s", "FOR 2s", "FOR is given twice")]
    [InlineData("CREATE MATERIALIZED VIEW v AS SELECT 1 EMIT ON CLOSE", "CLOSE", "expected CHANGE or WINDOW")]
    [InlineData("SUBSCRIBE TO v ON SLOW WAIT", "WAIT", "expected BLOCK, CONFLATE, DISCONNECT or SKIP")]
    [InlineData(
        "SUBSCRIBE TO v VISIBILITY DURABLE VISIBILITY DURABLE",
        "VISIBILITY DURABLE VIS",
        "VISIBILITY is given twice"
    )]
    [InlineData("CREATE OR REPLACE TABLE t (a INT)", "TABLE", "unexpected 'TABLE'")]
    public void A_clause_out_of_place_is_refused_where_it_stands(string sql, string at, string cause)
    {
        var error = Assert.Throws<TickStoreException>(() => SqlParser.Parse(sql));
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        var place = sql.LastIndexOf(at.Split(' ')[0], StringComparison.Ordinal);
        Assert.Equal(place, error.SqlPosition);
    }
}
