using TickStore.Core;

namespace TickStore.Tests.Streaming.Law;

/// <summary>One row of the market: which table, and its values as the table's types hold them (text for symbols).</summary>
internal readonly record struct LawRow(int Table, object?[] Values);

/// <summary>
/// A small market with everything that is awkward about real ones, in one fixed order of rows: few symbols, many equal times, rows out of
/// order within the lateness and beyond it (minutes, a day), exact duplicates, NULLs, NaN and other ugly doubles, lunch breaks, nights, a
/// weekend; tables that change seldom beside those that change always. The same seed gives the same rows.
/// </summary>
internal sealed class LawMarket
{
    /// <summary>Statements that make the tables.</summary>
    public const string Tables = """
        CREATE TABLE trades (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, px DECIMAL(18,4), qty BIGINT, x DOUBLE, side SYMBOL,
            note VARCHAR, ord BIGINT) EVENT TIME ts LATENESS INTERVAL '2 seconds' CLUSTER BY (sym);
        CREATE TABLE quotes (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, bid DECIMAL(18,4), ask DECIMAL(18,4), bsz BIGINT, asz BIGINT)
            EVENT TIME ts LATENESS INTERVAL '2 seconds' CLUSTER BY (sym);
        CREATE TABLE orders (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, id BIGINT, lots INT)
            EVENT TIME ts LATENESS INTERVAL '1 second' CLUSTER BY (sym);
        CREATE TABLE dim (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, sector SYMBOL, w DOUBLE, lot INT) EVENT TIME ts CLUSTER BY (sym);
        CREATE TABLE members (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, w DECIMAL(18,4)) EVENT TIME ts CLUSTER BY (sym);
        CREATE TABLE divisors (ts TIMESTAMP NOT NULL, divisor DECIMAL(18,4)) EVENT TIME ts;
        """;

    /// <summary>Names of the tables; <see cref="LawRow.Table"/> is an index in here.</summary>
    public static readonly string[] Names = ["trades", "quotes", "orders", "dim", "members", "divisors"];

    private const long Second = 1_000_000_000;
    private const long Minute = 60 * Second;

    // 2023-02-01 09:30 in Shanghai, a Wednesday; then Thursday, Friday, and the Monday after.
    private const long FirstOpen = 1_675_215_000 * Second;
    private static readonly int[] Days = [0, 1, 2, 5];
    private static readonly string[] Symbols = ["600000", "600519", "AAA", "ZZ", "UGLY"];

    private static readonly double[] UglyValues =
    [
        -0.0,
        0.1,
        0.30000000000000004,
        1e16,
        -1e16,
        double.Epsilon,
        -double.Epsilon,
        1e-308,
        9007199254740993.0,
        3.14159,
    ];

    private readonly Random random;
    private readonly long[] prices = [105_000, 18_550_000, 10_000, 99, 1_234_567];
    private readonly List<(long Id, int Symbol)> openOrders = [];
    private long clock;
    private long orderId;

    private LawMarket(int seed) => random = new Random(seed);

    /// <summary>All rows, in the order of their <c>_seq</c>.</summary>
    public List<LawRow> Rows { get; } = [];

    /// <summary>Makes a market.</summary>
    public static LawMarket Make(int seed, int rowCount)
    {
        var market = new LawMarket(seed);
        market.Open();
        var sessions = Days.Length * 2;
        for (var session = 0; session < sessions; session++)
        {
            // Morning and afternoon, each two hours; a gap stands between them.
            market.clock = FirstOpen + (Days[session / 2] * 24 * 60 * Minute) + (session % 2 * 210 * Minute);
            market.Trade(rowCount * (session + 1) / sessions);
        }

        return market;
    }

    // What indices and lookups refer to is partly there before the first tick, and partly not.
    private void Open()
    {
        for (var symbol = 0; symbol < 4; symbol++)
        {
            Add(3, FirstOpen - (10 * Minute), symbol, Sector(), 0.1 * symbol, random.Next(1, 100));
            Add(4, FirstOpen - (10 * Minute), symbol, (long)random.Next(1, 50_000));
        }

        Rows.Add(new LawRow(5, [FirstOpen - (10 * Minute), 1_000_000L]));
    }

