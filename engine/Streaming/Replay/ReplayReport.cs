namespace TickStore.Streaming;

/// <summary>What a replay did, measured.</summary>
/// <param name="Rows">Rows handed to the callback.</param>
/// <param name="Seconds">Wall time from the first block to the end.</param>
/// <param name="LagMicrosP50">Median lateness of a row against its schedule; 0 where nothing is scheduled (max, step).</param>
/// <param name="LagMicrosP999">99.9th percentile of the same.</param>
/// <param name="RunHash">SHA-256 of the rows in lower-case hex (docs/format/run-hash.md); empty where switched off.</param>
public sealed record ReplayReport(long Rows, double Seconds, double LagMicrosP50, double LagMicrosP999, string RunHash);
