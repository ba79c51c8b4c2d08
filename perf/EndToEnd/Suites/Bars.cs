using System.Globalization;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Peers;
using TickStore.EndToEnd.Reporting;
using TickStore.Sql;

namespace TickStore.EndToEnd.Suites;

/// <summary>
/// One-minute bars by SQL: of the busiest symbol, and of all. What is timed sums the bars up, so that no engine's client is measured,
/// and the sums are what is compared.
/// </summary>
internal sealed class Bars(Report report)
{
    private const string Sums = "SELECT count(*), sum(open), sum(high), sum(low), sum(close), sum(volume) FROM";
    private readonly Dictionary<string, decimal[]> answers = [];

    private static readonly (string Variant, string Condition)[] Variants =
    [
        ("one_symbol", " WHERE sym = '600000'"),
        ("all_symbols", string.Empty),
    ];

    public void TickStore(TickDatabase database, Workload workload)
    {
        foreach (var (variant, condition) in Variants)
        {
            Report.Progress($"tickstore: bars of {variant}");
            var sql =
                $"{Sums} (SELECT sym, ohlcv(px, qty).* FROM {workload.Name}{condition} SAMPLE BY 1m GROUP BY sym) bars";
            var seconds = Timing.MedianSeconds(() =>
            {
                using var result = database.Query(sql);
                var sums = result.ToTextRows()[0];
                answers[variant] =
                [
                    .. sums.Select(t => decimal.Parse(t!, NumberStyles.Float, CultureInfo.InvariantCulture)),
                ];
            });
            report.Add($"bars.{workload.Name}.{variant}", Measurement.TickStore, seconds * 1000, "ms");
        }
    }

    public void Peer(DuckDbPeer peer, Workload workload)
    {
        foreach (var (engine, table) in peer.Layouts(workload))
        {
            foreach (var (variant, condition) in Variants)
            {
                Report.Progress($"{engine}: bars of {variant}");
                var sql =
                    $"{Sums} (SELECT sym, ts // 60000000000 AS bar, arg_min(px, ts) AS open, max(px) AS high, min(px) AS low, "
                    + $"arg_max(px, ts) AS close, sum(qty) AS volume, sum(px * qty) AS turnover FROM {table}{condition} GROUP BY ALL)";
                decimal[] found = [];
                var seconds = Timing.MedianSeconds(() => found = peer.Decimals(sql));
                if (answers.TryGetValue(variant, out var expected) && !found.SequenceEqual(expected))
                {
                    throw new InvalidDataException(
                        $"Bars of {variant} in {engine}: {string.Join(", ", found)} instead of {string.Join(", ", expected)}"
                    );
                }

                report.Add($"bars.{workload.Name}.{variant}", engine, seconds * 1000, "ms");
            }
        }
    }
}
