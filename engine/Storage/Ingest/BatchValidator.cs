using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using TickStore.Core;

namespace TickStore.Storage.Ingest;

/// <summary>
/// Judges rows before anything of them is logged: what a table's types and constraints do not allow is refused with the
/// table, column and row at fault. Needs no lock, for schemas never change. A few tenths of a nanosecond a value.
/// </summary>
internal static class BatchValidator
{
    /// <summary>Throws unless all rows may become rows of the table.</summary>
    public static void Check(in TableBatch batch, ISymbolTable symbols)
    {
        var schema = batch.Table.Schema;
        var rows = batch.Rows;
        if (rows.ColumnCount != schema.Columns.Count)
        {
            Throw.Error(
                ErrorCode.SchemaMismatch,
                $"Table {schema.Name} has {schema.Columns.Count} columns; the batch has {rows.ColumnCount}"
            );
        }

        ArgumentOutOfRangeException.ThrowIfNegative(batch.RejectedRows);
        for (var i = 0; i < rows.ColumnCount; i++)
        {
            var (declared, given) = (schema.Columns[i], rows[i]);
            if (given.Type != declared.Type || given.RowCount < batch.StartRow + batch.RowCount)
            {
                Throw.Error(
                    ErrorCode.SchemaMismatch,
                    $"Column {schema.Name}.{declared.Name} is {declared.Type}; "
                        + $"the batch has {given.Type} with {given.RowCount} rows at its place"
                );
            }

            if (batch.RowCount > 0)
            {
                CheckColumn(schema, declared, given, batch.StartRow, batch.RowCount, symbols);
            }
        }
    }

    private static void CheckColumn(
        TableSchema schema,
        ColumnSchema declared,
        ColumnVector given,
        int start,
        int count,
        ISymbolTable symbols
    )
    {
        if (!declared.Nullable && given.MayHaveNulls)
        {
            var row = given.Validity.Slice(start, count).IndexOf((byte)0);
            if (row >= 0)
            {
                Throw.Error(
                    ErrorCode.NullViolation,
                    $"Column {schema.Name}.{declared.Name} is NOT NULL; row {row} of the batch is NULL there"
                );
            }
        }

        for (var level = 0; level < declared.Type.LevelCount; level++)
        {
            var row = declared.Type.Kind switch
            {
                TypeKind.Decimal => FirstBeyond(
                    given.Level<long>(level).Slice(start, count),
                    PowerOf10(declared.Type.Precision),
                    given,
                    start
                ),
                TypeKind.Boolean => FirstNotBoolean(given.Level<byte>(level).Slice(start, count), given, start),
                TypeKind.Symbol => FirstUnknown(given.Values<int>().Slice(start, count), symbols.Count, given, start),
                TypeKind.Varchar => FirstNotUtf8(given, start, count),
                _ => -1,
            };
            if (row >= 0)
            {
                ThrowBadValue(schema, declared, given, start + row, level, row);
            }
        }
    }

    private static void ThrowBadValue(
        TableSchema schema,
        ColumnSchema declared,
        ColumnVector given,
        int row,
        int level,
        int batchRow
    )
    {
        var where = $"Column {schema.Name}.{declared.Name}, row {batchRow} of the batch";
        switch (declared.Type.Kind)
        {
            case TypeKind.Decimal:
                Throw.Overflow($"{where}: the value of {given.Level<long>(level)[row]} units", declared.Type);
                break;
            case TypeKind.Boolean:
                Throw.Error(
                    ErrorCode.MalformedData,
                    $"{where}: a BOOLEAN is a byte 0 or 1; here is {given.Level<byte>(level)[row]}"
                );
                break;
            case TypeKind.Symbol:
                Throw.Error(ErrorCode.MalformedData, $"{where}: symbol id {given.Values<int>()[row]} was never given");
                break;
            default:
                Throw.Error(ErrorCode.MalformedData, $"{where}: the text is not UTF-8");
                break;
        }
    }

    private static long PowerOf10(int exponent)
    {
        var power = 1L;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }

    // A value fits if limit - 1 - v and limit - 1 + v are both not negative; wrapping sets the sign bit too. Signs are
    // gathered over all rows, and looked at once; only where one is set does the slow loop ask which row, and if it is
    // NULL.
    private static int FirstBeyond(ReadOnlySpan<long> values, long limit, ColumnVector column, int start)
    {
        var most = limit - 1;
        var wide = MemoryMarshal.Cast<long, Vector<long>>(values);
        var bad = Vector<long>.Zero;
        var bound = new Vector<long>(most);
        foreach (var v in wide)
        {
            bad |= (bound - v) | (bound + v);
        }

        var suspicious = Vector.LessThanAny(bad, Vector<long>.Zero);
        for (var i = suspicious ? 0 : wide.Length * Vector<long>.Count; i < values.Length; i++)
        {
            if (((most - values[i]) | (most + values[i])) < 0 && !column.IsNull(start + i))
            {
                return i;
            }
        }

        return -1;
    }

    private static int FirstNotBoolean(ReadOnlySpan<byte> values, ColumnVector column, int start)
    {
        var from = 0;
        while (values[from..].IndexOfAnyExceptInRange((byte)0, (byte)1) is var found and >= 0)
        {
            from += found;
            if (!column.IsNull(start + from))
            {
                return from;
            }

            from++;
        }

        return -1;
    }

    private static int FirstUnknown(ReadOnlySpan<int> ids, int knownCount, ColumnVector column, int start)
    {
        var from = 0;
        var last = Math.Max(knownCount - 1, 0);
        while (ids[from..].IndexOfAnyExceptInRange(0, last) is var found and >= 0)
        {
            from += found;
            if (!column.IsNull(start + from))
            {
                return from;
            }

            from++;
        }

        return -1;
    }

    private static int FirstNotUtf8(ColumnVector column, int start, int count)
    {
        var offsets = column.Offsets.Slice(start, count + 1);
        var text = column.TextBytes;
        if (offsets[0] < 0 || offsets[count] > text.Length)
        {
            return 0;
        }

        // Most text is right as a whole; a value that begins inside a character would need its neighbour to be so.
        var whole = Utf8.IsValid(text[offsets[0]..offsets[count]]);
        for (var i = 0; i < count; i++)
        {
            if (offsets[i] > offsets[i + 1])
            {
                return i;
            }

            var splits = offsets[i] < offsets[i + 1] && (text[offsets[i]] & 0xC0) == 0x80;
            if ((!whole || splits) && !Utf8.IsValid(text[offsets[i]..offsets[i + 1]]))
            {
                return i;
            }
        }

        return -1;
    }
}
