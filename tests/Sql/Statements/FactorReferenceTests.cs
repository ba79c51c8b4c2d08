// Proves that the reference of functions with state tells the truth: every example in the registry runs as SQL over a small table,
// and docs/guide/factors.md is what the registry says. Run with TICKSTORE_WRITE_DOCS=1 to write the page anew.
using System.Text;
using TickStore.Execution;

namespace TickStore.Tests.Sql.Statements;

public sealed class FactorReferenceTests : IDisposable
{
    private const string Head = """
        # Factors: functions with state

        A function with state stands under `CONTEXT BY`, sees the rows of its key in the order of event time and `_seq`, and may be nested
        with others and with any scalar expression:

        ```sql
        SELECT sym, ts, ema(1000 * (ema(px, 20) - ema(px, 40)) / (ema(px, 20) + ema(px, 40)), 10) AS f
        FROM trades CONTEXT BY sym [ORDER BY ts [, _seq]] [RESET EVERY 1d | RESET ON SESSION 'XSHG'];
        ```

        - Every row stays, in the order of its key. `WHERE` comes before the functions, `QUALIFY` after them; windows (`OVER`) and
          an outer query may use their results.
        - `RESET` begins anew in every bucket of time, or on every trading date of a calendar.
        - **NULL**: a row in which an argument is NULL gives NULL and changes no state (`prev` alone sees NULL). So a nested function
          counts the values of the inner one, not its rows, and warm-ups add up.
        - **Windows** of rows (`m..`) hold the last n values and give NULL before there are n. Windows of time (`tm..`) hold the
          values of (t - interval, t], up to the row itself, and do not wait.
        - **NaN** makes sums and moments NaN while it is in the window; in exponential averages and running sums it stays until the
          reset. It is greater than every number for least and greatest.
        - Numbers are taken as DOUBLE. Sums of a window of up to 512 rows are added up in a fixed order; those of longer windows, and of
          windows of time, are exact and rounded once. Running sums carry their rounding errors beside them. Variances and their
          like are computed from the rows of the window alone, less its first value, and cost time in proportion to its length.
          The value at a row is a function of the rows up to it: the same bits in a query, a live view, a restart, after a late row.
        - **Late rows** in a live view: where every function has a bounded reach (`m..`, `tm..`, `wma`, `prev`, `deltas`, `ratios`,
          `true_range`, `atr`, `ofi` and what nests them), only the rows within reach of the late one are read back and corrected. One
          that remembers all (`ema`, `wilder`, `rsi`, `macd`, `cum..`, `log_returns`) goes on from a snapshot of its key's state, up to
          the next `RESET`: it costs a small multiple of the rows behind the late one, all of which it changes. Over rows that change, a
          key's newest one (the bar that forms) is computed again from the state before it, without reading anything.

        Written from the registry by tests/Sql; every example runs there, over a table `t`, and the last row's value is shown:

        | ts | px | qty |
        | --- | --: | --: |
        | 09:30 | 10.5 | 100 |
        | 09:31 | 10.25 | 300 |
        | 09:32 | 11 | 200 |

        | function | example | gives | |
        | --- | --- | --- | --- |

        """;

    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public FactorReferenceTests() =>
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP NOT NULL, px DECIMAL(18,4), qty BIGINT) EVENT TIME ts; "
                + "INSERT INTO t VALUES ('2026-03-02 09:30', 10.5, 100), ('2026-03-02 09:31', 10.25, 300), ('2026-03-02 09:32', 11, 200)"
        );

    public void Dispose() => database.Dispose();

    public static TheoryData<string> Names() => [.. FunctionRegistry.Stateful.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_example_runs_and_gives_a_value(string name)
    {
        var example = FunctionRegistry.Stateful[name].Example;
        Assert.StartsWith(name + "(", example, StringComparison.Ordinal);
        Assert.NotEqual("NULL", Result(example));
    }

    [Fact]
    public void The_page_is_current()
    {
        var path = Path.Combine(Root(), "docs", "guide", "factors.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("TICKSTORE_WRITE_DOCS") == "1")
            File.WriteAllText(path, page);
        Assert.Equal(page, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    private string Result(string example)
    {
        using var result = database.Query(
            $"SELECT f FROM (SELECT ts, {example} AS f FROM t CONTEXT BY 1) q ORDER BY ts DESC LIMIT 1"
        );
        return Assert.Single(Assert.Single(result.ToTextRows())) ?? "NULL";
    }

    private string Page()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var function in FunctionRegistry.Stateful.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            text.Append(
                $"| `{function.Name}` | `{function.Example}` | `{Result(function.Example)}` | {function.Summary} |\n"
            );
        }

        return text.ToString();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TickStore.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
