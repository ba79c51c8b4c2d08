using System.Numerics;
using System.Numerics.Tensors;
using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>
/// A comparison made ready for its column: tested against zone maps first, then against decoded vectors.
/// </summary>
internal sealed class CompiledPredicate
{
    private readonly ScanPredicate predicate;
    private readonly DataType type;
    private readonly ScanOperator comparison;
    private readonly ZoneAnswer fixedAnswer = ZoneAnswer.Some;

    public CompiledPredicate(TableSchema schema, ScanPredicate predicate)
    {
        if ((uint)predicate.Column >= (uint)schema.AllColumns.Count)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A predicate names column {predicate.Column} of {schema.AllColumns.Count}"
            );
        }

        this.predicate = predicate;
        comparison = predicate.Operator;
        type = schema.AllColumns[predicate.Column].Type;
        var isNullTest = comparison is ScanOperator.IsNull or ScanOperator.IsNotNull;
        var isOrdered = !type.IsArray && type.Kind != TypeKind.Interval;
        var isInteger = isOrdered && !type.IsFloating && type.Kind != TypeKind.Varchar;
        if (!(isNullTest || (isOrdered && (isInteger || comparison != ScanOperator.In))))
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"{comparison} is no comparison that a scan does on {schema.AllColumns[Column].Name} {type}"
            );
        }

        // A constant that the column's width cannot hold is above or below every value.
        if (isInteger && !isNullTest && comparison != ScanOperator.In)
        {
            var bits = Math.Min(64, 8 * type.ElementBytes);
            var (low, high) =
                type.Physical == PhysicalType.Byte
                    ? (0L, 255L)
                    : (long.MinValue >> (64 - bits), long.MaxValue >> (64 - bits));
            if (predicate.Integer < low || predicate.Integer > high)
            {
                fixedAnswer = ForOrder(predicate.Integer < low ? 1 : -1, predicate.Integer < low ? 1 : -1);
            }
        }
    }

    /// <summary>Index in <see cref="TableSchema.AllColumns"/>.</summary>
    public int Column => predicate.Column;

    /// <summary>What a zone map says of a vector.</summary>
    public ZoneAnswer Test(ColumnZones zones, int vector, int rowCount)
    {
        var nullCount = zones.NullCount(vector);
        if (comparison is ScanOperator.IsNull or ScanOperator.IsNotNull)
        {
            var wanted = comparison == ScanOperator.IsNull ? nullCount : rowCount - nullCount;
            return wanted == 0 ? ZoneAnswer.None
                : wanted == rowCount ? ZoneAnswer.All
                : ZoneAnswer.Some;
        }

        if (nullCount == rowCount)
        {
            return ZoneAnswer.None;
        }

        var answer =
            fixedAnswer != ZoneAnswer.Some ? fixedAnswer
            : !zones.HasBounds ? ZoneAnswer.Some
            : comparison == ScanOperator.In ? TestSet(zones.Min[vector], zones.Max[vector])
            : ForOrder(CompareWithConstant(zones.Min[vector]), CompareWithConstant(zones.Max[vector]));
        return answer == ZoneAnswer.All && nullCount > 0 ? ZoneAnswer.Some : answer;
    }

    /// <summary>Clears the flags of rows that do not match.</summary>
    /// <param name="vector">The column, decoded.</param>
    /// <param name="start">First row of the vector that has a flag.</param>
    /// <param name="flags">A flag a row.</param>
    public void And(ColumnVector vector, int start, Span<byte> flags)
    {
        if (vector.MayHaveNulls)
        {
            var validity = vector.Validity.Slice(start, flags.Length);
            if (comparison == ScanOperator.IsNull)
            {
                CompareFlags.And(validity, ScanOperator.Equal, (byte)0, flags);
                return;
            }

            TensorPrimitives.BitwiseAnd<byte>(flags, validity, flags);
        }
        else if (comparison == ScanOperator.IsNull)
        {
            flags.Clear();
            return;
        }

        if (comparison == ScanOperator.IsNotNull || fixedAnswer == ZoneAnswer.All)
        {
            return;
        }

        if (fixedAnswer == ZoneAnswer.None)
        {
            flags.Clear();
            return;
        }

        switch (type.Physical)
        {
            case PhysicalType.Byte:
                AndInteger(vector.Values<byte>().Slice(start, flags.Length), flags);
                break;
            case PhysicalType.Int16:
                AndInteger(vector.Values<short>().Slice(start, flags.Length), flags);
                break;
            case PhysicalType.Int32:
                AndInteger(vector.Values<int>().Slice(start, flags.Length), flags);
                break;
            case PhysicalType.Int64:
                AndInteger(vector.Values<long>().Slice(start, flags.Length), flags);
                break;
            case PhysicalType.Float:
                CompareFlags.And(
                    vector.Values<float>().Slice(start, flags.Length),
                    comparison,
                    (float)predicate.Real,
                    flags
                );
                break;
            case PhysicalType.Double:
                CompareFlags.And(vector.Values<double>().Slice(start, flags.Length), comparison, predicate.Real, flags);
                break;
            default:
                AndText(vector, start, flags);
                break;
        }
    }

    private void AndInteger<T>(ReadOnlySpan<T> values, Span<byte> flags)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (comparison != ScanOperator.In)
        {
            CompareFlags.And(values, comparison, T.CreateTruncating(predicate.Integer), flags);
            return;
        }

        var set = predicate.Set.Span;
        for (var i = 0; i < values.Length; i++)
        {
            if (flags[i] != 0 && set.BinarySearch(long.CreateTruncating(values[i])) < 0)
            {
                flags[i] = 0;
            }
        }
    }

    private void AndText(ColumnVector vector, int start, Span<byte> flags)
    {
        var constant = predicate.Utf8.Span;
        for (var i = 0; i < flags.Length; i++)
        {
            if (flags[i] != 0 && !Holds(vector.Utf8(start + i).SequenceCompareTo(constant)))
            {
                flags[i] = 0;
            }
        }
    }

    private bool Holds(int order) =>
        comparison switch
        {
            ScanOperator.Equal => order == 0,
            ScanOperator.NotEqual => order != 0,
            ScanOperator.Less => order < 0,
            ScanOperator.LessOrEqual => order <= 0,
            ScanOperator.Greater => order > 0,
            ScanOperator.GreaterOrEqual => order >= 0,
            ScanOperator.In or ScanOperator.IsNull or ScanOperator.IsNotNull => Throw.Error<bool>(
                ErrorCode.Internal,
                "No order decides this"
            ),
        };

    // How smallest and largest value compare with the constant decides for those in between.
    private ZoneAnswer ForOrder(int min, int max)
    {
        if (comparison is ScanOperator.Equal or ScanOperator.NotEqual)
        {
            var equal =
                min > 0 || max < 0 ? ZoneAnswer.None
                : min == 0 && max == 0 ? ZoneAnswer.All
                : ZoneAnswer.Some;
            return comparison == ScanOperator.Equal || equal == ZoneAnswer.Some ? equal
                : equal == ZoneAnswer.All ? ZoneAnswer.None
                : ZoneAnswer.All;
        }

        var (first, last) = (Holds(min), Holds(max));
        return first && last ? ZoneAnswer.All
            : first || last ? ZoneAnswer.Some
            : ZoneAnswer.None;
    }

    private int CompareWithConstant(long bound)
    {
        if (!type.IsFloating)
        {
            return bound.CompareTo(predicate.Integer);
        }

        var (value, constant) = (BitConverter.Int64BitsToDouble(bound), predicate.Real);
        return double.IsNaN(value) || double.IsNaN(constant) ? double.IsNaN(value).CompareTo(double.IsNaN(constant))
            : value < constant ? -1
            : value > constant ? 1
            : 0;
    }

    private ZoneAnswer TestSet(long min, long max)
    {
        var set = predicate.Set.Span;
        var found = set.BinarySearch(min);
        var next = found >= 0 ? found : ~found;
        if (next == set.Length || set[next] > max)
        {
            return ZoneAnswer.None;
        }

        return min == max ? ZoneAnswer.All : ZoneAnswer.Some;
    }
}
