// Proves that the command line is read as --help says, that a wrong argument is answered by a sentence that names it and what is
// allowed, and that a plan follows from it: sizes, their name, and which tables a figure needs.
using TickStore.EndToEnd;
using TickStore.EndToEnd.Engines;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Schedule;

namespace TickStore.Tests.Perf;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("--profile large", "small or medium")]
    [InlineData("--profile", "needs a value")]
    [InlineData("--engines oracle", "tickstore, duckdb")]
    [InlineData("--engines ,", "one engine at least")]
    [InlineData("--runs 0", "1 to 1,000")]
    [InlineData("--trades many", "not many")]
    [InlineData("--stamps us", "ns or 10ms")]
    [InlineData("--books loud", "busy or quiet")]
    [InlineData("--reuse /no/such/folder", "/no/such/folder")]
    [InlineData("--quick", "--quick is not an argument")]
    public void A_wrong_argument_is_named_with_what_is_allowed(string line, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => Arguments.Parse(line.Split(' ')));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ns", "Q1", true)]
    [InlineData("10ms", "Q1", false)]
    [InlineData("10ms", "Q13", false)]
    [InlineData("10ms", "Q12", true)]
    public void Queries_that_equal_stamps_leave_open_are_not_asked(string stamps, string id, bool isAsked)
    {
        var plan = RunPlan.Of(Arguments.Parse(["--profile", "small", "--stamps", stamps]));
        Assert.Equal(isAsked, QueryCatalog.HasOneAnswer(plan, id));
    }

    [Fact]
    public void A_folder_that_no_run_kept_is_not_used_again()
    {
        var folder = Directory.CreateTempSubdirectory("tickstore-perf-tests");
        try
        {
            var arguments = Arguments.Parse(["--reuse", folder.FullName]);
            var error = Assert.Throws<ArgumentException>(() => RunPlan.Of(arguments));
            Assert.Contains("--keep", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_kept_run_says_which_tables_it_holds_and_of_what_size()
    {
        var folder = Directory.CreateTempSubdirectory("tickstore-perf-tests");
        try
        {
            var plan = RunPlan.Of(Arguments.Parse(["--profile", "small", "--trades", "5000", "--stamps", "10ms"]));
            var kept = KeptTables.Open(folder.FullName, plan);
            folder.CreateSubdirectory(EngineNames.TickStore);
            kept.Add(EngineNames.TickStore, "trades");

            var again = RunPlan.Of(Arguments.Parse(["--reuse", folder.FullName, "--runs", "7"]));
            Assert.Equal((plan.Profile, 7), (again.Profile, again.RunCount));
            var found = KeptTables.Open(folder.FullName, again);
            Assert.True(found.Contains(EngineNames.TickStore, "trades"));
            Assert.False(found.Contains(EngineNames.TickStore, "quotes"));

            // Who wants an engine's database made anew, removes its folder.
            Directory.Delete(Path.Combine(folder.FullName, EngineNames.TickStore));
            Assert.False(found.Contains(EngineNames.TickStore, "trades"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Engines_keep_the_order_in_which_answers_are_compared()
    {
        var arguments = Arguments.Parse(["--engines", "duckdb, tickstore"]);
        Assert.Equal([EngineNames.TickStore, EngineNames.DuckDb], arguments.Engines);
        Assert.Equal(EngineNames.TickStore, EngineCatalog.Names[0]);
        Assert.False(arguments.IsWhole);
        Assert.True(Arguments.Parse(["--profile", "small"]).IsWhole);
    }

    [Theory]
    [InlineData("--profile small", "small", 900_000)]
    [InlineData("--profile medium", "medium", 50_000_000)]
    [InlineData("--profile small --trades 5000 --books quiet", "5000-quiet", 5000)]
    [InlineData("--profile small --stamps 10ms", "small-10ms", 900_000)]
    public void Sizes_of_ones_own_have_a_name_of_their_own(string line, string name, int tradeCount)
    {
        var profile = RunPlan.Of(Arguments.Parse(line.Split(' '))).Profile;
        Assert.Equal((name, tradeCount), (profile.Name, profile.TradeCount));
    }

    [Theory]
    [InlineData("query.Q15", "snapshots")]
    [InlineData("query.Q7", "trades quotes")]
    [InlineData("replay.trades.day", "trades")]
    [InlineData("bytes.quotes", "quotes")]
    [InlineData("latency", "")]
    [InlineData("memory.queries", "trades quotes snapshots")]
    public void A_figure_needs_its_tables_and_no_others(string only, string tables)
    {
        var arguments = Arguments.Parse(["--profile", "small", "--only", only]);
        var machine = new Machine("cpu", 2, "runtime", "system", "disk", "commit");
        var run = new RunState(arguments, RunPlan.Of(arguments), new Report(machine, only));
        var needed = EndToEnd.Data.Workload.Tables.Where(run.NeedsTable);
        Assert.Equal(tables, string.Join(' ', needed));
    }
}
