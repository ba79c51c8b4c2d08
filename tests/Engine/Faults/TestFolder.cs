namespace TickStore.Tests.Engine.Faults;

/// <summary>A folder of a test, deleted with all that is in it.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tickstore-faults-");

    public string Path => folder.FullName;

    public string Database => System.IO.Path.Combine(Path, "db");

    /// <summary>Writes a text file and gives its path.</summary>
    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
