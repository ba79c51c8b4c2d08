using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>
/// SHA-256 over the canonical bytes of every row, in order; docs/format/run-hash.md draws them. Two replays of the same
/// rows in the same order have the same hash on any machine, whatever their speed, blocks and symbol ids.
/// </summary>
internal sealed class RunHash : IDisposable
{
    private const int BufferBytes = 1 << 16;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ISymbolTable[] symbols;
    private readonly TableSchema[] schemas;
    private readonly byte[][] names;
    private byte[] buffer = new byte[BufferBytes];
    private int used;

    public RunHash(IReadOnlyList<ITableSource> tables)
    {
        symbols = [.. tables.Select(t => t.Symbols)];
        schemas = [.. tables.Select(t => t.Schema)];
        names = [.. tables.Select(t => Encoding.UTF8.GetBytes(t.Schema.Name))];
    }

    /// <summary>Adds the rows of a block.</summary>
    public void Append(ReplayBlock block)
    {
        foreach (var run in block.Runs)
        {
            var batch = block.TableBatch(run.Table);
            var columns = schemas[run.Table].Columns;
            for (var row = run.StartRow; row < run.StartRow + run.RowCount; row++)
            {
                AppendText(names[run.Table]);
                for (var i = 0; i < columns.Count; i++)
                {
                    AppendValue(batch[i], row, columns[i].Nullable, symbols[run.Table]);
                }
            }
        }
    }

    /// <summary>The hash of all rows so far, in lower-case hex.</summary>
    public string Finish()
    {
        Flush();
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    public void Dispose() => hash.Dispose();

    private void AppendValue(ColumnVector column, int row, bool nullable, ISymbolTable dictionary)
    {
        if (nullable)
        {
            var isNull = column.IsNull(row);
            Reserve(1)[0] = isNull ? (byte)0 : (byte)1;
            if (isNull)
            {
                return;
            }
        }

        if (column.Type.Kind == TypeKind.Symbol)
        {
            AppendText(dictionary.Utf8(column.Values<int>()[row]));
        }
        else if (column.Type.Kind == TypeKind.Varchar)
        {
            AppendText(column.Utf8(row));
        }
        else
        {
            var width = column.Type.ElementBytes;
            for (var level = 0; level < column.Type.LevelCount; level++)
            {
                column.LevelBytes(level).Slice(row * width, width).CopyTo(Reserve(width));
            }
        }
    }

    private void AppendText(ReadOnlySpan<byte> utf8)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), utf8.Length);
        utf8.CopyTo(Reserve(utf8.Length));
    }

    private Span<byte> Reserve(int bytes)
    {
        if (used + bytes > buffer.Length)
        {
            Flush();
            if (bytes > buffer.Length)
            {
                buffer = new byte[bytes];
            }
        }

        used += bytes;
        return buffer.AsSpan(used - bytes, bytes);
    }

    private void Flush()
    {
        hash.AppendData(buffer, 0, used);
        used = 0;
    }
}
