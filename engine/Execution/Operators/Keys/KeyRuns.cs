using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Finds where keys change from one row to the next.</summary>
internal static class KeyRuns
{
    /// <summary>Writes the first row of each run of equal keys; row 0 begins the first.</summary>
    /// <param name="keys">Dense vectors of fixed width.</param>
    /// <param name="rowCount">Rows of each; at least 1.</param>
    /// <param name="starts">Takes the rows; as long as the row count.</param>
    /// <returns>How many runs there are.</returns>
    public static int Find(ReadOnlySpan<ColumnVector> keys, int rowCount, Span<int> starts)
    {
        starts[0] = 0;
        if (
            keys.Length is 1 or 2
            && !keys[0].MayHaveNulls
            && !keys[^1].MayHaveNulls
            && IsWhole(keys[0])
            && IsWhole(keys[^1])
        )
        {
            return (keys[0].Type.ElementBytes, keys[^1].Type.ElementBytes) switch
            {
                (4, 4) => Find(keys[0].Values<int>(), keys[^1].Values<int>(), rowCount, starts),
                (4, 8) => Find(keys[0].Values<int>(), keys[^1].Values<long>(), rowCount, starts),
                (8, 4) => Find(keys[^1].Values<int>(), keys[0].Values<long>(), rowCount, starts),
                _ => Find(keys[0].Values<long>(), keys[^1].Values<long>(), rowCount, starts),
            };
        }

        var count = 1;
        for (var row = 1; row < rowCount; row++)
        {
            foreach (var key in keys)
            {
                if (!AreEqual(key, row - 1, key, row))
                {
                    starts[count++] = row;
                    break;
                }
            }
        }

        return count;
    }

    /// <summary>True where two values are one group: NULL equals NULL, NaN equals NaN, -0 equals 0.</summary>
    public static bool AreEqual(ColumnVector left, int leftRow, ColumnVector right, int rightRow)
    {
        if (left.IsNull(leftRow) || right.IsNull(rightRow))
        {
            return left.IsNull(leftRow) && right.IsNull(rightRow);
        }

        return left.Type.Physical switch
        {
            PhysicalType.Byte => left.Values<byte>()[leftRow] == right.Values<byte>()[rightRow],
            PhysicalType.Int16 => left.Values<short>()[leftRow] == right.Values<short>()[rightRow],
            PhysicalType.Int32 => left.Values<int>()[leftRow] == right.Values<int>()[rightRow],
            PhysicalType.Int64 => left.Values<long>()[leftRow] == right.Values<long>()[rightRow],
            PhysicalType.Float => SortCodes.OfDouble(left.Values<float>()[leftRow])
                == SortCodes.OfDouble(right.Values<float>()[rightRow]),
            PhysicalType.Double => SortCodes.OfDouble(left.Values<double>()[leftRow])
                == SortCodes.OfDouble(right.Values<double>()[rightRow]),
            PhysicalType.Interval => left.Values<Interval>()[leftRow].CompareTo(right.Values<Interval>()[rightRow])
                == 0,
            PhysicalType.Utf8 => left.Utf8(leftRow).SequenceEqual(right.Utf8(rightRow)),
        };
    }

    private static bool IsWhole(ColumnVector key) => key.Type.Physical is PhysicalType.Int32 or PhysicalType.Int64;

    // Branch-free: a row is always written, and counted only if it begins a run.
    private static int Find<TLeft, TRight>(
        ReadOnlySpan<TLeft> left,
        ReadOnlySpan<TRight> right,
        int rowCount,
        Span<int> starts
    )
        where TLeft : unmanaged, System.Numerics.IBinaryInteger<TLeft>
        where TRight : unmanaged, System.Numerics.IBinaryInteger<TRight>
    {
        left = left[..rowCount];
        right = right[..rowCount];
        starts = starts[..rowCount];
        var count = 1;
        for (var row = 1; row < left.Length; row++)
        {
            // No more runs than rows, so the index stays inside.
            if (count >= starts.Length)
            {
                break;
            }

            starts[count] = row;
            count += left[row] != left[row - 1] | right[row] != right[row - 1] ? 1 : 0;
        }

        return count;
    }
}
