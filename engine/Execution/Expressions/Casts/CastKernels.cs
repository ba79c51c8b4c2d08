using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The casts, by pair of types. All are strict, and fail where a value does not fit, naming value and type. DOUBLE to an
/// integer rounds the middle to even, DECIMAL the middle away from zero, as in PostgreSQL. VARCHAR to SYMBOL finds the
/// text in the dictionary, and adds it only where rows are inserted (<see cref="EvaluationContext.InternSymbols"/>).
/// </summary>
internal static class CastKernels
{
    /// <summary>The kernel of a cast, or null where the types do not turn into each other.</summary>
    public static ScalarKernel? Find(DataType from, DataType to)
    {
        if (from == to)
        {
            return Rows.Copy;
        }

        if (to.Kind == TypeKind.Varchar)
        {
            return TextCasts.ToText;
        }

        if (from.Kind == TypeKind.Varchar)
        {
            return to.Kind == TypeKind.Symbol ? TextCasts.ToSymbol : TextCasts.FromText;
        }

        if (from.IsArray || to.IsArray)
        {
            return from.Depth == to.Depth && Find(from.Element, to.Element) is { } element ? ByLevel(element) : null;
        }

        if (from.IsNumeric && to.IsNumeric)
        {
            return NumberCasts.Find(from, to);
        }

        return (from.Kind, to.Kind) switch
        {
            (TypeKind.Boolean, _) when to.IsInteger => NumberCasts.FromBoolean(to),
            (_, TypeKind.Boolean) when from.IsInteger => NumberCasts.ToBoolean(from),
            (TypeKind.Date, TypeKind.Timestamp) => Rows.Map<DateToTimestamp, int, long>,
            (TypeKind.Timestamp, TypeKind.Date) => Rows.Map<TimestampToDate, long, int>,
            (TypeKind.BigInt, TypeKind.Timestamp) or (TypeKind.Timestamp, TypeKind.BigInt) => Rows.Map<
                SameBits,
                long,
                long
            >,
            _ => null,
        };
    }

    /// <summary>False where the cast holds for every value.</summary>
    public static bool CanFail(DataType from, DataType to) =>
        from != to
        && to.Kind != TypeKind.Varchar
        && !(from.IsInteger && to.IsNumeric && to.Kind != TypeKind.Decimal && TypeRules.CanCastImplicitly(from, to))
        && !(from.IsNumeric && to == DataType.Double)
        && (from.Kind, to.Kind) is not ((TypeKind.Timestamp, TypeKind.Date) or (TypeKind.Boolean, _));

    private static ScalarKernel ByLevel(ScalarKernel element) =>
        (arguments, rowCount, result, context) =>
        {
            using var source = ColumnVector.CreateView(arguments[0].Type.Element);
            using var target = ColumnVector.Allocate(result.Type.Element, rowCount, context.Pool);
            for (var level = 0; level < result.Type.Depth; level++)
            {
                source.Borrow(arguments[0], 0, rowCount, level);
                target.SetRowCount(0);
                element([source], rowCount, target, context);
                target.LevelBytes(0).CopyTo(result.Writable<byte>(level));
            }

            result.SetRowCount(rowCount);
        };

    private readonly struct DateToTimestamp : IMap<int, long>
    {
        public static long Invoke(int days)
        {
            var nanos = (Int128)days * Interval.NanosPerDay;
            if (nanos != (long)nanos)
            {
                Span<byte> text = stackalloc byte[DateText.LengthMax];
                var length = DateText.Format(days, text);
                Throw.Error(
                    ErrorCode.NumericOverflow,
                    $"{System.Text.Encoding.UTF8.GetString(text[..length])} does not fit TIMESTAMP: {TimestampText.Range}"
                );
            }

            return (long)nanos;
        }
    }

    private readonly struct TimestampToDate : IMap<long, int>
    {
        public static int Invoke(long nanos) => CivilDate.DaysOfTimestamp(nanos);
    }

    // BIGINT counts the nanoseconds since 1970.
    private readonly struct SameBits : IMap<long, long>
    {
        public static long Invoke(long value) => value;
    }
}
