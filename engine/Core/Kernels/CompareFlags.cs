using System.Numerics;

namespace TickStore.Core;

/// <summary>
/// The comparisons of a scan with a constant, as a byte a row: 1 where it holds. Results are and-ed onto what the flags
/// hold already, so that several conditions need one pass each and no further memory. The comparing is done by
/// <see cref="CompareDriver"/>; here a condition of a scan becomes one of its kernels.
/// </summary>
public static class CompareFlags
{
    /// <summary>
    /// Clears the flags of the rows for which the comparison does not hold. NaN equals NaN and is greater than every
    /// number, and -0 equals 0. Throws Internal for other operators and for flags of another length. O(rows), no
    /// allocation.
    /// </summary>
    /// <param name="values">A value a row.</param>
    /// <param name="comparison">One of the six comparisons with one constant.</param>
    /// <param name="constant">What the values are compared with.</param>
    /// <param name="flags">A flag a row, 0 or 1; as many as there are values.</param>
    public static void And<T>(ReadOnlySpan<T> values, ScanOperator comparison, T constant, Span<byte> flags)
        where T : unmanaged, INumber<T>
    {
        if (flags.Length != values.Length)
        {
            Throw.Error(ErrorCode.Internal, $"{flags.Length} flags for {values.Length} values");
        }

        // "Value > constant" is "constant < value".
        switch (comparison)
        {
            case ScanOperator.Equal:
                CompareDriver.AndConstant<EqualKernel, T>(values, constant, flags);
                break;
            case ScanOperator.NotEqual:
                CompareDriver.AndConstant<NotEqualKernel, T>(values, constant, flags);
                break;
            case ScanOperator.Less:
                CompareDriver.AndConstant<LessKernel, T>(values, constant, flags);
                break;
            case ScanOperator.LessOrEqual:
                CompareDriver.AndConstant<LessOrEqualKernel, T>(values, constant, flags);
                break;
            case ScanOperator.Greater:
                CompareDriver.AndConstant<LessKernel, T>(values, constant, flags, exchange: true);
                break;
            case ScanOperator.GreaterOrEqual:
                CompareDriver.AndConstant<LessOrEqualKernel, T>(values, constant, flags, exchange: true);
                break;
            default:
                Throw.Error(ErrorCode.Internal, $"{comparison} is no comparison with one constant");
                break;
        }
    }
}
