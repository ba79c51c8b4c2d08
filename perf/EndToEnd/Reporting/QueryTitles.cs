namespace TickStore.EndToEnd.Reporting;

/// <summary>The queries in their order, with a few words each; Queries/README.md has the whole questions.</summary>
internal static class QueryTitles
{
    private static readonly (string Id, string Title)[] Titles =
    [
        ("Q1", "bars, one symbol, a day"),
        ("Q2", "bars, all symbols, a day"),
        ("Q3", "bars, all symbols, all days"),
        ("Q4", "vwap per symbol"),
        ("Q5", "latest trade as of T"),
        ("Q6", "asof join, one symbol"),
        ("Q7", "asof join, all symbols, a day"),
        ("Q8", "filtered scan"),
        ("Q9", "moving window over closes"),
        ("Q10", "top ten by turnover"),
        ("Q11a", "distinct symbols"),
        ("Q11b", "exact quantiles"),
        ("Q11c", "approximate quantiles"),
        ("Q12", "a day to the client, by time"),
        ("Q13", "one symbol, one second"),
        ("Q14", "last book as of T"),
        ("Q15", "ten-level imbalance"),
    ];

    /// <summary>The title of a query by its number ("Q11a"), or null.</summary>
    public static string? Find(string id)
    {
        var index = Array.FindIndex(Titles, t => t.Id == id);
        return index < 0 ? null : Titles[index].Title;
    }

    public static bool IsQuery(string metric) => OrderOf(metric) < Titles.Length;

    /// <summary>The place of a metric (<c>query.Q11a</c>) among the queries; one that is no query comes after them.</summary>
    public static int OrderOf(string metric)
    {
        var id = metric[(metric.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var index = metric.StartsWith("query", StringComparison.Ordinal)
            ? Array.FindIndex(Titles, t => t.Id == id)
            : -1;
        return index < 0 ? Titles.Length : index;
    }
}
