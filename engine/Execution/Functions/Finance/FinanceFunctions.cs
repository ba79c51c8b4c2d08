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
        Define.Scalar(
            "microprice",
            "microprice(9.99, 300, 10.01, 100)",
            "Of (bid, bid_size, ask, ask_size): (bid * ask_size + ask * bid_size) / (bid_size + ask_size), as DOUBLE; NULL "
                + "where a side is missing or both sizes are 0.",
            types => types.All(t => t is null or { IsNumeric: true }) ? Define.Choose([FourDoubles], types) : null,
            canFail: false
        ),
    ];

    private static Signature FourDoubles =>
        new(MicroPrice, DataType.Double, DataType.Double, DataType.Double, DataType.Double, DataType.Double);

    private static void MicroPrice(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        var bids = arguments[0].Values<double>()[..rowCount];
        var bidSizes = arguments[1].Values<double>()[..rowCount];
        var asks = arguments[2].Values<double>()[..rowCount];
        var askSizes = arguments[3].Values<double>()[..rowCount];
        var target = result.Writable<double>()[..rowCount];
        for (var i = 0; i < target.Length; i++)
        {
            var size = bidSizes[i] + askSizes[i];
            target[i] = ((bids[i] * askSizes[i]) + (asks[i] * bidSizes[i])) / size;
            if (size == 0)
            {
                result.WritableValidity()[i] = 0;
            }
        }

        result.SetRowCount(rowCount);
    }

    private readonly struct Mid : IMap<double, double, double>
    {
        public static double Invoke(double bid, double ask) => (bid + ask) / 2;
    }
}
