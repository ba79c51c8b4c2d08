using System.Text;

namespace TickStore.Formats;

/// <summary>Takes the rows that could not be read (<c>--on-error reject FILE</c>).</summary>
public interface IRejectSink
{
    /// <summary>Takes one bad row.</summary>
    /// <param name="file">The file, and the entry inside it if it is an archive.</param>
    /// <param name="line">Line number from 1 (record number for binary formats).</param>
    /// <param name="reason">What is wrong, naming column and value.</param>
    /// <param name="rawLine">The bytes of the line without its end; on loan until the call returns.</param>
    void Reject(string file, long line, string reason, ReadOnlySpan<byte> rawLine);
}

/// <summary>Writes bad rows to a CSV file with the columns file, line, reason and raw.</summary>
public sealed class RejectFile : IRejectSink, IDisposable
{
    private readonly StreamWriter writer;

    /// <summary>Makes the file, or empties it.</summary>
    public RejectFile(string path)
    {
        writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        writer.Write("file,line,reason,raw\n");
    }

    /// <summary>Rows written so far.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public void Reject(string file, long line, string reason, ReadOnlySpan<byte> rawLine)
    {
        Count++;
        writer.Write($"{Quoted(file)},{line},{Quoted(reason)},{Quoted(Encoding.UTF8.GetString(rawLine))}\n");
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
