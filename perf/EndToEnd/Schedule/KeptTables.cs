using System.Text.Json;

namespace TickStore.EndToEnd.Schedule;

/// <summary>
/// Which tables the databases of a folder hold, and of what size: <c>run.json</c> beside them, so that a later run can use them again.
/// </summary>
internal sealed class KeptTables
{
    private const string FileName = "run.json";
    private readonly string path;
    private readonly Content content;

    private KeptTables(string path, Content content) => (this.path, this.content) = (path, content);

    /// <summary>What the folder holds; nothing for a new one.</summary>
    public static KeptTables Open(string folder, RunPlan plan)
    {
        var path = Path.Combine(folder, FileName);
        return new(path, File.Exists(path) ? Read(path) : new Content(plan, []));
    }

    /// <summary>The plan of an earlier run, whose sizes are those of its databases.</summary>
    /// <exception cref="ArgumentException">The folder is not that of a run.</exception>
    public static RunPlan PlanOf(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path)
            ? Read(path).Plan
            : throw new ArgumentException($"{folder} has no {FileName}: it was not kept by a run with --keep");
    }

    public bool Contains(string engine, string table) =>
        content.Tables.TryGetValue(engine, out var tables)
        && tables.Contains(table)
        && Directory.Exists(Path.Combine(Path.GetDirectoryName(path)!, engine));

    public void Add(string engine, string table)
    {
        if (!content.Tables.TryGetValue(engine, out var tables))
        {
            content.Tables.Add(engine, tables = []);
        }

        tables.Remove(table);
        tables.Add(table);
        File.WriteAllText(path, JsonSerializer.Serialize(content));
    }

    private static Content Read(string path) => JsonSerializer.Deserialize<Content>(File.ReadAllText(path))!;

    private sealed record Content(RunPlan Plan, Dictionary<string, List<string>> Tables);
}
