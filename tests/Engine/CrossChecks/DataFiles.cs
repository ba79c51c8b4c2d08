namespace TickStore.Tests.Engine.CrossChecks;

/// <summary>
/// Real recordings: the full set in ../shared/data beside the repository where it is there, and the sample inside the
/// repository anywhere else. Both are files that exchanges and vendors made.
/// </summary>
internal static class DataFiles
{
    private static readonly string RepositoryRoot = FindRoot();

    /// <summary>True where the full set is there, whose counts are known.</summary>
    public static bool IsFullSet { get; } = Directory.Exists(SharedFolder);

    private static string SharedFolder => Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", "data"));

    /// <summary>All files below a folder of the set that match a pattern, in order of their names; at least one.</summary>
    public static string[] Find(string folder, string pattern)
    {
        var root = Path.Combine(IsFullSet ? SharedFolder : Path.Combine(RepositoryRoot, "samples"), folder);
        var files = Directory.Exists(root) ? Directory.GetFiles(root, pattern, SearchOption.AllDirectories) : [];
        Assert.NotEmpty(files);
        return [.. files.Order(StringComparer.Ordinal)];
    }

    /// <summary>Imports files into NAME, or NAME_suffix where they hold several streams.</summary>
    public static ImportReport Import(TickDatabase database, string table, params string[] files) =>
        database.Import(new ImportOptions { Files = files, Table = table });

    /// <summary>The one row that a query gives, as numbers.</summary>
    public static long[] Counts(TickDatabase database, string sql)
    {
        using var result = database.Query(sql);
        return [.. Assert.Single(result.ToTextRows()).Select(t => long.Parse(t!))];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TickStore.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
