using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A function of one value; a struct, so that the loop over rows is compiled for it.</summary>
internal interface IMap<TArgument, TResult>
{
    static abstract TResult Invoke(TArgument value);
}

/// <summary>A function of two values.</summary>
internal interface IMap<TLeft, TRight, TResult>
{
    static abstract TResult Invoke(TLeft left, TRight right);
}

/// <summary>A function of three values.</summary>
internal interface IMap<TFirst, TSecond, TThird, TResult>
{
    static abstract TResult Invoke(TFirst first, TSecond second, TThird third);
}

/// <summary>
/// The loops that apply a map to rows of fixed-width values. NULL rows are skipped, for a map may throw; their
/// results are the default.
/// </summary>
internal static class Rows
{
    public static void Map<TMap, TArgument, TResult>(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
        where TMap : struct, IMap<TArgument, TResult>
        where TArgument : unmanaged
        where TResult : unmanaged
    {
        var values = arguments[0].Values<TArgument>()[..rowCount];
        var target = result.Writable<TResult>()[..rowCount];
        var validity = arguments[0].Validity;
        if (validity.IsEmpty)
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = TMap.Invoke(values[i]);
            }
        }
        else
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = validity[i] != 0 ? TMap.Invoke(values[i]) : default;
            }
        }

        result.SetRowCount(rowCount);
    }

    public static void Map<TMap, TLeft, TRight, TResult>(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
        where TMap : struct, IMap<TLeft, TRight, TResult>
        where TLeft : unmanaged
        where TRight : unmanaged
        where TResult : unmanaged
    {
        var left = arguments[0].Values<TLeft>()[..rowCount];
        var right = arguments[1].Values<TRight>()[..rowCount];
        var target = result.Writable<TResult>()[..rowCount];
        if (!arguments[0].MayHaveNulls && !arguments[1].MayHaveNulls)
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = TMap.Invoke(left[i], right[i]);
            }
        }
        else
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = arguments[0].IsNull(i) || arguments[1].IsNull(i) ? default : TMap.Invoke(left[i], right[i]);
            }
        }

        result.SetRowCount(rowCount);
    }

    public static void Map<TMap, TFirst, TSecond, TThird, TResult>(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
        where TMap : struct, IMap<TFirst, TSecond, TThird, TResult>
        where TFirst : unmanaged
        where TSecond : unmanaged
        where TThird : unmanaged
        where TResult : unmanaged
    {
        var first = arguments[0].Values<TFirst>()[..rowCount];
        var second = arguments[1].Values<TSecond>()[..rowCount];
        var third = arguments[2].Values<TThird>()[..rowCount];
        var target = result.Writable<TResult>()[..rowCount];
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = AnyNull(arguments, i) ? default : TMap.Invoke(first[i], second[i], third[i]);
        }

        result.SetRowCount(rowCount);
    }

    /// <summary>The first argument as it is, of any type.</summary>
    public static void Copy(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    ) => VectorCopy.AppendRange(arguments[0], 0, rowCount, result);

    /// <summary>The first argument's 64-bit values under another type.</summary>
    public static void Copy64(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        arguments[0].Values<long>()[..rowCount].CopyTo(result.Writable<long>());
        result.SetRowCount(rowCount);
    }

    /// <summary>True where an argument is NULL in that row.</summary>
    public static bool AnyNull(ReadOnlySpan<ColumnVector> arguments, int row)
    {
        foreach (var argument in arguments)
        {
            if (argument.IsNull(row))
            {
                return true;
            }
        }

        return false;
    }
}
