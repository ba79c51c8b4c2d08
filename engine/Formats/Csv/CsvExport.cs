using System.Buffers;
using System.Text;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// CSV as <see cref="CsvImport"/> reads it back: a header line, LF line ends, NULL as an empty field and an empty
/// string as <c>""</c>; fields with a comma, a quote or a line end in them stand in quotes.
/// </summary>
internal sealed class CsvExport : IExportFormat
{
    public string Name => "csv";

    public IReadOnlyList<string> Extensions => [".csv"];

    public IExportWriter Create(BatchSchema schema, ISymbolTable symbols, Stream output) =>
        new Writer(schema, symbols, output);

    private sealed class Writer : IExportWriter
    {
        private const int FlushBytes = 1 << 16;

        private static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);

        private readonly ISymbolTable symbols;
        private readonly Stream output;
        private readonly ArrayBufferWriter<byte> buffer = new(FlushBytes * 2);

        public Writer(BatchSchema schema, ISymbolTable symbols, Stream output)
        {
            this.symbols = symbols;
            this.output = output;
            for (var i = 0; i < schema.ColumnCount; i++)
            {
                buffer.Write(i == 0 ? default : ","u8);
                WriteText(Encoding.UTF8.GetBytes(schema[i].Name));
            }

            buffer.Write("\n"u8);
        }

        public void Write(Batch batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                for (var i = 0; i < batch.ColumnCount; i++)
                {
                    buffer.Write(i == 0 ? default : ","u8);
                    var column = batch[i];
                    if (column.IsNull(row))
                    {
                        continue;
                    }

                    switch (column.Type.Kind)
                    {
                        case TypeKind.Symbol:
                            WriteText(symbols.Utf8(column.Values<int>()[row]));
                            break;
                        case TypeKind.Varchar:
                            WriteText(column.Utf8(row));
                            break;
                        default:
                            WriteValue(column, row);
                            break;
                    }
                }

                buffer.Write("\n"u8);
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

        public void Dispose() { }

        private void FlushBuffer()
        {
            output.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }

        private void WriteValue(ColumnVector column, int row)
        {
            if (!column.Type.IsArray)
            {
                VectorTextWriter.Format(column, row, symbols, buffer);
                return;
            }

            buffer.Write("\""u8);
            VectorTextWriter.Format(column, row, symbols, buffer);
            buffer.Write("\""u8);
        }

        private void WriteText(ReadOnlySpan<byte> text)
        {
            if (!text.IsEmpty && text.IndexOfAny(Special) < 0)
            {
                buffer.Write(text);
                return;
            }

            buffer.Write("\""u8);
            while (text.IndexOf((byte)'"') is >= 0 and var quote)
            {
                buffer.Write(text[..(quote + 1)]);
                buffer.Write("\""u8);
                text = text[(quote + 1)..];
            }

            buffer.Write(text);
            buffer.Write("\""u8);
        }
    }
}
