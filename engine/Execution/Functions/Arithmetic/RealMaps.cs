using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Functions of DOUBLE. They are those of the platform's maths library row by row, and not vectorised ones, so that a value
/// gives the same bits wherever in a batch it stands.
/// </summary>
internal static class RealMaps
{
    public readonly struct SquareRoot : IMap<double, double>
    {
        public static double Invoke(double x) => x < 0 ? Outside("sqrt", x, "at least 0") : Math.Sqrt(x);
    }

    public readonly struct Exp : IMap<double, double>
    {
        public static double Invoke(double x) => Math.Exp(x);
    }

    public readonly struct Ln : IMap<double, double>
    {
        public static double Invoke(double x) => x <= 0 ? Outside("ln", x, "above 0") : Math.Log(x);
    }

    public readonly struct Log10 : IMap<double, double>
    {
        public static double Invoke(double x) => x <= 0 ? Outside("log10", x, "above 0") : Math.Log10(x);
    }

    /// <summary>log(base, x).</summary>
    public readonly struct LogBase : IMap<double, double, double>
    {
        public static double Invoke(double numberBase, double x)
        {
            if (numberBase <= 0 || numberBase == 1)
            {
                Outside("log", numberBase, "a base above 0 and not 1");
            }

            return x <= 0 ? Outside("log", x, "above 0") : Math.Log(x) / Math.Log(numberBase);
        }
    }

    public readonly struct Power : IMap<double, double, double>
    {
        public static double Invoke(double x, double y)
        {
            if (x == 0 && y < 0)
            {
                Throw.Error(ErrorCode.DivisionByZero, $"power(0, {y}): zero to a negative power");
            }

            if (x < 0 && double.IsFinite(y) && y != Math.Floor(y))
            {
                Outside("power", x, "at least 0 for an exponent that is no integer");
            }

            return Math.Pow(x, y);
        }
    }

    /// <summary>The integer part of a quotient.</summary>
    public readonly struct IntegerQuotient : IMap<double, double, double>
    {
        public static double Invoke(double left, double right)
        {
            if (right == 0)
            {
                IntegerKernels.ThrowDivisionByZero(left.ToString("R"), "div");
            }

            return Math.Truncate(left / right);
        }
    }

    /// <summary>To digits after the point (before it, where negative); from the middle away from zero.</summary>
    public readonly struct RoundDigits : IMap<double, int, double>
    {
        public static double Invoke(double x, int digits)
        {
            if (!double.IsFinite(x) || digits > 15)
            {
                return x;
            }

            if (digits >= 0)
            {
                return Math.Round(x, digits, MidpointRounding.AwayFromZero);
            }

            var power = Math.Pow(10, -digits);
            return double.IsInfinity(power) ? 0 : Math.Round(x / power, MidpointRounding.AwayFromZero) * power;
        }
    }

    /// <summary>Cuts off at digits after the point (before it, where negative).</summary>
    public readonly struct TruncateDigits : IMap<double, int, double>
    {
        public static double Invoke(double x, int digits)
        {
            if (!double.IsFinite(x) || digits > 15)
            {
                return x;
            }

            if (digits >= 0)
            {
                return Math.Round(x, digits, MidpointRounding.ToZero);
            }

            var power = Math.Pow(10, -digits);
            return double.IsInfinity(power) ? 0 : Math.Truncate(x / power) * power;
        }
    }

    private static double Outside(string function, double x, string allowed) =>
        Throw.Error<double>(
            ErrorCode.InvalidArgument,
            $"{function}({x:R}) does not exist: the argument must be {allowed}"
        );
}
