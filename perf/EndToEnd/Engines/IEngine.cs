using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Engines;

/// <summary>
/// One engine under test. It lives in a worker process of its own, keeps everything below the folder it is given, and may use two
/// threads. Opening an engine on a folder that an earlier one filled finds the tables there.
/// </summary>
internal interface IEngine : IDisposable
{
    /// <summary>Product and version, for the results: "DuckDB v1.5.6".</summary>
    string Version { get; }

    /// <summary>
    /// Makes the workload's table and writes all rows by the fastest honest way this engine has, until they are durable and in
    /// the form in which they stay (compressed, merged, checkpointed). Indexes come by <see cref="CreateIndexes"/>. A table of
    /// that name which exists goes first.
    /// </summary>
    /// <returns>Seconds that it took.</returns>
    double LoadBulk(Workload workload);

    /// <summary>
    /// Makes the workload's table and writes the first rows, each commit durable (fsync) before the next begins. A table of that name
    /// which exists goes first.
    /// </summary>
    /// <returns>Seconds that it took; each commit's time is added to <paramref name="commits"/>.</returns>
    double LoadDurable(Workload workload, int rowCount, int commitRows, Latencies commits);

    /// <summary>Indexes and statistics that a sensible owner of this engine would make for the queries; often none.</summary>
    /// <returns>Seconds that it took, or null where the engine needs none.</returns>
    double? CreateIndexes(Workload workload);

    /// <summary>The checksum of what the table holds, computed by the engine itself.</summary>
    RowChecksum Checksum(Workload workload);

    /// <summary>
    /// What the table takes on disk, in the form that the queries read: "total" always, "with_index" and "column.NAME" where the engine
    /// can tell, and all files that the load left ("folder"). Another, smaller form of the same rows has a name of its own.
    /// </summary>
    IReadOnlyList<EngineSize> Sizes(Workload workload);

    /// <summary>
    /// Runs one of the queries Q1 to Q15 (see Queries/README.md), fetches all its rows, and gives them. The whole call is timed.
    /// </summary>
    /// <returns>Rows of long, decimal, double or string values; null where this engine cannot answer the query.</returns>
    /// <exception cref="TimeoutException">It took longer than <paramref name="timeout"/> and was stopped.</exception>
    object[][]? Query(string id, QueryParameters parameters, TimeSpan timeout);
}

/// <summary>Bytes on disk of a table or a part of it.</summary>
/// <param name="Part">"total", "with_index", "column.NAME", or a part that only this engine has.</param>
/// <param name="Bytes">Bytes.</param>
/// <param name="Form">The name in the results of another form of the rows, "parquet" say; null for the engine's own.</param>
internal readonly record struct EngineSize(string Part, long Bytes, string? Form = null);
