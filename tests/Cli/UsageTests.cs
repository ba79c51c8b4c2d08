// Proves what every verb has in common: help with an example, exit codes 0, 1 and 2, results on standard output and
// messages on standard error, one line for a wrong command line. Runs the built program in child processes.
using TickStore.Cli;

namespace TickStore.Tests.Cli;

public sealed class UsageTests
{
    public static TheoryData<string> Verbs() => new(Verb.All.Select(v => v.Name));

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_has_help_with_an_example(string verb)
    {
        var help = Cli.Succeed(verb, "--help");
        Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
        Assert.Contains($"  tickstore {verb}", help.Output, StringComparison.Ordinal);
        Assert.Empty(help.Errors);
    }

    [Fact]
    public void The_root_lists_every_verb()
    {
        var help = Cli.Succeed("--help");
        Assert.All(Verb.All, v => Assert.Contains($"  {v.Name} ", help.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no command chek; there are demo", "chek")]
    [InlineData("--db PATH is missing", "info")]
    [InlineData("--server", "sql", "--server", "http://host:7010")]
    [InlineData("FILE", "import", "--db", "x", "--table", "t")]
    [InlineData("--table", "import", "--db", "x", "file.csv")]
    [InlineData("--on-error stop", "import", "--db", "x", "--table", "t", "--on-error", "stop", "bad.csv", "file.csv")]
    [InlineData("either --query SQL or --table NAME", "export", "--db", "x", "-o", "x.csv")]
    [InlineData("tells no format", "export", "--db", "x", "--table", "t", "-o", "x.unknown")]
    [InlineData("no format xml; there are", "sql", "-c", "SELECT 1", "--format", "xml")]
    [InlineData("either -c or -f", "sql", "-c", "SELECT 1", "-f", "x.sql")]
    [InlineData("--speed fast", "replay", "--db", "x", "--tables", "t", "--speed", "fast")]
    [InlineData("--speed", "replay", "--db", "x", "--tables", "t", "--speed", "-1")]
    [InlineData("--from: 'noon' is not a TIMESTAMP", "replay", "--db", "x", "--tables", "t", "--from", "noon")]
    public void A_wrong_command_line_is_told_in_one_line(string expected, params string[] arguments)
    {
        var result = Cli.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("info")]
    [InlineData("export", "--table", "t", "-o", "x.csv")]
    [InlineData("replay", "--tables", "t")]
    public void A_verb_that_reads_makes_no_database(params string[] arguments)
    {
        using var folder = new TempFolder();
        var missing = Cli.Run([.. arguments, "--db", folder["missing"]]);
        Assert.Equal(1, missing.ExitCode);
        Assert.Empty(missing.Output);
        Assert.Contains(folder["missing"], Assert.Single(missing.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["missing"]));

        Directory.CreateDirectory(folder["empty"]);
        var empty = Cli.Run([.. arguments, "--db", folder["empty"]]);
        Assert.Equal(1, empty.ExitCode);
        Assert.Contains("the folder is empty", Assert.Single(empty.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["empty"]));
    }

    [Theory]
    [InlineData("info")]
    [InlineData("sql", "-c", "SELECT 1")]
    public void A_folder_of_something_else_is_left_alone(params string[] arguments)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["photos"]);
        var file = folder.Write("photos/cat.jpg", "meow");
        var result = Cli.Run([.. arguments, "--db", folder["photos"]]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(folder["photos"], Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(folder["photos"]));
        Assert.Equal("meow", File.ReadAllText(file));
    }

    [Fact]
    public void A_second_process_is_told_who_holds_the_database()
    {
        using var folder = new TempFolder();
        using (TickDatabase.Open(folder["db"], new TickDatabaseOptions { Program = "the test" }))
        {
            var result = Cli.Run("info", "--db", folder["db"]);
            Assert.Equal(1, result.ExitCode);
            var line = Assert.Single(result.ErrorLines);
            Assert.Contains("the test", line, StringComparison.Ordinal);
            Assert.Contains($"{Environment.ProcessId}", line, StringComparison.Ordinal);
        }

        Cli.Succeed("info", "--db", folder["db"]);
    }
}
