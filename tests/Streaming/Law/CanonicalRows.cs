using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TickStore.Core;

namespace TickStore.Tests.Streaming.Law;

/// <summary>
/// Rows as bytes that mean the same in any database: for each column a byte that tells NULL from a value, then the value's bits
/// little-endian, and texts with their length. Symbols are their text.
/// </summary>
internal static class CanonicalRows
{
    /// <summary>The bytes of some columns of one row.</summary>
    public static byte[] Of(Batch batch, int row, IReadOnlyList<int> columns, ISymbolTable symbols)
    {
        var bytes = new List<byte>(columns.Count * 9);
        foreach (var column in columns)
        {
            Append(bytes, batch[column], row, symbols);
        }

        return [.. bytes];
    }

    /// <summary>All rows of a query, as they come.</summary>
    public static List<byte[]> Read(QueryResult result)
    {
        var rows = new List<byte[]>();
        int[] columns = [.. Enumerable.Range(0, result.Schema.ColumnCount)];
        while (result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                rows.Add(Of(batch, row, columns, result.Symbols));
            }
        }

        return rows;
    }

    /// <summary>SHA-256 of rows, sorted by their bytes first: the order in which they came does not count.</summary>
    public static string Hash(List<byte[]> rows)
    {
        rows.Sort(Compare);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows)
        {
            hash.AppendData(BitConverter.GetBytes(row.Length));
            hash.AppendData(row);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>By bytes, then by length.</summary>
    public static int Compare(byte[]? left, byte[]? right) => left.AsSpan().SequenceCompareTo(right);

    /// <summary>What a row says, for a person.</summary>
    public static string Describe(byte[] row, BatchSchema schema)
    {
        var text = new StringBuilder();
        var at = 0;
        for (var i = 0; i < schema.ColumnCount && at < row.Length; i++)
        {
            text.Append(i == 0 ? string.Empty : ", ").Append(schema[i].Name).Append('=');
            at = DescribeValue(row, at, schema[i].Type, text);
        }

        return text.ToString();
    }

    private static int DescribeValue(byte[] row, int at, DataType type, StringBuilder text)
    {
        if (row[at++] == 0)
        {
            text.Append("NULL");
            return at;
        }

        if (type.Kind is TypeKind.Symbol or TypeKind.Varchar)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(row.AsSpan(at));
            text.Append('\'').Append(Encoding.UTF8.GetString(row, at + 4, length)).Append('\'');
            return at + 4 + length;
        }

        for (var level = 0; level < type.LevelCount; level++, at += type.ElementBytes)
        {
            var value = row.AsSpan(at, type.ElementBytes);
            text.Append(level == 0 ? string.Empty : ";")
                .Append(
                    type.Physical switch
                    {
                        PhysicalType.Double =>
                            $"{BinaryPrimitives.ReadDoubleLittleEndian(value):R} (0x{BinaryPrimitives.ReadInt64LittleEndian(value):x})",
                        PhysicalType.Int64 when type.Kind == TypeKind.Timestamp => new TickTime(
                            BinaryPrimitives.ReadInt64LittleEndian(value)
                        ).ToString(),
                        PhysicalType.Int64 => BinaryPrimitives
                            .ReadInt64LittleEndian(value)
                            .ToString(CultureInfo.InvariantCulture),
                        _ => "0x" + Convert.ToHexStringLower(value),
                    }
                );
        }

        return at;
    }

    private static void Append(List<byte> bytes, ColumnVector column, int row, ISymbolTable symbols)
    {
        if (column.IsNull(row))
        {
            bytes.Add(0);
            return;
        }

        bytes.Add(1);
        if (column.Type.Kind is TypeKind.Symbol or TypeKind.Varchar)
        {
            var text = column.Type.Kind == TypeKind.Symbol ? symbols.Utf8(column.Values<int>()[row]) : column.Utf8(row);
            bytes.AddRange(BitConverter.GetBytes(text.Length));
            bytes.AddRange(text);
            return;
        }

        var width = column.Type.ElementBytes;
        for (var level = 0; level < column.Type.LevelCount; level++)
        {
            bytes.AddRange(column.LevelBytes(level).Slice(row * width, width));
        }
    }
}
