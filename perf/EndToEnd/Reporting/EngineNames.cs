namespace TickStore.EndToEnd.Reporting;

/// <summary>The names that engines have in results, in the order in which tables and plots show them.</summary>
internal static class EngineNames
{
    public const string TickStore = "tickstore";
    public const string DuckDb = "duckdb";
    public const string DuckDbSorted = "duckdb-sorted";
    public const string ClickHouse = "clickhouse";
    public const string Postgres = "postgresql";
    public const string Sqlite = "sqlite";

    /// <summary>ClickHouse's rows in its best codecs and zstd, a form that no query is asked of; it has figures of size.</summary>
    public const string ClickHouseZstd = "clickhouse-zstd";

    /// <summary>A file format and no engine; it has figures of size.</summary>
    public const string Parquet = "parquet";

    /// <summary>All of them; TickStore first, then the peers.</summary>
    public static readonly string[] All =
    [
        TickStore,
        DuckDb,
        DuckDbSorted,
        ClickHouse,
        Postgres,
        Sqlite,
        ClickHouseZstd,
        Parquet,
    ];

    /// <summary>All but TickStore.</summary>
    public static readonly string[] Peers = All[1..];

    /// <summary>The place of an engine in a table; one that is not known comes last.</summary>
    public static int OrderOf(string engine)
    {
        var index = Array.IndexOf(All, engine);
        return index < 0 ? All.Length : index;
    }
}
