using System.Runtime.CompilerServices;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Tests.Formats;

/// <summary>
/// Finds real sample files: the large set beside the repository where it is there, else the small one in samples/,
/// which keeps the same folders. Both are unchanged recordings.
/// </summary>
internal static class RealData
{
    private static readonly string Root = FindRoot();

    /// <summary>The repository's root.</summary>
    public static string Repository => Root;

    /// <summary>Path of a sample that the repository holds itself.</summary>
    public static string Sample(string path) => Path.Combine(Root, "samples", path);

    /// <summary>Path of a file of the large set, or null where it is not on this machine.</summary>
    public static string? Find(string path)
    {
        foreach (
            var folder in (ReadOnlySpan<string>)
                [
                    Path.Combine(Root, "..", "shared", "data"),
                    Path.Combine(Root, "..", "..", "shared", "data"),
                    Path.Combine(Root, "samples"),
                ]
        )
        {
            var full = Path.GetFullPath(Path.Combine(folder, path));
            if (File.Exists(full))
            {
                return full;
            }
        }

        return null;
    }

    private static string FindRoot([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
}

/// <summary>Reads imports whole, for tests.</summary>
internal static class Imported
{
    /// <summary>All rows of all streams, in order, as texts (null for NULL).</summary>
    public static Dictionary<string, List<string?[]>> Rows(string? format, ImportRequest request)
    {
        using var reader = ImportFormats.Open(format, request);
        var rows = reader.Streams.ToDictionary(s => s.Suffix, _ => new List<string?[]>());
        while (reader.TryRead(out var batch))
        {
            var target = rows[reader.Streams[batch.StreamIndex].Suffix];
            for (var row = 0; row < batch.Rows.RowCount; row++)
            {
                var texts = new string?[batch.Rows.ColumnCount];
                for (var i = 0; i < texts.Length; i++)
                {
                    texts[i] = VectorTextWriter.ToText(batch.Rows[i], row, request.Symbols);
                }

                target.Add(texts);
            }
        }

        Assert.Equal(reader.BytesTotal, reader.BytesRead);
        Assert.Equal(rows.Sum(r => r.Value.Count), reader.RowsRead);
        return rows;
    }

    /// <summary>A request for some files.</summary>
    public static ImportRequest Request(params string[] files) =>
        new()
        {
            Files = files,
            TableName = "t",
            Symbols = new SymbolTable(),
            Pool = new BlockPool(new MemoryBudget(1 << 30, "test")),
        };
}
