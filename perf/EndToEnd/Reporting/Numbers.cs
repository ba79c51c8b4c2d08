namespace TickStore.EndToEnd.Reporting;

/// <summary>Figures as people read them: three or four digits that count.</summary>
internal static class Numbers
{
    /// <summary>In full: "2,812,345", "412.1", "6.79", "0.018".</summary>
    public static string Plain(double value) =>
        value switch
        {
            >= 1000 => value.ToString("N0"),
            >= 100 => value.ToString("F1"),
            >= 1 => value.ToString("F2"),
            _ => value.ToString("F3"),
        };

    /// <summary>Short, for plots: "2.81 M", "412", "6.8", "0.018".</summary>
    public static string Short(double value) =>
        value switch
        {
            >= 1e6 => Digits(value / 1e6) + " M",
            >= 1e4 => Digits(value / 1e3) + " k",
            >= 1e3 => value.ToString("N0"),
            _ => Digits(value),
        };

    /// <summary>A ratio: "12.3x".</summary>
    public static string Ratio(double ratio) => ratio >= 100 ? $"{ratio:N0}x" : $"{ratio:F2}x";

    private static string Digits(double value) =>
        value switch
        {
            >= 100 => value.ToString("F0"),
            >= 10 => value.ToString("0.#"),
            >= 1 => value.ToString("0.##"),
            _ => value.ToString("0.###"),
        };
}
