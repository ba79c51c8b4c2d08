using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// CSV (<c>csv</c>), plain, in .gz, or in .zip (every entry). Three ways to know the columns: a mapping file; the
/// table, if it exists (header names are matched ignoring case); else <see cref="CsvInference"/> over the first rows of
/// the first file. All files of an import feed one stream.
/// </summary>
internal sealed class CsvImport : IImportFormat
{
    public string Name => "csv";

    public bool Recognizes(string path, ReadOnlySpan<byte> head) =>
        Path.GetFileName(path).Contains(".csv", StringComparison.OrdinalIgnoreCase);

    public IImportReader Open(ImportRequest request)
    {
        if (request.MapFile is { } mapFile)
        {
            var mapping = CsvMapping.Load(mapFile);
            var mapped = new ImportStream("rows", mapping.ToSchema(request.TableName));
            var binder = new CsvMappingBinder(mapping, mapped.Schema, request);
            return new TextImportReader(request, [mapped], binder.Bind);
        }

        var table = request.FindTable?.Invoke(request.TableName);
        var schema = table ?? CsvInference.Infer(request);
        return new TextImportReader(request, [new("rows", schema)], input => Bind(input, schema, request));
    }

    /// <summary>The header of the current part of a file, read from a second opening of it.</summary>
    public static string[] PeekHeader(InputFile input, byte delimiter = (byte)',', bool hasHeader = true)
    {
        using var second = new InputFile(input.Path);
        while (second.NextPart())
        {
            if (second.PartName == input.PartName)
            {
                var header = new TextBlockReader(second.Part, input.Location, delimiter, 1 << 14).ReadHeader() ?? [];
                return hasHeader ? header : [.. header.Select((_, i) => $"column_{i + 1}")];
            }
        }

        return [];
    }

    private static TextPart? Bind(InputFile input, TableSchema schema, ImportRequest request)
    {
        var names = PeekHeader(input, hasHeader: request.CsvHasHeader);
        if (names.Length == 0)
        {
            return null;
        }

        var isPositional = !request.CsvHasHeader && names.Length == schema.Columns.Count;
        var converters = new FieldConverter[schema.Columns.Count];
        var used = new bool[names.Length];
        for (var i = 0; i < converters.Length; i++)
        {
            var column = schema.Columns[i];
            var field = isPositional
                ? i
                : Array.FindIndex(names, n => string.Equals(n, column.Name, StringComparison.OrdinalIgnoreCase));
            if (field < 0 && !column.Nullable)
            {
                Throw.Error(
                    ErrorCode.SchemaMismatch,
                    $"{input.Location} has no column {column.Name}, which is NOT NULL; it has {string.Join(", ", names)}"
                );
            }

            used[Math.Max(field, 0)] |= field >= 0;
            converters[i] =
                field < 0 ? new NullConverter(column.Name) : FieldConverters.Plain(column, [field], request.Symbols);
        }

        var unused = Array.IndexOf(used, false);
        if (unused >= 0)
        {
            Throw.Error(
                ErrorCode.SchemaMismatch,
                $"{input.Location} has a column '{names[unused]}' that {schema.Name} lacks; a mapping file can leave it out"
            );
        }

        return new TextPart
        {
            Stream = 0,
            Converters = converters,
            FieldCount = names.Length,
            HasHeader = request.CsvHasHeader,
        };
    }
}

/// <summary>NULL in every row.</summary>
internal sealed class NullConverter(string column) : FieldConverter(column)
{
    public override void Convert(TextBlock block, ColumnVector target, int at)
    {
        for (var row = 0; row < block.RowCount; row++)
        {
            target.AppendNull();
        }
    }
}
