using TickStore.Formats;

namespace TickStore.Cli;

/// <summary>The formats that results are written in, besides the table to look at.</summary>
internal static class ResultFormats
{
    private static readonly IExportFormat[] All = [.. ExportFormats.All, new JsonLinesExport()];

    /// <summary>Names for help and errors.</summary>
    public static string Names => string.Join("|", All.Select(f => f.Name).Order(StringComparer.Ordinal));

    /// <summary>The format of that name; throws <see cref="UsageException"/> naming those there are.</summary>
    public static IExportFormat Find(string name) =>
        All.FirstOrDefault(f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"There is no format {name}; there are {Names}");

    /// <summary>The format that a file's ending asks for, or null.</summary>
    public static IExportFormat? FindByExtension(string path) =>
        All.FirstOrDefault(f => f.Extensions.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// True where a terminal should not be shown the bytes, and two results cannot follow each other.
    /// </summary>
    public static bool IsBinary(IExportFormat format) => format.Name is not ("csv" or "json");
}
