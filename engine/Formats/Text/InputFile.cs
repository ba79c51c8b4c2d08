using System.IO.Compression;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// A file as one or more parts of plain bytes: itself, the inside of a .gz, or each file in a .zip in the order of its
/// directory. Containers are told by their first bytes, not by their names, and are checked to be whole.
/// </summary>
internal sealed class InputFile : IDisposable
{
    private readonly FileStream file;
    private readonly ZipArchive? archive;
    private int nextEntry;
    private bool isPartOpened;

    public InputFile(string path)
    {
        Path = path;
        file = FileStreams.OpenRead(path);
        try
        {
            BytesTotal = file.Length;
            Span<byte> head = stackalloc byte[4];
            var length = file.ReadAtLeast(head, 4, throwOnEndOfStream: false);
            file.Position = 0;
            IsGzip = length >= 2 && head[0] == 0x1F && head[1] == 0x8B;
            var isZip = length == 4 && head.SequenceEqual("PK\u0003\u0004"u8);
            CheckName(path, ".gz", IsGzip);
            CheckName(path, ".zip", isZip);
            if (isZip)
            {
                archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
                _ = archive.Entries.Count;
            }
        }
        catch (InvalidDataException error)
        {
            file.Dispose();
            throw FileStreams.Malformed(path, "the zip archive is damaged or cut off", error);
        }
        catch (TickStoreException)
        {
            file.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public bool IsZip => archive is not null;

    public bool IsGzip { get; }

    public long BytesTotal { get; }

    /// <summary>Bytes of the file read so far; those of a zip by the entries done.</summary>
    public long BytesRead => file.Position;

    /// <summary>The bytes of the current part.</summary>
    public Stream Part { get; private set; } = Stream.Null;

    /// <summary>Name of the part: of the entry, or of the file without .gz.</summary>
    public string PartName { get; private set; } = string.Empty;

    /// <summary>Where the part is, for messages.</summary>
    public string Location => archive is null ? Path : $"{Path}, entry {PartName}";

    /// <summary>Goes to the next part (the first at first); folders inside a zip are passed over.</summary>
    public bool NextPart()
    {
        Part.Dispose();
        Part = Stream.Null;
        if (archive is null)
        {
            var isFirst = !isPartOpened;
            isPartOpened = true;
            if (isFirst)
            {
                var name = System.IO.Path.GetFileName(Path);
                PartName = IsGzip && name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
                Part = IsGzip ? new GzipPart(file, Path) : file;
            }

            return isFirst;
        }

        while (nextEntry < archive.Entries.Count)
        {
            var entry = archive.Entries[nextEntry++];
            if (entry.FullName.EndsWith('/'))
            {
                continue;
            }

            PartName = entry.FullName;
            try
            {
                Part = new ZipPart(entry, Location);
            }
            catch (Exception error) when (error is InvalidDataException or NotSupportedException)
            {
                throw FileStreams.Malformed(Location, "the zip entry is damaged", error);
            }

            return true;
        }

        return false;
    }

    public void Dispose()
    {
        Part.Dispose();
        archive?.Dispose();
        file.Dispose();
    }

    // Text that calls itself compressed is what is left of a damaged file, or a mistake.
    private static void CheckName(string path, string ending, bool isSo)
    {
        if (!isSo && path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        {
            throw FileStreams.Malformed(path, $"the file is named {ending}, and does not begin as such a file does");
        }
    }
}