    private void Trade(int until)
    {
        while (Rows.Count < until)
        {
            var table = random.Next(100) switch
            {
                < 45 => 0,
                < 80 => 1,
                < 95 => 2,
                < 97 => 3,
                < 99 => 4,
                _ => 5,
            };
            for (var run = random.Next(1, table < 3 ? 6 : 2); run > 0 && Rows.Count < until; run--)
            {
                clock += Step();
                AddTo(table);
                if (random.Next(40) == 0)
                {
                    // An exact duplicate, perhaps of a row far back.
                    var of = random.Next(4) == 0 ? random.Next(Rows.Count) : Rows.Count - 1;
                    Rows.Add(Rows[of]);
                }
            }
        }
    }

    private long Step() =>
        random.Next(100) switch
        {
            < 45 => 0,
            < 70 => random.Next(1, 500) * 1_000_000L,
            < 92 => random.Next(1, 6) * Second,
            < 99 => random.Next(1, 120) * Second,
            _ => random.Next(3, 9) * Minute,
        };

    private long Time() =>
        random.Next(1000) switch
        {
            < 700 => clock,
            < 950 => clock - random.Next(0, 1_900) * 1_000_000L,
            < 985 => clock - random.Next(3, 120) * Second,
            < 997 => clock - random.Next(2, 60) * Minute,
            _ => clock - 24 * 60 * Minute,
        };

    private void AddTo(int table)
    {
        var symbol = random.Next(10) switch
        {
            < 4 => 0,
            < 7 => 1,
            < 8 => 2,
            < 9 => 3,
            _ => 4,
        };
        prices[symbol] = Math.Max(1, prices[symbol] + random.Next(-300, 301));
        var price = prices[symbol];
        switch (table)
        {
            case 0:
                Add(
                    0,
                    Time(),
                    symbol,
                    Rarely(40) ? null : price,
                    Rarely(30) ? null : (long)random.Next(-2, 1000),
                    Rarely(25) ? null : Ugly(symbol),
                    Rarely(20) ? null
                        : random.Next(2) == 0 ? "B"
                        : "S",
                    Rarely(10) ? null
                        : Rarely(10) ? string.Empty
                        : "n" + random.Next(20),
                    openOrders.Count > 0 && !Rarely(5) ? openOrders[random.Next(openOrders.Count)].Id : null
                );
                break;
            case 1:
                Add(
                    1,
                    Time(),
                    symbol,
                    Rarely(60) ? null : price - random.Next(0, 50),
                    Rarely(60) ? null : price + random.Next(-5, 50),
                    (long)random.Next(0, 500),
                    Rarely(50) ? null : (long)random.Next(0, 500)
                );
                break;
            case 2:
                // Ids repeat now and then, and trades name recent ones.
                openOrders.Add((Rarely(20) ? orderId : ++orderId, symbol));
                if (openOrders.Count > 12)
                {
                    openOrders.RemoveAt(0);
                }

                Add(2, Time(), symbol, Rarely(30) ? null : openOrders[^1].Id, random.Next(1, 40));
                break;
            case 3:
                Add(3, Time(), symbol, Sector(), Ugly(0), Rarely(10) ? null : random.Next(1, 100));
                break;
            case 4:
                Add(4, Time(), symbol, Rarely(4) ? 0L : (long)random.Next(1, 50_000));
                break;
            default:
                Rows.Add(new LawRow(5, [Time(), (long)random.Next(900_000, 1_100_000)]));
                break;
        }
    }

    private void Add(int table, long time, int symbol, params object?[] rest) =>
        Rows.Add(new LawRow(table, [time, Symbols[symbol], .. rest]));

    private bool Rarely(int oneIn) => random.Next(oneIn) == 0;

    private string? Sector() => Rarely(8) ? null : "sector" + random.Next(3);

    private double Ugly(int symbol) =>
        symbol == 4 && Rarely(12)
            ? random.Next(3) switch
            {
                0 => double.NaN,
                1 => double.PositiveInfinity,
                _ => double.NegativeInfinity,
            }
        : random.Next(3) == 0 ? UglyValues[random.Next(UglyValues.Length)]
        : random.NextDouble() * 100;
}
