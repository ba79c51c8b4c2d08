using System.Xml.Linq;

namespace TickStore.Tests.Architecture;

/// <summary>The repository that these tests look at, found upwards from where they run.</summary>
internal static class Repository
{
    /// <summary>Rooms of the product; tests and perf may reference anything.</summary>
    public static readonly string[] ProductFolders = ["engine", "sql", "server", "client"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Projects(params string[] folders) =>
        folders
            .Select(f => Path.Combine(Root, f))
            .Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*.csproj", SearchOption.AllDirectories));

    public static IEnumerable<string> Sources(params string[] folders) =>
        folders
            .Select(f => Path.Combine(Root, f))
            .Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories))
            .Where(f =>
                !f.Contains(
                    $"{Path.DirectorySeparatorChar}Generated{Path.DirectorySeparatorChar}",
                    StringComparison.Ordinal
                )
                && !f.Contains(
                    $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                    StringComparison.Ordinal
                )
            );

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static IEnumerable<string> ReferencesOf(string project) =>
        XDocument
            .Load(project)
            .Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TickStore.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException("TickStore.sln was not found above the test's folder.");
    }
}
