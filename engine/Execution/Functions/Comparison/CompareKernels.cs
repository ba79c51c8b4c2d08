using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The comparisons of SQL, in SQL's order of every type.</summary>
internal enum Comparison
{
    /// <summary>=</summary>
    Equal,

    /// <summary>&lt;&gt;</summary>
    NotEqual,

    /// <summary>&lt;</summary>
    Less,

    /// <summary>&lt;=</summary>
    LessOrEqual,

    /// <summary>&gt;</summary>
    Greater,

    /// <summary>&gt;=</summary>
    GreaterOrEqual,
}

/// <summary>Comparisons of two columns of one type: booleans a byte a row.</summary>
internal static class CompareKernels
{
    /// <summary>True where the sign of a three-way comparison satisfies the comparison.</summary>
    public static bool Holds(Comparison comparison, int order) =>
        comparison switch
        {
            Comparison.Equal => order == 0,
            Comparison.NotEqual => order != 0,
            Comparison.Less => order < 0,
            Comparison.LessOrEqual => order <= 0,
            Comparison.Greater => order > 0,
            Comparison.GreaterOrEqual => order >= 0,
        };

    /// <summary>The kernel for two columns of a scalar type.</summary>
    public static ScalarKernel Of(DataType type, Comparison comparison) =>
        type.Kind switch
        {
            TypeKind.Boolean => OfValues<byte>(comparison),
            TypeKind.SmallInt => OfValues<short>(comparison),
            TypeKind.Int or TypeKind.Date => OfValues<int>(comparison),
            TypeKind.BigInt or TypeKind.Timestamp or TypeKind.Decimal => OfValues<long>(comparison),
            TypeKind.Real => OfValues<float>(comparison),
            TypeKind.Double => OfValues<double>(comparison),
            TypeKind.Interval => OfIntervals(comparison),
            // Ids answer equality; an order of symbols is an order of their texts.
            TypeKind.Symbol when comparison is Comparison.Equal or Comparison.NotEqual => OfValues<int>(comparison),
            TypeKind.Symbol => OfSymbols(comparison),
            TypeKind.Varchar => OfText(comparison),
        };

    /// <summary>DECIMAL (or integers as scale 0) of two scales, without a cast that could overflow.</summary>
    public static ScalarKernel OfScales(int leftScale, int rightScale, Comparison comparison)
    {
        var raiseLeft = DecimalText.PowerOfTen(Math.Max(rightScale - leftScale, 0));
        var raiseRight = DecimalText.PowerOfTen(Math.Max(leftScale - rightScale, 0));
        return (arguments, rowCount, result, _) =>
        {
            var left = arguments[0].Values<long>();
            var right = arguments[1].Values<long>();
            var flags = result.Writable<byte>()[..rowCount];
            for (var i = 0; i < flags.Length; i++)
            {
                var order = ((Int128)left[i] * raiseLeft).CompareTo((Int128)right[i] * raiseRight);
                flags[i] = Holds(comparison, order) ? (byte)1 : (byte)0;
            }

            result.SetRowCount(rowCount);
        };
    }

    /// <summary>SYMBOL against VARCHAR: texts are compared, and an equal neighbour's answer is not looked up again.</summary>
    public static ScalarKernel OfSymbolAndText(Comparison comparison, bool symbolIsLeft) =>
        (arguments, rowCount, result, context) =>
        {
            var ids = arguments[symbolIsLeft ? 0 : 1].Values<int>();
            var text = arguments[symbolIsLeft ? 1 : 0];
            var flags = result.Writable<byte>()[..rowCount];
            if (comparison is Comparison.Equal or Comparison.NotEqual)
            {
                var wanted = -1;
                for (var i = 0; i < flags.Length; i++)
                {
                    if (i == 0 || !text.Utf8(i).SequenceEqual(text.Utf8(i - 1)))
                    {
                        wanted = context.Symbols.Find(text.Utf8(i));
                    }

                    flags[i] = (ids[i] == wanted) == (comparison == Comparison.Equal) ? (byte)1 : (byte)0;
                }
            }
            else
            {
                for (var i = 0; i < flags.Length; i++)
                {
                    if (!Rows.AnyNull(arguments, i))
                    {
                        var order = context.Symbols.Utf8(ids[i]).SequenceCompareTo(text.Utf8(i));
                        flags[i] = Holds(comparison, symbolIsLeft ? order : -order) ? (byte)1 : (byte)0;
                    }
                }
            }

            result.SetRowCount(rowCount);
        };

