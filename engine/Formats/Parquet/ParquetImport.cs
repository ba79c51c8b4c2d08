using ParquetSharp;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Parquet files (<c>parquet</c>) of flat columns. Columns are those of the table where it exists (matched by name,
/// arrays as <c>name_1</c> to <c>name_n</c>), else those that <see cref="ParquetTypes"/> reads from the file; then the
/// first TIMESTAMP is the event time and the first SYMBOL the cluster column.
/// </summary>
internal sealed class ParquetImport : IImportFormat
{
    public string Name => "parquet";

    public bool Recognizes(string path, ReadOnlySpan<byte> head) => head.StartsWith("PAR1"u8);

    public IImportReader Open(ImportRequest request)
    {
        var schema = request.FindTable?.Invoke(request.TableName);
        if (schema is null)
        {
            using var input = new ParquetInput(request.Files[0]);
            schema = SchemaExtensions.WithRoles(
                request.TableName,
                ParquetTypes.FromParquet(input.Reader.FileMetaData, input.Path)
            );
        }

        return new ParquetRowReader(request, [new ImportStream("rows", schema)]);
    }
}

/// <summary>One file, opened; errors of the native reader come out as ours.</summary>
internal sealed class ParquetInput : IDisposable
{
    public ParquetInput(string path)
    {
        Path = path;
        BytesTotal = FileStreams.LengthBytes(path);
        Reader = Guarded(() => new ParquetFileReader(path));
    }

    public string Path { get; }

    public long BytesTotal { get; }

    public ParquetFileReader Reader { get; }

    public T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
            when (error is ParquetException or IOException or OverflowException or InvalidCastException)
        {
            throw FileStreams.Malformed(
                Path,
                $"the Parquet data is damaged or cut off: {FirstLine(error.Message)}",
                error
            );
        }
    }

    public void Dispose() => Reader.Dispose();

    private static string FirstLine(string text) => text.Split('\n')[0];
}
