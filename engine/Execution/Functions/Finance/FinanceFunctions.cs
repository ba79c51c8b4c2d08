using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Functions of the market.</summary>
internal static class FinanceFunctions
{
    /// <summary>The family's table.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Define.Scalar(
            "mid",
            "mid(9.99, 10.01)",
            "The middle of bid and ask, as DOUBLE; NULL where a side is missing.",
            types =>
                types.All(t => t is null or { IsNumeric: true })
                    ? Define.Choose(
                        [new(Rows.Map<Mid, double, double, double>, DataType.Double, DataType.Double, DataType.Double)],
                        types
                    )
                    : null,
            canFail: false
        ),
    ];

    private readonly struct Mid : IMap<double, double, double>
    {
        public static double Invoke(double bid, double ask) => (bid + ask) / 2;
    }
}
