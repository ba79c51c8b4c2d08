using TickStore.Core;

namespace TickStore.Formats;

/// <summary>A file format that results can be written in.</summary>
public interface IExportFormat
{
    /// <summary>The name that <c>--format</c> takes.</summary>
    string Name { get; }

    /// <summary>File name endings with their point, such as <c>.csv</c>.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>
    /// Starts a file: writes what must stand before the rows. The stream stays the caller's to close.
    /// </summary>
    /// <param name="schema">The columns of all batches to come.</param>
    /// <param name="symbols">Spells out SYMBOL ids.</param>
    /// <param name="output">Where the bytes go; needs to be writable only.</param>
    IExportWriter Create(BatchSchema schema, ISymbolTable symbols, Stream output);
}

/// <summary>Takes batches one after the other. For one thread.</summary>
public interface IExportWriter : IDisposable
{
    /// <summary>Writes the rows of a batch, which stays the caller's.</summary>
    void Write(Batch batch);

    /// <summary>Writes what must stand after the rows. Without this call the file is not complete.</summary>
    void Finish();
}

/// <summary>The formats that can be exported.</summary>
public static class ExportFormats
{
    /// <summary>All formats.</summary>
    public static IReadOnlyList<IExportFormat> All { get; } =
    [new CsvExport(), new ParquetExport(), new ArrowFileExport(), new ArrowStreamExport()];

    /// <summary>The format of that name; throws <see cref="ErrorCode.UnknownName"/> naming those there are.</summary>
    public static IExportFormat Find(string name)
    {
        foreach (var format in All)
        {
            if (string.Equals(format.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        return Throw.Error<IExportFormat>(
            ErrorCode.UnknownName,
            $"No export format is named {name}; there are {string.Join(", ", All.Select(f => f.Name))}"
        );
    }

    /// <summary>The format that a file's ending asks for, or null.</summary>
    public static IExportFormat? FindByExtension(string path)
    {
        foreach (var format in All)
        {
            foreach (var extension in format.Extensions)
            {
                if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                {
                    return format;
                }
            }
        }

        return null;
    }
}
