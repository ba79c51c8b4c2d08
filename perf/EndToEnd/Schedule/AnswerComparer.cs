using System.Globalization;

namespace TickStore.EndToEnd.Schedule;

/// <summary>
/// Compares answers: whole numbers and decimals exactly, floating point to one part in 10^9, approximate quantiles to one part in 20.
/// </summary>
internal static class AnswerComparer
{
    private const double Exact = 1e-9;
    private const double Approximate = 0.05;

    /// <summary>Where two answers differ, in a sentence; null where they do not.</summary>
    /// <param name="query">The query, for what it allows.</param>
    /// <param name="expected">The one answer.</param>
    /// <param name="found">The other.</param>
    public static string? Difference(string query, object[][] expected, object[][] found)
    {
        for (var row = 0; row < Math.Min(expected.Length, found.Length); row++)
        {
            if (expected[row].Length != found[row].Length)
            {
                return $"{found[row].Length} columns instead of {expected[row].Length}";
            }

            for (var column = 0; column < expected[row].Length; column++)
            {
                if (!AreEqual(expected[row][column], found[row][column], query == "Q11c" ? Approximate : Exact))
                {
                    return $"row {row + 1}, column {column + 1}: {Show(found[row][column])} instead of "
                        + $"{Show(expected[row][column])}; whole rows: {Show(found[row])} and {Show(expected[row])}";
                }
            }
        }

        return expected.Length == found.Length ? null : $"{found.Length} rows instead of {expected.Length}";
    }

    private static bool AreEqual(object a, object b, double tolerance)
    {
        if (a is string || b is string)
        {
            return a.Equals(b);
        }

        // Sums are whole numbers in one engine and decimals in another: the value counts.
        return a is double || b is double
            ? AreClose(Convert.ToDouble(a), Convert.ToDouble(b), tolerance)
            : Convert.ToDecimal(a) == Convert.ToDecimal(b);
    }

    private static bool AreClose(double a, double b, double tolerance) =>
        a.Equals(b)
        || (
            double.IsFinite(a)
            && double.IsFinite(b)
            && Math.Abs(a - b) <= tolerance * Math.Max(Math.Abs(a), Math.Abs(b))
        );

    private static string Show(object[] row) => $"({string.Join(", ", row.Select(Show))})";

    private static string Show(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
