using Apache.Arrow;
using Apache.Arrow.Ipc;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Arrow IPC files (<c>arrow</c>): the footer form, for files on disk. Symbols are plain text columns.
/// </summary>
internal sealed class ArrowFileExport : IExportFormat
{
    public string Name => "arrow";

    public IReadOnlyList<string> Extensions => [".arrow", ".feather"];

    public IExportWriter Create(BatchSchema schema, ISymbolTable symbols, Stream output)
    {
        var arrow = ArrowTypes.ToArrow(schema);
        return new ArrowIpcWriter(new ArrowFileWriter(output, arrow, leaveOpen: true), arrow, symbols);
    }
}

/// <summary>Arrow IPC streams (<c>arrow-stream</c>): the form without footer, for pipes and messages.</summary>
internal sealed class ArrowStreamExport : IExportFormat
{
    public string Name => "arrow-stream";

    public IReadOnlyList<string> Extensions => [".arrows"];

    public IExportWriter Create(BatchSchema schema, ISymbolTable symbols, Stream output)
    {
        var arrow = ArrowTypes.ToArrow(schema);
        return new ArrowIpcWriter(new ArrowStreamWriter(output, arrow, leaveOpen: true), arrow, symbols);
    }
}

/// <summary>Writes either form.</summary>
internal sealed class ArrowIpcWriter : IExportWriter
{
    private readonly ArrowStreamWriter writer;
    private readonly Schema schema;
    private readonly ISymbolTable symbols;

    public ArrowIpcWriter(ArrowStreamWriter writer, Schema schema, ISymbolTable symbols)
    {
        this.writer = writer;
        this.schema = schema;
        this.symbols = symbols;
        writer.WriteStart();
    }

    public void Write(Batch batch)
    {
        using var converted = ArrowExport.ToRecordBatch(batch, symbols, schema);
        writer.WriteRecordBatch(converted);
    }

    public void Finish() => writer.WriteEnd();

    public void Dispose() => writer.Dispose();
}

/// <summary>
/// Arrow IPC, files and streams, told apart by their first bytes (<c>arrow</c>). Columns are those of the table where
/// it exists, else of the file; then the first TIMESTAMP is the event time and the first SYMBOL the cluster column.
/// </summary>
internal sealed class ArrowImportFormat : IImportFormat
{
    private static ReadOnlySpan<byte> FileMagic => "ARROW1"u8;

    public string Name => "arrow";

    public bool Recognizes(string path, ReadOnlySpan<byte> head) =>
        head.StartsWith(FileMagic) || head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFF, 0xFF, 0xFF]);

    public IImportReader Open(ImportRequest request)
    {
        var schema = request.FindTable?.Invoke(request.TableName);
        if (schema is null)
        {
            using var input = new ArrowInput(request.Files[0]);
            schema = Infer(request.TableName, input.Guarded(r => r.Schema), request.Files[0]);
        }

        return new ArrowIpcReader(request, [new ImportStream("rows", schema)]);
    }

    private static TableSchema Infer(string tableName, Schema? schema, string path)
    {
        if (schema is null || schema.FieldsList.Count == 0)
        {
            throw FileStreams.Malformed(path, "the Arrow file has no columns");
        }

        var columns = schema
            .FieldsList.Select(f => new ColumnSchema(f.Name, ArrowTypes.FromArrow(f), f.IsNullable))
            .ToArray();
        return SchemaExtensions.WithRoles(tableName, columns);
    }

    /// <summary>One file, opened; errors of Arrow's reader come out as ours.</summary>
    internal sealed class ArrowInput : IDisposable
    {
        private readonly string path;
        private readonly FileStream file;
        private readonly ArrowStreamReader reader;

        public ArrowInput(string path)
        {
            this.path = path;
            file = FileStreams.OpenRead(path);
            Span<byte> head = stackalloc byte[6];
            var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            file.Position = 0;
            IsFile = length == 6 && head.SequenceEqual(FileMagic);
            if (!IsFile && !EndsWithMark())
            {
                file.Dispose();
                throw FileStreams.Malformed(
                    path,
                    "the file is no Arrow file, and no Arrow stream that ends with its end mark"
                );
            }

            file.Position = 0;
            reader = IsFile ? new ArrowFileReader(file, leaveOpen: true) : new ArrowStreamReader(file, leaveOpen: true);
        }

        public bool IsFile { get; }

        public long BytesRead => file.Position;

        public long BytesTotal => file.Length;

        public T Guarded<T>(Func<ArrowStreamReader, T> read)
        {
            try
            {
                return read(reader);
            }
            catch (Exception error) when (error is not (TickStoreException or OutOfMemoryException))
            {
                throw FileStreams.Malformed(path, $"the Arrow data is damaged or cut off: {error.Message}", error);
            }
        }

        public void Dispose()
        {
            reader.Dispose();
            file.Dispose();
        }

        // A stream that was cut off between two batches looks complete to Arrow's reader.
        private bool EndsWithMark()
        {
            Span<byte> tail = stackalloc byte[8];
            if (file.Length < tail.Length)
            {
                return false;
            }

            file.Position = file.Length - tail.Length;
            file.ReadExactly(tail);
            return tail.SequenceEqual((ReadOnlySpan<byte>)[0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]);
        }
    }

    private sealed class ArrowIpcReader(ImportRequest request, IReadOnlyList<ImportStream> streams)
        : ImportReader(request, streams)
    {
        private ArrowInput? input;
        private int nextFile;
        private long doneBytes;

        public override long BytesRead => doneBytes + (input?.BytesRead ?? 0);

        protected override bool Fill()
        {
            if (input is null)
            {
                if (nextFile == Request.Files.Count)
                {
                    return false;
                }

                input = new ArrowInput(Request.Files[nextFile++]);
            }

            using var batch = input.Guarded(r => r.ReadNextRecordBatch());
            if (batch is null)
            {
                doneBytes += input.BytesTotal;
                input.Dispose();
                input = null;
                return true;
            }

            ArrowImport.AppendTo(batch, Streams[0].Schema, Request.Symbols, BatchOf(0));
            return true;
        }

        protected override void DisposeInput() => input?.Dispose();
    }
}
