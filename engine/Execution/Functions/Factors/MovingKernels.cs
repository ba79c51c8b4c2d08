using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TickStore.Execution;

/// <summary>A value of the rows of one window, computed from them alone.</summary>
internal interface IMovingKernel
{
    /// <summary>How many arguments there are, 1 or 2.</summary>
    static abstract int Arguments { get; }

    /// <summary>Computes the value of a window, oldest row first and not empty; false for NULL.</summary>
    static abstract bool Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y, out double result);
}

/// <summary>
/// Sums of what variances and correlations need, of values less the window's first one: so a window of equal values varies by
/// exactly 0, and nothing cancels that is large beside the differences (T. Chan, G. Golub, R. LeVeque, "Algorithms for computing
/// the sample variance", 1983). Four lanes and a fixed order of additions, whatever the machine.
/// </summary>
internal readonly ref struct ShiftedSums
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ShiftedSums(ReadOnlySpan<double> x)
    {
        Count = x.Length;
        var origin = Vector256.Create(x[0]);
        var (sum, squares) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var row = 0;
        for (; row <= x.Length - Vector256<double>.Count; row += Vector256<double>.Count)
        {
            var value = Vector256.LoadUnsafe(in x[row]) - origin;
            sum += value;
            squares += value * value;
        }

        X = Total(sum);
        XX = Total(squares);
        for (; row < x.Length; row++)
        {
            var value = x[row] - x[0];
            X += value;
            XX += value * value;
        }
    }

    public ShiftedSums(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Count = x.Length;
        y = y[..x.Length];
        var (originX, originY) = (Vector256.Create(x[0]), Vector256.Create(y[0]));
        var (sumX, squaresX) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var (sumY, squaresY) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var products = Vector256<double>.Zero;
        var row = 0;
        for (; row <= x.Length - Vector256<double>.Count; row += Vector256<double>.Count)
        {
            var valueX = Vector256.LoadUnsafe(in x[row]) - originX;
            var valueY = Vector256.LoadUnsafe(in y[row]) - originY;
            sumX += valueX;
            sumY += valueY;
            squaresX += valueX * valueX;
            squaresY += valueY * valueY;
            products += valueX * valueY;
        }

        (X, XX, Y, YY, XY) = (Total(sumX), Total(squaresX), Total(sumY), Total(squaresY), Total(products));
        for (; row < x.Length; row++)
        {
            var (valueX, valueY) = (x[row] - x[0], y[row] - y[0]);
            X += valueX;
            Y += valueY;
            XX += valueX * valueX;
            YY += valueY * valueY;
            XY += valueX * valueY;
        }
    }

    public double Count { get; }

    public double X { get; }

    public double XX { get; }

    public double Y { get; }

    public double YY { get; }

    public double XY { get; }

    /// <summary>Sum of squared distances of x from its mean; never below 0.</summary>
    public double SpreadX => NotNegative(XX - (X * X / Count));

    /// <summary>Sum of squared distances of y from its mean; never below 0.</summary>
    public double SpreadY => NotNegative(YY - (Y * Y / Count));

    /// <summary>Sum of the products of both distances.</summary>
    public double Shared => XY - (X * Y / Count);

    private static double NotNegative(double value) => value < 0 ? 0 : value;

    private static double Total(Vector256<double> lanes) => (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/// <summary>Variance by n - 1.</summary>
internal readonly struct SampleVariance : IMovingKernel
{
    public static int Arguments => 1;

    public static bool Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y, out double result)
    {
        result = x.Length < 2 ? 0 : new ShiftedSums(x).SpreadX / (x.Length - 1);
        return x.Length > 1;
    }
}

/// <summary>Variance by n.</summary>
internal readonly struct PopulationVariance : IMovingKernel
{
    public static int Arguments => 1;

    public static bool Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y, out double result)
    {
        result = new ShiftedSums(x).SpreadX / x.Length;
        return true;
    }
}

/// <summary>The root of another kernel.</summary>
internal readonly struct RootOf<TKernel> : IMovingKernel
    where TKernel : struct, IMovingKernel
{
    public static int Arguments => TKernel.Arguments;

    public static bool Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y, out double result)
    {
        var hasValue = TKernel.Compute(x, y, out var square);
        result = Math.Sqrt(square);
        return hasValue;
    }
}

/// <summary>Covariance by n - 1.</summary>
internal readonly struct SampleCovariance : IMovingKernel
{
    public static int Arguments => 2;

    public static bool Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y, out double result)
    {
        result = x.Length < 2 ? 0 : new ShiftedSums(x, y).Shared / (x.Length - 1);
        return x.Length > 1;
    }
}

/// <summary>Pearson's correlation; none where a side does not vary.</summary>
internal readonly struct Correlation : IMovingKernel
{
    public static int Arguments => 2;

    public static bool Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y, out double result)
    {
        var sums = new ShiftedSums(x, y);
        var (spreadX, spreadY) = (sums.SpreadX, sums.SpreadY);
        if (spreadX == 0 || spreadY == 0)
        {
            result = 0;
            return false;
        }

        result = Math.Clamp(sums.Shared / (Math.Sqrt(spreadX) * Math.Sqrt(spreadY)), -1, 1);
        return true;
    }
}

/// <summary>The slope of the line through y over x, by least squares; none where x does not vary.</summary>
internal readonly struct Slope : IMovingKernel
{
    public static int Arguments => 2;

    // Called with (y, x), the order in which the function takes them.
    public static bool Compute(ReadOnlySpan<double> y, ReadOnlySpan<double> x, out double result)
    {
        var sums = new ShiftedSums(x, y);
        var spread = sums.SpreadX;
        result = spread == 0 ? 0 : sums.Shared / spread;
        return spread != 0;
    }
}

/// <summary>1 and the number of values in the window that are less than the newest.</summary>
internal readonly struct RankOfNewest : IMovingKernel
{
    public static int Arguments => 1;

    public static bool Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y, out double result)
    {
        var newest = x[^1];
        var rank = 1;
        if (double.IsNaN(newest))
        {
            foreach (var value in x)
            {
                rank += double.IsNaN(value) ? 0 : 1;
            }
        }
        else
        {
            foreach (var value in x)
            {
                rank += value < newest ? 1 : 0;
            }
        }

        result = rank;
        return true;
    }
}

/// <summary>A mean with the weights 1 to n, the newest value weighing most.</summary>
internal readonly struct LinearlyWeightedMean : IMovingKernel
{
    public static int Arguments => 1;

    public static bool Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y, out double result)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * (i + 1);
        }

        result = sum / ((double)x.Length * (x.Length + 1) / 2);
        return true;
    }
}

/// <summary>How many values there are.</summary>
internal readonly struct NumberOfValues : IMovingKernel
{
    public static int Arguments => 1;

    public static bool Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y, out double result)
    {
        result = x.Length;
        return true;
    }
}
