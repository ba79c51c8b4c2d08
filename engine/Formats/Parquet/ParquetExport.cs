using System.Buffers;
using System.Runtime.InteropServices;
using ParquetSharp;
using ParquetSharp.IO;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>Parquet files (<c>parquet</c>) with zstd pages, in row groups of about a million rows.</summary>
internal sealed class ParquetExport : IExportFormat
{
    public string Name => "parquet";

    public IReadOnlyList<string> Extensions => [".parquet", ".pq"];

    public IExportWriter Create(BatchSchema schema, ISymbolTable symbols, Stream output) =>
        new Writer(schema, symbols, output);

    private sealed class Writer : IExportWriter
    {
        private const long RowGroupRows = 1 << 20;

        private readonly ISymbolTable symbols;
        private readonly ManagedOutputStream stream;
        private readonly ParquetFileWriter writer;
        private readonly ArrayBufferWriter<byte> interval = new();
        private RowGroupWriter? group;
        private long groupRows;
        private short[] defined = [];
        private byte[] packed = [];
        private ByteArray[] texts = [];

        // The native writer takes addresses: the text of a batch is copied to memory that does not move.
        private byte[] text = [];

        public Writer(BatchSchema schema, ISymbolTable symbols, Stream output)
        {
            this.symbols = symbols;
            stream = new ManagedOutputStream(output, leaveOpen: true);
            using var builder = new WriterPropertiesBuilder();
            using var properties = builder.Compression(Compression.Zstd).Build();
            using var root = ParquetTypes.ToParquet(schema);
            writer = new ParquetFileWriter(
                stream,
                root,
                properties,
                new Dictionary<string, string> { [ParquetTypes.SchemaKey] = ParquetTypes.Describe(schema) }
            );
        }

        public void Write(Batch batch)
        {
            if (batch.RowCount == 0)
            {
                return;
            }

            if (group is null || groupRows >= RowGroupRows)
            {
                group?.Close();
                group?.Dispose();
                group = writer.AppendBufferedRowGroup();
                groupRows = 0;
            }

            defined = defined.Length < batch.RowCount ? new short[batch.RowCount] : defined;
            var index = 0;
            for (var i = 0; i < batch.ColumnCount; i++)
            {
                for (var level = 0; level < batch[i].Type.LevelCount; level++)
                {
                    using var column = group.Column(index++);
                    WriteColumn(column, batch[i], level, batch.RowCount);
                }
            }

            groupRows += batch.RowCount;
        }

        public void Finish()
        {
            group?.Close();
            writer.Close();
        }

        public void Dispose()
        {
            group?.Dispose();
            writer.Dispose();
            stream.Dispose();
        }

        private void WriteColumn(ColumnWriter target, ColumnVector column, int level, int rowCount)
        {
            for (var row = 0; row < rowCount; row++)
            {
                defined[row] = column.IsNull(row) ? (short)0 : (short)1;
            }

            switch (column.Type.Kind)
            {
                case TypeKind.Boolean:
                    Send<byte, bool>(target, column, level, rowCount, v => v != 0);
                    break;
                case TypeKind.SmallInt:
                    Send<short, int>(target, column, level, rowCount, v => v);
                    break;
                case TypeKind.Int or TypeKind.Date:
                    Send<int, int>(target, column, level, rowCount, v => v);
                    break;
                case TypeKind.BigInt or TypeKind.Decimal or TypeKind.Timestamp:
                    Send<long, long>(target, column, level, rowCount, v => v);
                    break;
                case TypeKind.Real:
                    Send<float, float>(target, column, level, rowCount, v => v);
                    break;
                case TypeKind.Double:
                    Send<double, double>(target, column, level, rowCount, v => v);
                    break;
                case TypeKind.Symbol or TypeKind.Varchar or TypeKind.Interval:
                    SendTexts(target, column, rowCount);
                    break;
            }
        }

        // Values that are there, packed without gaps, as Parquet stores them.
        private void Send<T, TPhysical>(
            ColumnWriter target,
            ColumnVector column,
            int level,
            int rowCount,
            Func<T, TPhysical> convert
        )
            where T : unmanaged
            where TPhysical : unmanaged
        {
            packed = packed.Length < rowCount * 8 ? new byte[rowCount * 8] : packed;
            var values = MemoryMarshal.Cast<byte, TPhysical>(packed.AsSpan());
            var source = column.Level<T>(level);
            var count = 0;
            for (var row = 0; row < rowCount; row++)
            {
                if (defined[row] != 0)
                {
                    values[count++] = convert(source[row]);
                }
            }

            ((ColumnWriter<TPhysical>)target).WriteBatch(
                rowCount,
                defined.AsSpan(0, rowCount),
                default,
                values[..count]
            );
        }

        private void SendTexts(ColumnWriter target, ColumnVector column, int rowCount)
        {
            texts = texts.Length < rowCount ? new ByteArray[rowCount] : texts;
            long totalBytes = 0;
            for (var row = 0; row < rowCount; row++)
            {
                totalBytes += defined[row] == 0 ? 0 : TextOf(column, row).Length;
            }

            if (text.Length < totalBytes)
            {
                text = GC.AllocateUninitializedArray<byte>(checked((int)totalBytes * 2), pinned: true);
            }

            var position = 0;
            var count = 0;
            for (var row = 0; row < rowCount; row++)
            {
                if (defined[row] == 0)
                {
                    continue;
                }

                var value = TextOf(column, row);
                value.CopyTo(text.AsSpan(position));
                texts[count++] = value.IsEmpty
                    ? new ByteArray(IntPtr.Zero, 0)
                    : new ByteArray(Marshal.UnsafeAddrOfPinnedArrayElement(text, position), value.Length);
                position += value.Length;
            }

            ((ColumnWriter<ByteArray>)target).WriteBatch(
                rowCount,
                defined.AsSpan(0, rowCount),
                default,
                texts.AsSpan(0, count)
            );
        }

        private ReadOnlySpan<byte> TextOf(ColumnVector column, int row)
        {
            switch (column.Type.Kind)
            {
                case TypeKind.Symbol:
                    return symbols.Utf8(column.Values<int>()[row]);
                case TypeKind.Varchar:
                    return column.Utf8(row);
                default:
                    interval.ResetWrittenCount();
                    VectorTextWriter.Format(column, row, symbols, interval);
                    return interval.WrittenSpan;
            }
        }
    }
}
