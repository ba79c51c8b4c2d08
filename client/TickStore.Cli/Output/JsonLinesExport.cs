using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Cli;

/// <summary>
/// JSON lines: an object a row, its columns in order. Numbers keep all their digits, times are ISO 8601 texts, arrays
/// are arrays; NaN and the infinities, which JSON has no numbers for, are the texts <c>NaN</c>, <c>Infinity</c> and
/// <c>-Infinity</c>.
/// </summary>
internal sealed class JsonLinesExport : IExportFormat
{
    public string Name => "json";

    public IReadOnlyList<string> Extensions => [".json", ".jsonl"];

    public IExportWriter Create(BatchSchema schema, ISymbolTable symbols, Stream output) =>
        new Writer(schema, symbols, output);

    private sealed class Writer : IExportWriter
    {
        private const int FlushBytes = 1 << 16;

        private readonly ArrayBufferWriter<byte> buffer = new(FlushBytes * 2);
        private readonly JsonRowWriter rows;
        private readonly Stream output;

        public Writer(BatchSchema schema, ISymbolTable symbols, Stream output)
        {
            rows = new JsonRowWriter(schema, symbols, buffer);
            this.output = output;
        }

        public void Write(Batch batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                rows.Begin();
                rows.Append(batch, row);
                rows.End();
                if (buffer.WrittenCount >= FlushBytes)
                {
                    FlushBuffer();
                }
            }
        }

        public void Finish()
        {
            FlushBuffer();
            output.Flush();
        }

        public void Dispose() => rows.Dispose();

        private void FlushBuffer()
        {
            output.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }
    }
}

/// <summary>Writes rows as JSON objects, one a line, into a buffer. No allocation per row.</summary>
internal sealed class JsonRowWriter : IDisposable
{
    private readonly JsonEncodedText[] names;
    private readonly ISymbolTable symbols;
    private readonly ArrayBufferWriter<byte> buffer;
    private readonly ArrayBufferWriter<byte> value = new(256);
    private readonly Utf8JsonWriter json;

    /// <summary>
    /// Makes a writer of rows that begin with these columns; batches may have more, which are left out. Writers of
    /// several tables may share a buffer.
    /// </summary>
    public JsonRowWriter(BatchSchema schema, ISymbolTable symbols, ArrayBufferWriter<byte> buffer)
    {
        this.symbols = symbols;
        this.buffer = buffer;
        var encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        names = [.. schema.Columns.Select(c => JsonEncodedText.Encode(c.Name, encoder))];

        // Names of a join's columns may repeat, which the writer's own checks would take for a mistake.
        json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = encoder });
    }

    /// <summary>Begins a row.</summary>
    public void Begin() => json.WriteStartObject();

    /// <summary>Adds a text member that is no column.</summary>
    public void AppendText(JsonEncodedText name, JsonEncodedText text) => json.WriteString(name, text);

    /// <summary>Adds a number that is no column.</summary>
    public void AppendNumber(JsonEncodedText name, long number) => json.WriteNumber(name, number);

    /// <summary>Begins a member that is an object, whose columns follow.</summary>
    public void BeginObject(JsonEncodedText name) => json.WriteStartObject(name);

    /// <summary>Ends a member that is an object.</summary>
    public void EndObject() => json.WriteEndObject();

    /// <summary>Adds the columns of a row.</summary>
    public void Append(Batch batch, int row) => Append(batch, row, names.Length);

    /// <summary>Adds the first columns of a row.</summary>
    public void Append(Batch batch, int row, int columnCount)
    {
        for (var i = 0; i < columnCount; i++)
        {
            json.WritePropertyName(names[i]);
            Append(batch[i], row);
        }
    }

    /// <summary>Adds chosen columns of a row.</summary>
    public void Append(Batch batch, int row, ReadOnlySpan<int> columns)
    {
        foreach (var i in columns)
        {
            json.WritePropertyName(names[i]);
            Append(batch[i], row);
        }
    }

    /// <summary>Ends a row and its line.</summary>
    public void End()
    {
        json.WriteEndObject();
        json.Flush();
        json.Reset();
        buffer.Write("\n"u8);
    }

    /// <inheritdoc/>
    public void Dispose() => json.Dispose();

    private void Append(ColumnVector column, int row)
    {
        if (column.IsNull(row))
        {
            json.WriteNullValue();
        }
        else if (column.Type.IsArray)
        {
            AppendArray(column, row);
        }
        else if (column.Type.Kind == TypeKind.Symbol)
        {
            json.WriteStringValue(symbols.Utf8(column.Values<int>()[row]));
        }
        else if (column.Type.Kind == TypeKind.Varchar)
        {
            json.WriteStringValue(column.Utf8(row));
        }
        else
        {
            AppendScalar(column, row);
        }
    }

    private void AppendScalar(ColumnVector column, int row)
    {
        value.ResetWrittenCount();
        VectorTextWriter.Format(column, row, symbols, value);
        if (IsBare(column.Type.Kind, value.WrittenSpan))
        {
            json.WriteRawValue(value.WrittenSpan, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(value.WrittenSpan);
        }
    }

    // The text form is {1,2,3}; its elements hold no commas.
    private void AppendArray(ColumnVector column, int row)
    {
        value.ResetWrittenCount();
        VectorTextWriter.Format(column, row, symbols, value);
        var text = value.WrittenSpan[1..^1];
        json.WriteStartArray();
        foreach (var range in text.Split((byte)','))
        {
            var element = text[range];
            if (IsBare(column.Type.Kind, element))
            {
                json.WriteRawValue(element, skipInputValidation: true);
            }
            else
            {
                json.WriteStringValue(element);
            }
        }

        json.WriteEndArray();
    }

    // Booleans and numbers stand bare; the first byte tells NaN and the infinities from numbers.
    private static bool IsBare(TypeKind kind, ReadOnlySpan<byte> text) =>
        kind switch
        {
            TypeKind.Boolean or TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt or TypeKind.Decimal => true,
            TypeKind.Real or TypeKind.Double => char.IsAsciiDigit((char)text[^1]),
            _ => false,
        };
}
