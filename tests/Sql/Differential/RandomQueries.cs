namespace TickStore.Tests.Sql.Differential;

/// <summary>Makes queries over the peers' table by chance, from a seed: filters, groups, and windows in random combination.</summary>
internal sealed class RandomQueries(int seed)
{
    private static readonly string[] Conditions =
    [
        "qty > {0}",
        "qty <= {0}",
        "qty <> {0}",
        "px < 9500.25 + {0}",
        "px >= 10{0}.5",
        "w > {0} - 250",
        "w IS NULL",
        "side = 'buy'",
        "side IS NOT NULL",
        "sym = 'AAA'",
        "sym IN ('BBB', 'DDD')",
        "sym <> 'CCC'",
        "sym LIKE 'A%'",
        "flag",
        "NOT flag",
        "qty IN ({0}, 7, 8, 9)",
        "id % 5 = 2",
        "qty BETWEEN {0} AND 400",
        "coalesce(qty, 0) < {0}",
        "qty + id > {0}",
        "px IS NULL",
        "ts >= '2023-02-01 09:45:00'",
        "ts < TIMESTAMP '2023-02-01 09:50:00'",
        "qty = 50 OR qty = {0}",
        "sym = 'AAA' OR sym = 'BBB'",
    ];

    private static readonly string[] Keys =
    [
        "sym",
        "side",
        "flag",
        "qty % 7",
        "time_bucket(INTERVAL '2 minutes', ts)",
        "sym || '.'",
        "CASE WHEN w > 0 THEN 1 ELSE 0 END",
    ];

    private static readonly string[] Aggregates =
    [
        "count(*)",
        "count(qty)",
        "sum(qty)",
        "min(px)",
        "max(px)",
        "sum(px)",
        "min(ts)",
        "max(w)",
        "sum(w)",
        "count(DISTINCT sym)",
        "avg(w)",
        "sum(qty) FILTER (WHERE flag)",
        "sum(CASE WHEN side = 'buy' THEN qty ELSE -qty END)",
        "max(side)",
        "bool_or(flag)",
        "min(sym)",
    ];

    private static readonly string[] Windows =
    [
        "row_number() OVER (PARTITION BY sym ORDER BY ts)",
        "sum(qty) OVER (PARTITION BY sym ORDER BY ts ROWS 4 PRECEDING)",
        "lag(px) OVER (ORDER BY ts)",
        "max(w) OVER (PARTITION BY side ORDER BY ts)",
        "count(*) OVER (PARTITION BY flag)",
        "min(qty) OVER (PARTITION BY sym ORDER BY ts DESC ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING)",
    ];

    private readonly Random random = new(seed);

    public string Next()
    {
        var from = random.Next(4) == 0 ? $"(SELECT * FROM t WHERE {Condition()}) t" : "t";
        var where =
            $"WHERE {string.Join(random.Next(4) == 0 ? " OR " : " AND ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Condition()))}";
        if (random.Next(3) == 0)
            return $"SELECT id, {Pick(Windows)}, px * 2 AS twice FROM {from} {where}";
        var keys = Keys.OrderBy(_ => random.Next()).Take(random.Next(0, 3)).ToArray();
        var aggregates = Aggregates.OrderBy(_ => random.Next()).Take(random.Next(1, 5)).ToArray();
        var group = keys.Length == 0 ? "" : $" GROUP BY {string.Join(", ", keys)}";
        var having = keys.Length > 0 && random.Next(3) == 0 ? $" HAVING count(*) > {random.Next(40)}" : "";
        return $"SELECT {string.Join(", ", keys.Concat(aggregates))} FROM {from} {where}{group}{having}";
    }

    private string Condition() =>
        "("
        + string.Format(System.Globalization.CultureInfo.InvariantCulture, Pick(Conditions), random.Next(100, 500))
        + ")";

    private string Pick(string[] choices) => choices[random.Next(choices.Length)];
}
