// Proves docs/guide/views.md: every SQL statement of it runs, in its order, over tables such as it names.
using System.Runtime.CompilerServices;

namespace TickStore.Tests.Streaming.Views;

public sealed class ViewsGuideTests
{
    [Fact]
    public void Every_statement_of_the_guide_runs()
    {
        using var database = TickDatabase.OpenInMemory();
        database.Execute(
            """
            CREATE TABLE trades (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, px DECIMAL(18,2), qty BIGINT)
              EVENT TIME ts CLUSTER BY (sym);
            CREATE TABLE members (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, w DECIMAL(18,4)) EVENT TIME ts;
            CREATE TABLE divisors (ts TIMESTAMP NOT NULL, divisor DECIMAL(18,2)) EVENT TIME ts;
            INSERT INTO trades VALUES ('2026-03-02T09:30:00Z', 'A', 1.5, 200), ('2026-03-02T09:30:01Z', 'B', 2.5, 20)
            """
        );
        foreach (var statement in Guide())
        {
            // The sequence of the example is one of a longer life.
            database.Execute(statement.Replace("SEQ 123456", "SEQ 2", StringComparison.Ordinal));
        }

        Assert.Equal(["bars_1m", "idx", "spike", "spike_log"], database.Views.Select(v => v.Name));
        Assert.All(database.Views, v => Assert.Equal("live", v.Status));
    }

    private static List<string> Guide([CallerFilePath] string thisFile = "")
    {
        var root = Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..");
        var text = File.ReadAllText(Path.Combine(root, "docs", "guide", "views.md")).ReplaceLineEndings("\n");
        var found = new List<string>();
        for (var at = text.IndexOf("```sql\n", StringComparison.Ordinal); at >= 0; )
        {
            var end = text.IndexOf("```", at + 7, StringComparison.Ordinal);
            found.Add(text[(at + 7)..end]);
            at = text.IndexOf("```sql\n", end + 3, StringComparison.Ordinal);
        }

        return found;
    }
}
