// Proves SUBSCRIBE as SQL: every statement of docs/guide/subscriptions.md is accepted and means what the guide says, and what is wrong is
// pointed at.
using System.Runtime.CompilerServices;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming;

public sealed class SubscribeSqlTests : IDisposable
{
    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public SubscribeSqlTests() =>
        database.Execute(
            """
            CREATE TABLE trades (ts TIMESTAMP NOT NULL, symbol SYMBOL NOT NULL, price DECIMAL(18,2), qty BIGINT)
              EVENT TIME ts CLUSTER BY (symbol);
            CREATE MATERIALIZED VIEW bars_1m AS
              SELECT symbol, bar_open, is_final, max(price) AS high FROM trades SAMPLE BY 1m GROUP BY symbol;
            INSERT INTO trades VALUES ('2026-03-02T09:30:00Z', 'A', 1.5, 200), ('2026-03-02T09:30:01Z', 'B', 2.5, 20);
            INSERT INTO trades VALUES ('2026-03-02T09:30:02Z', 'A', 1.7, 300), ('2026-03-02T09:31:02Z', 'A', 1.6, 400)
            """
        );

    [Fact]
    public void Every_statement_of_the_guide_is_accepted()
    {
        var statements = Guide();
        Assert.Equal(12, statements.Length);
        foreach (var statement in statements)
        {
            using var subscription = database.Subscribe(statement);
            Assert.False(subscription.IsCompleted, statement);
            TickTable.Drain(subscription);
        }

        Assert.Equal(0, database.Subscriptions.OpenCount);
    }

    [Fact]
    public void Clauses_mean_what_they_say()
    {
        var request = database.PlanSubscription(
            "SUBSCRIBE TO bars_1m WITH (SNAPSHOT = true, PROGRESS = '2s', EPOCH = 1, QUEUE = '16MB') AS OF SEQ 1 UP TO SEQ 4 "
                + "ENVELOPE UPSERT (KEY (symbol)) CONFLATE BY (bar_open) EVERY 50ms ON SLOW BLOCK VISIBILITY DURABLE"
        );
        Assert.Equal(
            ("bars_1m", true, 1u, 1L, 4L),
            (request.Source, request.Snapshot, request.Epoch, request.FromSequence, request.UntilSequence)
        );
        Assert.Equal(TimeSpan.FromSeconds(2), request.ProgressInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(50), request.ConflateInterval);
        Assert.Equal(
            (SubscriptionEnvelope.Upsert, SlowReaderPolicy.Block, true),
            (request.Envelope, request.OnSlow, request.IsDurable)
        );
        Assert.Equal(["symbol"], request.Key);
        Assert.Equal(["bar_open"], request.ConflateBy);
        Assert.InRange(request.QueueBytes, 16_000_000, 16 << 20);
        Assert.True(database.PlanSubscription("SUBSCRIBE TO bars_1m ENVELOPE FINAL ONLY").FinalOnly);
    }

    [Fact]
    public void A_statement_gives_the_rows_it_asks_for()
    {
        using var query = database.Subscribe(
            "SUBSCRIBE TO (SELECT symbol, price FROM trades WHERE symbol IN ('A', 'Z') AND qty > 200) WITH (SNAPSHOT = true)"
        );
        Assert.Equal(["i A 1.70", "i A 1.60"], TickTable.Drain(query));
        using var part = database.Subscribe("SUBSCRIBE TO trades AS OF SEQ 1 UP TO SEQ 4");
        Assert.All(TickTable.Drain(part), r => Assert.StartsWith("i 2026", r, StringComparison.Ordinal));
        using var final = database.Subscribe("SUBSCRIBE TO bars_1m WITH (SNAPSHOT = true) ENVELOPE FINAL ONLY");
        Assert.Equal(2, TickTable.Drain(final).Count);
    }

    [Theory]
    [InlineData("SUBSCRIBE TO trade", "did you mean \"trades\"")]
    [InlineData("SUBSCRIBE TO trades WITH (SNAPSHOT = 5)", "SNAPSHOT = true or false")]
    [InlineData("SUBSCRIBE TO trades WITH (PROGRESS = 'soon')", "no interval")]
    [InlineData("SUBSCRIBE TO trades CONFLATE BY (symbol) EVERY 1mo", "fixed")]
    [InlineData("SUBSCRIBE TO trades CONFLATE EVERY 1s", "say by which columns")]
    [InlineData("SUBSCRIBE TO (SELECT symbol, count(*) FROM trades GROUP BY symbol)", "make a materialized view")]
    [InlineData("SUBSCRIBE TO (SELECT nothing FROM trades)", "nothing")]
    [InlineData("SUBSCRIBE TO trades ENVELOPE FINAL ONLY", "is_final")]
    [InlineData("SELECT 1", "no SUBSCRIBE statement")]
    public void What_is_wrong_is_said(string statement, string expected)
    {
        var error = Assert.Throws<TickStoreException>(() => database.Subscribe(statement));
        Assert.Contains(expected, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_script_does_not_subscribe() =>
        Assert.Contains(
            "tickstore subscribe",
            Assert.Throws<TickStoreException>(() => database.Execute("SUBSCRIBE TO trades")).Message,
            StringComparison.Ordinal
        );

    public void Dispose() => database.Dispose();

    private static string[] Guide([CallerFilePath] string thisFile = "")
    {
        var root = Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..");
        var text = File.ReadAllText(Path.Combine(root, "docs", "guide", "subscriptions.md")).ReplaceLineEndings("\n");
        var start = text.IndexOf("```sql\n", StringComparison.Ordinal) + 7;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)]
            .Split(";\n", StringSplitOptions.RemoveEmptyEntries);
    }
}
