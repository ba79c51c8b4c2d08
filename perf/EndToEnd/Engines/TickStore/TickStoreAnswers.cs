using System.Text;
using TickStore.Core;

namespace TickStore.EndToEnd.Engines.TickStore;

/// <summary>Turns the batches of a result into an answer.</summary>
internal static class TickStoreAnswers
{
    /// <summary>Every row as long, decimal, double or string values; time stamps are nanoseconds since 1970.</summary>
    public static object[][] Rows(QueryResult result)
    {
        var rows = new List<object[]>();
        while (result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                var values = new object[batch.ColumnCount];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = ValueOf(batch[i], row, result.Symbols);
                }

                rows.Add(values);
            }
        }

        return [.. rows];
    }

    /// <summary>
    /// Q12: looks at every row of (ts, sym, px, qty, side): how many, the sums of qty and of px in cents, and whether they came in time
    /// order.
    /// </summary>
    public static object[][] SumOfTrades(QueryResult result)
    {
        var (rowCount, quantity, cents, last, isOrdered) = (0L, 0L, 0L, long.MinValue, true);
        while (result.Next() is { } batch)
        {
            rowCount += batch.RowCount;
            foreach (var time in batch[0].Values<long>())
            {
                isOrdered &= time >= last;
                last = time;
            }

            foreach (var price in batch[2].Values<long>())
            {
                cents += price;
            }

            foreach (var size in batch[3].Values<int>())
            {
                quantity += size;
            }
        }

        return
        [
            [rowCount, quantity, cents, isOrdered ? 1L : 0L],
        ];
    }

    private static object ValueOf(ColumnVector column, int row, ISymbolTable symbols)
    {
        if (column.MayHaveNulls && column.Validity[row] == 0)
        {
            return DBNull.Value;
        }

        return column.Type.Kind switch
        {
            TypeKind.Boolean => (long)column.Values<byte>()[row],
            TypeKind.SmallInt => (long)column.Values<short>()[row],
            TypeKind.Int => (long)column.Values<int>()[row],
            TypeKind.BigInt or TypeKind.Timestamp => column.Values<long>()[row],
            TypeKind.Real => (double)column.Values<float>()[row],
            TypeKind.Double => column.Values<double>()[row],
            TypeKind.Decimal => DecimalOf(column.Values<long>()[row], column.Type.Scale),
            TypeKind.Symbol => symbols.Text(column.Values<int>()[row]),
            TypeKind.Varchar => Encoding.UTF8.GetString(column.TextBytes[column.Offsets[row]..column.Offsets[row + 1]]),
            TypeKind.Date or TypeKind.Interval => throw new InvalidDataException(
                $"An answer has a column of {column.Type}, which nothing can be compared with"
            ),
        };
    }

    private static decimal DecimalOf(long digits, byte scale)
    {
        var magnitude = (ulong)Math.Abs(digits);
        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), 0, digits < 0, scale);
    }
}
