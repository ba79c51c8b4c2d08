using System.Globalization;
using TickStore.Core;

namespace TickStore.EndToEnd.Data;

/// <summary>
/// What two engines must agree on about a column before any figure is shown: how many values are there, and their sum. Whole
/// numbers, decimals (in units of their last place), times (ns), dates (days) and texts (their bytes) sum exactly.
/// </summary>
/// <param name="Column">Its name; a level of an array is named as exports name it: bid_1.</param>
/// <param name="Count">Values that are not NULL.</param>
/// <param name="Exact">The exact sum, or 0 where the column is of floating point.</param>
/// <param name="Floating">The sum of floating-point values below 1e100: larger ones stand for "none". 0 for others.</param>
internal sealed record ColumnSum(string Column, long Count, Int128 Exact, double Floating)
{
    private const double StandIn = 1e100;

    /// <summary>The sums of all columns and levels over a result, which is read to its end.</summary>
    public static ColumnSum[] Of(QueryResult result)
    {
        var columns = result.Schema.Columns;
        var sums = columns.Select(c => NamesOf(c).Select(n => new ColumnSum(n, 0, 0, 0)).ToArray()).ToArray();
        while (result.Next() is { } batch)
        {
            for (var i = 0; i < sums.Length; i++)
            {
                for (var level = 0; level < sums[i].Length; level++)
                {
                    sums[i][level] = sums[i][level].Plus(batch[i], level, result.Symbols);
                }
            }
        }

        return [.. sums.SelectMany(s => s)];
    }

    /// <summary>The names that exports give a column: its own, or one for each level.</summary>
    public static IEnumerable<string> NamesOf(ColumnSchema column) =>
        column.Type.IsArray
            ? Enumerable
                .Range(1, column.Type.LevelCount)
                .Select(l => string.Create(CultureInfo.InvariantCulture, $"{column.Name}_{l}"))
            : [column.Name];

    /// <summary>SQL of DuckDB for the same: three texts for a column.</summary>
    public static string SqlOf(ColumnSchema column, string name)
    {
        var quoted = $"\"{name}\"";
        var exact = column.Type.Kind switch
        {
            TypeKind.Boolean or TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt => $"sum({quoted}::HUGEINT)",
            TypeKind.Decimal => $"(sum({quoted}) * 1{new string('0', column.Type.Scale)})::HUGEINT",
            TypeKind.Timestamp => $"sum(epoch_ns({quoted})::HUGEINT)",
            TypeKind.Date => $"sum(({quoted} - DATE '1970-01-01')::HUGEINT)",
            TypeKind.Symbol or TypeKind.Varchar => $"sum(strlen({quoted}::VARCHAR)::HUGEINT)",
            TypeKind.Real or TypeKind.Double => "0",
            TypeKind.Interval => throw new InvalidDataException($"{name} is an interval, which is not compared"),
        };
        var floating = column.Type.Kind is TypeKind.Real or TypeKind.Double
            ? $"sum({quoted}::DOUBLE) FILTER (WHERE abs({quoted}) < 1e100)"
            : "0";
        return $"count({quoted})::VARCHAR, coalesce({exact}, 0)::VARCHAR, coalesce({floating}, 0)::VARCHAR";
    }

    /// <summary>True where both say the same; floating point to one part in 10^9, for its sums depend on the order.</summary>
    public bool Agrees(ColumnSum other) =>
        Column == other.Column
        && Count == other.Count
        && Exact == other.Exact
        && Math.Abs(Floating - other.Floating) <= 1e-9 * Math.Max(Math.Abs(Floating), Math.Abs(other.Floating));

    private ColumnSum Plus(ColumnVector column, int level, ISymbolTable symbols)
    {
        var (count, exact, floating) = (Count, Exact, Floating);
        for (var row = 0; row < column.RowCount; row++)
        {
            if (column.IsNull(row))
            {
                continue;
            }

            count++;
            switch (column.Type.Kind)
            {
                case TypeKind.Boolean:
                    exact += column.Level<byte>(level)[row];
                    break;
                case TypeKind.SmallInt:
                    exact += column.Level<short>(level)[row];
                    break;
                case TypeKind.Int or TypeKind.Date:
                    exact += column.Level<int>(level)[row];
                    break;
                case TypeKind.BigInt or TypeKind.Decimal or TypeKind.Timestamp:
                    exact += column.Level<long>(level)[row];
                    break;
                case TypeKind.Real:
                    floating += column.Level<float>(level)[row];
                    break;
                case TypeKind.Double:
                    floating +=
                        Math.Abs(column.Level<double>(level)[row]) < StandIn ? column.Level<double>(level)[row] : 0;
                    break;
                case TypeKind.Symbol:
                    exact += symbols.Utf8(column.Level<int>(level)[row]).Length;
                    break;
                case TypeKind.Varchar:
                    exact += column.Utf8(row).Length;
                    break;
                case TypeKind.Interval:
                    throw new InvalidDataException($"{Column} is an interval, which is not compared");
            }
        }

        return new(Column, count, exact, floating);
    }
}