    /// <summary>Equal or not in every level; NaN equals NaN.</summary>
    public static ScalarKernel OfArrays(Comparison comparison) =>
        (arguments, rowCount, result, _) =>
        {
            var flags = result.Writable<byte>()[..rowCount];
            flags.Fill(1);
            var (left, right) = (arguments[0], arguments[1]);
            for (var level = 0; level < left.Type.Depth; level++)
            {
                for (var i = 0; i < flags.Length; i++)
                {
                    var equal = left.Type.Physical switch
                    {
                        PhysicalType.Byte => left.Level<byte>(level)[i] == right.Level<byte>(level)[i],
                        PhysicalType.Int16 => left.Level<short>(level)[i] == right.Level<short>(level)[i],
                        PhysicalType.Int32 => left.Level<int>(level)[i] == right.Level<int>(level)[i],
                        PhysicalType.Float => left.Level<float>(level)[i].Equals(right.Level<float>(level)[i]),
                        PhysicalType.Double => left.Level<double>(level)[i].Equals(right.Level<double>(level)[i]),
                        PhysicalType.Int64 => left.Level<long>(level)[i] == right.Level<long>(level)[i],
                        PhysicalType.Interval or PhysicalType.Utf8 => false,
                    };
                    flags[i] &= equal ? (byte)1 : (byte)0;
                }
            }

            if (comparison == Comparison.NotEqual)
            {
                for (var i = 0; i < flags.Length; i++)
                {
                    flags[i] ^= 1;
                }
            }

            result.SetRowCount(rowCount);
        };

    private static ScalarKernel OfValues<T>(Comparison comparison)
        where T : unmanaged, IComparable<T>, IEquatable<T> =>
        comparison switch
        {
            Comparison.Equal => Vectorised<EqualKernel, T>(0, 1),
            Comparison.NotEqual => Vectorised<NotEqualKernel, T>(0, 1),
            Comparison.Less => Vectorised<LessKernel, T>(0, 1),
            Comparison.LessOrEqual => Vectorised<LessOrEqualKernel, T>(0, 1),
            Comparison.Greater => Vectorised<LessKernel, T>(1, 0),
            Comparison.GreaterOrEqual => Vectorised<LessOrEqualKernel, T>(1, 0),
        };

    private static ScalarKernel Vectorised<TKernel, T>(int left, int right)
        where TKernel : struct, ICompareKernel
        where T : unmanaged, IComparable<T>, IEquatable<T> =>
        (arguments, rowCount, result, _) =>
        {
            CompareDriver.Compare<TKernel, T>(
                arguments[left].Values<T>(),
                arguments[right].Values<T>(),
                result.Writable<byte>()[..rowCount]
            );
            result.SetRowCount(rowCount);
        };

    private static ScalarKernel OfIntervals(Comparison comparison) =>
        (arguments, rowCount, result, _) =>
        {
            var left = arguments[0].Values<Interval>();
            var right = arguments[1].Values<Interval>();
            var flags = result.Writable<byte>()[..rowCount];
            for (var i = 0; i < flags.Length; i++)
            {
                flags[i] = Holds(comparison, left[i].CompareTo(right[i])) ? (byte)1 : (byte)0;
            }

            result.SetRowCount(rowCount);
        };

    private static ScalarKernel OfText(Comparison comparison) =>
        (arguments, rowCount, result, _) =>
        {
            var (left, right) = (arguments[0], arguments[1]);
            var flags = result.Writable<byte>()[..rowCount];
            for (var i = 0; i < flags.Length; i++)
            {
                flags[i] = Holds(comparison, left.Utf8(i).SequenceCompareTo(right.Utf8(i))) ? (byte)1 : (byte)0;
            }

            result.SetRowCount(rowCount);
        };

    private static ScalarKernel OfSymbols(Comparison comparison) =>
        (arguments, rowCount, result, context) =>
        {
            var left = arguments[0].Values<int>();
            var right = arguments[1].Values<int>();
            var flags = result.Writable<byte>()[..rowCount];
            for (var i = 0; i < flags.Length; i++)
            {
                // What lies under a NULL may be no id at all.
                var order = Rows.AnyNull(arguments, i)
                    ? 0
                    : context.Symbols.Utf8(left[i]).SequenceCompareTo(context.Symbols.Utf8(right[i]));
                flags[i] = Holds(comparison, order) ? (byte)1 : (byte)0;
            }

            result.SetRowCount(rowCount);
        };
}
