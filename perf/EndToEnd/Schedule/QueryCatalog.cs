using TickStore.EndToEnd.Reporting;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Schedule;

/// <summary>The queries and the tables that each needs; Queries/README.md says what they ask.</summary>
internal static class QueryCatalog
{
    /// <summary>A statement that reads no table, to have an engine ready before a cold query.</summary>
    public const string Trivial = "Q0";

    /// <summary>The query whose answer is every row of the day, given to the client in time order.</summary>
    public const string Delivery = "Q12";

    private static readonly string[] Trades = ["trades"];
    private static readonly string[] TradesAndQuotes = ["trades", "quotes"];
    private static readonly string[] Snapshots = ["snapshots"];

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<(string Id, string[] Tables)> All { get; } =
    [
        ("Q1", Trades),
        ("Q2", Trades),
        ("Q3", Trades),
        ("Q4", Trades),
        ("Q5", Trades),
        ("Q6", TradesAndQuotes),
        ("Q7", TradesAndQuotes),
        ("Q8", Trades),
        ("Q9", Trades),
        ("Q10", Trades),
        ("Q11a", Trades),
        ("Q11b", Trades),
        ("Q11c", Trades),
        ("Q12", Trades),
        ("Q13", Trades),
        ("Q14", Snapshots),
        ("Q15", Snapshots),
    ];

    // Each asks for a first, a last or a latest row, or for rows by time.
    private static readonly string[] OrderedByTime = ["Q1", "Q2", "Q3", "Q5", "Q6", "Q7", "Q9", "Q13"];

    /// <summary>
    /// False where rows of the market have equal time stamps and the answer depends on which of them comes first: TickStore keeps their
    /// order of arrival, and others do not say.
    /// </summary>
    public static bool HasOneAnswer(RunPlan plan, string id) =>
        plan.Profile.Market.StampNanos == MarketProfile.NanosecondStamps || !OrderedByTime.Contains(id);

    /// <summary>True where a warm figure of the query is wanted.</summary>
    public static bool WantsWarm(Report report, string id) =>
        report.WantsFigure($"query.{id}")
        || report.WantsFigure("memory.queries")
        || (id == Delivery && report.WantsFigure(DeliveryMetric));

    /// <summary>True where any figure of the query is wanted.</summary>
    public static bool Wants(Report report, string id) =>
        WantsWarm(report, id) || report.WantsFigure($"query_cold.{id}");

    /// <summary>Q12 as rows a second.</summary>
    public const string DeliveryMetric = "replay.trades.day";
}
