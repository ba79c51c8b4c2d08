namespace TickStore.EndToEnd.Reporting;

/// <summary>A figure that is missing, and why; tables say it where the figure would stand.</summary>
/// <param name="Metric">The metric, or a prefix of metrics; empty where the engine took no part in the run at all.</param>
/// <param name="Engine">One of <see cref="EngineNames"/>.</param>
/// <param name="Reason">Half a sentence that continues "left out, because".</param>
internal sealed record LeftOut(string Metric, string Engine, string Reason);
