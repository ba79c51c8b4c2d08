using System.Runtime.CompilerServices;

namespace TickStore.Execution;

// The states of functions that need a few numbers a key. All arithmetic is plain IEEE 754 in the order written.

/// <summary>
/// An exponential average whose first value is the mean of the first n (added in order, then divided): from then on it moves by
/// (x - average) * weight.
/// </summary>
internal struct ExponentialAverage : IRowFactor
{
    private double average;
    private int count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        if (count >= options.Rows)
        {
            average += (a - average) * options.Weight;
        }
        else
        {
            average += a;
            if (++count == options.Rows)
            {
                average /= count;
            }
        }

        result = average;
        return count >= options.Rows;
    }
}

/// <summary>
/// The relative strength index of J. Welles Wilder (New Concepts in Technical Trading Systems, 1978): gains and losses averaged over the
/// first n changes, then smoothed by 1/n.
/// </summary>
internal struct RelativeStrength : IRowFactor
{
    private double previous;
    private double gains;
    private double losses;
    private int count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        result = 0;
        var change = a - previous;
        previous = a;
        if (count == 0)
        {
            count = 1;
            return false;
        }

        // Which of both it is cannot be foreseen: no branch. NaN is passed on.
        var gain = Math.Max(change, 0);
        var loss = Math.Max(-change, 0);
        if (count <= options.Rows)
        {
            gains += gain;
            losses += loss;
            if (count++ < options.Rows)
            {
                return false;
            }

            gains /= options.Rows;
            losses /= options.Rows;
        }
        else
        {
            gains = ((gains * (options.Rows - 1)) + gain) / options.Rows;
            losses = ((losses * (options.Rows - 1)) + loss) / options.Rows;
        }

        var total = gains + losses;
        result = total == 0 ? 50 : 100 * (gains / total);
        return true;
    }
}

/// <summary>The difference from the value before.</summary>
internal struct Difference : IRowFactor
{
    private double previous;
    private bool isSeen;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        result = a - previous;
        previous = a;
        var wasSeen = isSeen;
        isSeen = true;
        return wasSeen;
    }
}

/// <summary>The quotient by the value before; none where that was 0.</summary>
internal struct Quotient : IRowFactor
{
    private double previous;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        var before = previous;
        previous = a;
        result = before == 0 ? 0 : a / before;
        return before != 0;
    }
}

/// <summary>ln(x / the value before); values that are not above 0 are passed over.</summary>
internal struct LogReturn : IRowFactor
{
    private double previous;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        result = 0;
        if (a <= 0)
        {
            return false;
        }

        var before = previous;
        previous = a;
        result = before == 0 ? 0 : Math.Log(a / before);
        return before != 0;
    }
}

/// <summary>The greatest value so far; NaN is greater than all numbers, and 0 than -0.</summary>
internal struct RunningMaximum : IRowFactor
{
    private double greatest;
    private bool isSeen;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        greatest = isSeen && Extremes.Compare(greatest, a) >= 0 ? greatest : a;
        isSeen = true;
        result = greatest;
        return true;
    }
}

/// <summary>The least value so far; NaN is greater than all numbers, and 0 than -0.</summary>
internal struct RunningMinimum : IRowFactor
{
    private double least;
    private bool isSeen;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        least = isSeen && Extremes.Compare(least, a) <= 0 ? least : a;
        isSeen = true;
        result = least;
        return true;
    }
}

/// <summary>How many values there were so far.</summary>
internal struct RunningCount : IRowFactor
{
    private long count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        result = ++count;
        return true;
    }
}

/// <summary>The true range: the greatest of high - low and the distances of both from the close before.</summary>
internal struct TrueRange : IRowFactor
{
    private double previousClose;
    private bool isSeen;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        result = Math.Max(a - b, Math.Max(Math.Abs(a - previousClose), Math.Abs(b - previousClose)));
        previousClose = c;
        var wasSeen = isSeen;
        isSeen = true;
        return wasSeen;
    }
}

/// <summary>
/// The contribution of one quote to order-flow imbalance (R. Cont, A. Kukanov, S. Stoikov, "The Price Impact of Order Book Events", 2014):
/// size that came to the bid or left the ask, less size that left the bid or came to the ask.
/// </summary>
internal struct OrderFlow : IRowFactor
{
    private double bid;
    private double bidSize;
    private double ask;
    private double askSize;
    private bool isSeen;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(double a, double b, double c, double d, in FactorOptions options, out double result)
    {
        result = (a >= bid ? b : 0) - (a <= bid ? bidSize : 0) - (c <= ask ? d : 0) + (c >= ask ? askSize : 0);
        (bid, bidSize, ask, askSize) = (a, b, c, d);
        var wasSeen = isSeen;
        isSeen = true;
        return wasSeen;
    }
}

/// <summary>The order of values that least and greatest are found by: total, for results must not depend on who came first.</summary>
internal static class Extremes
{
    /// <summary>An integer that is greater for a greater value; all NaN have the greatest of all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long KeyOf(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return double.IsNaN(value) ? long.MaxValue : bits ^ ((bits >> 63) & long.MaxValue);
    }

    /// <summary>The value of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ValueOf(long key) =>
        key == long.MaxValue ? double.NaN : BitConverter.Int64BitsToDouble(key ^ ((key >> 63) & long.MaxValue));

    /// <summary>Below 0, 0 or above: numbers as they are, -0 before 0, NaN last.</summary>
    public static int Compare(double left, double right)
    {
        if (left < right)
        {
            return -1;
        }

        if (left > right)
        {
            return 1;
        }

        if (double.IsNaN(left) || double.IsNaN(right))
        {
            return double.IsNaN(left).CompareTo(double.IsNaN(right));
        }

        return double.IsNegative(right).CompareTo(double.IsNegative(left));
    }
}
