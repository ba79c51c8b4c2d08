// Proves that the demo runs from end to end on the samples, agrees with the vendor's bars, repeats its replay, writes
// plain text where nobody looks, and removes its database.
namespace TickStore.Tests.Cli;

public sealed class DemoTests
{
    [Fact]
    public void The_demo_works_and_cleans_up()
    {
        var result = Cli.Succeed("demo");
        Assert.Empty(result.Errors);
        Assert.DoesNotContain('\e', result.Output);
        Assert.Contains("1350/1350 bars equal the vendor's", result.Output, StringComparison.Ordinal);
        Assert.Contains("The candles pushed equal the plain query", result.Output, StringComparison.Ordinal);
        Assert.Contains("The run hashes are equal", result.Output, StringComparison.Ordinal);
        Assert.Contains("┤", result.Output, StringComparison.Ordinal);
        Assert.Contains("All is well", result.Output, StringComparison.Ordinal);
        var folder = result.OutputLines[0].Split(' ')[^1];
        Assert.False(Directory.Exists(folder), folder);
    }

    [Fact]
    public void A_database_that_holds_its_tables_is_not_added_to()
    {
        using var folder = new TempFolder();
        Cli.Succeed("sql", "--db", folder["db"], "-c", "CREATE TABLE eurusd (i INT)");
        var result = Cli.Run("demo", "--db", folder["db"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("eurusd already", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}
