// Proves that rooms reference only what docs/ARCHITECTURE.md allows them, by reading every project file. A project
// that is not in the table fails, so a new room must be given its place here first.
namespace TickStore.Tests.Architecture;

public sealed class ReferenceRulesTest
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["TickStore.Core"] = [],
        ["TickStore.Codecs"] = ["TickStore.Core"],
        ["TickStore.Formats"] = ["TickStore.Core"],
        ["TickStore.Storage"] = ["TickStore.Core", "TickStore.Codecs"],
        ["TickStore.Execution"] = ["TickStore.Core", "TickStore.Codecs"],
        ["TickStore.Streaming"] = ["TickStore.Core", "TickStore.Execution"],
        ["TickStore.Engine"] =
        [
            "TickStore.Core",
            "TickStore.Codecs",
            "TickStore.Formats",
            "TickStore.Storage",
            "TickStore.Execution",
            "TickStore.Streaming",
        ],
        ["TickStore.Sql"] = ["TickStore.Core", "TickStore.Execution", "TickStore.Engine"],

        // The command line is a host of the engine: it reaches storage, formats and replay for their options and reports only.
        ["TickStore.Cli"] =
        [
            "TickStore.Core",
            "TickStore.Storage",
            "TickStore.Execution",
            "TickStore.Streaming",
            "TickStore.Formats",
            "TickStore.Engine",
            "TickStore.Sql",
        ],
    };

    public static TheoryData<string> ProductProjects() =>
        new(Repository.Projects(Repository.ProductFolders).Select(Repository.Relative));

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void A_room_references_only_what_it_may(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        Assert.True(
            Allowed.TryGetValue(name, out var allowed),
            $"{name} has no line in the table of allowed references"
        );
        var actual = Repository.ReferencesOf(Path.Combine(Repository.Root, project));
        Assert.Empty(actual.Except(allowed));
    }

    [Fact]
    public void Every_room_of_the_table_exists() =>
        Assert.Empty(
            Allowed.Keys.Except(
                Repository.Projects(Repository.ProductFolders).Select(p => Path.GetFileNameWithoutExtension(p))
            )
        );

    [Fact]
    public void Transitive_references_stay_switched_off()
    {
        var props = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        Assert.Contains(
            "<DisableTransitiveProjectReferences>true</DisableTransitiveProjectReferences>",
            props,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "TickStore.sln")).Replace('\\', '/');
        var missing = Repository
            .Projects([.. Repository.ProductFolders, "tests", "perf"])
            .Select(Repository.Relative)
            .Where(p => !solution.Contains(p, StringComparison.Ordinal));
        Assert.Empty(missing);
    }
}
