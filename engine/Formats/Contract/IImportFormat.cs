namespace TickStore.Formats;

/// <summary>A file format that can be imported: one room, one line in <see cref="ImportFormats"/>.</summary>
public interface IImportFormat
{
    /// <summary>The name that <c>--format</c> takes, such as <c>csv</c> or <c>sse-l2</c>.</summary>
    string Name { get; }

    /// <summary>True where a file looks like this format, by its name or its first bytes.</summary>
    /// <param name="path">The file's path; the file need not be opened.</param>
    /// <param name="head">Up to 64 bytes from its start.</param>
    bool Recognizes(string path, ReadOnlySpan<byte> head);

    /// <summary>
    /// Looks into every file far enough to announce the streams, and returns a reader that stands before the first row.
    /// </summary>
    /// <exception cref="Core.TickStoreException">A file is missing, or is not of this format; the message says
    /// which.</exception>
    IImportReader Open(ImportRequest request);
}
