namespace TickStore.EndToEnd.Reporting;

/// <summary>A block of the table: metrics that are read together.</summary>
/// <param name="Title">What stands above the block.</param>
/// <param name="Prefix">What the metrics' names begin with; left away in the block.</param>
/// <param name="Part">What the names must contain besides, or empty.</param>
internal sealed record MetricGroup(string Title, string Prefix, string Part = "")
{
    public static readonly MetricGroup Ingest = new("ingest", "ingest.");
    public static readonly MetricGroup Indexes = new("indexes, built after the load", "ingest.index.");
    public static readonly MetricGroup Commits = new("commit times", "commit_");
    public static readonly MetricGroup Columns = new("bytes a row, by column", "bytes.", ".column");
    public static readonly MetricGroup Tables = new("bytes a row, whole tables", "bytes.");
    public static readonly MetricGroup Queries = new("queries, warm", "query.");
    public static readonly MetricGroup ColdQueries = new("queries, cold", "query_cold.");
    public static readonly MetricGroup Replay = new("replay in time order", "replay.");
    public static readonly MetricGroup Memory = new("peak memory", "memory.");
    public static readonly MetricGroup Latency = new("latency from the intended time", "latency.");
    public static readonly MetricGroup Rest = new("TickStore's own", "");

    /// <summary>All of them in the table's order. A metric belongs to one: see <see cref="Of"/>.</summary>
    public static readonly MetricGroup[] All =
    [
        Ingest,
        Indexes,
        Commits,
        Tables,
        Columns,
        Queries,
        ColdQueries,
        Replay,
        Memory,
        Latency,
        Rest,
    ];

    // The narrowest first: a column's bytes are no table's bytes, and what fits nowhere else is the rest.
    private static readonly MetricGroup[] ByNarrowness =
    [
        Columns,
        Tables,
        Indexes,
        Ingest,
        Commits,
        Queries,
        ColdQueries,
        Replay,
        Memory,
        Latency,
        Rest,
    ];

    /// <summary>The group of a metric.</summary>
    public static MetricGroup Of(string metric) => Array.Find(ByNarrowness, g => g.Matches(metric))!;

    public bool Contains(string metric) => ReferenceEquals(Of(metric), this);

    /// <summary>How a metric is called inside its block.</summary>
    public string LabelOf(string metric)
    {
        var label = metric[Prefix.Length..];
        return QueryTitles.Find(label) is { } title
            ? $"{label, -4} {title}"
            : label.Replace(".column.", ".", StringComparison.Ordinal);
    }

    private bool Matches(string metric) =>
        metric.StartsWith(Prefix, StringComparison.Ordinal) && metric.Contains(Part, StringComparison.Ordinal);
}
