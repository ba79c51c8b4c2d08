namespace TickStore.Cli;

/// <summary>
/// A file that is there whole or not at all: it is written under another name beside its place, and renamed at the
/// end. What is no regular file (a pipe, a device) is written directly.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string path;
    private readonly string? partialPath;

    public OutputFile(string path)
    {
        this.path = path;
        const FileAttributes Special = FileAttributes.Device | FileAttributes.ReparsePoint;
        var isDirect =
            path.StartsWith("/dev/", StringComparison.Ordinal)
            || (File.Exists(path) && (File.GetAttributes(path) & Special) != 0);
        partialPath = isDirect ? null : path + ".partial";
        Stream = new FileStream(partialPath ?? path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
    }

    /// <summary>Takes the bytes.</summary>
    public FileStream Stream { get; }

    /// <summary>Puts the file in its place.</summary>
    public void Complete()
    {
        Stream.Dispose();
        if (partialPath is not null)
        {
            File.Move(partialPath, path, overwrite: true);
        }
    }

    /// <summary>Removes what was not completed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (partialPath is not null)
        {
            File.Delete(partialPath);
        }
    }
}
