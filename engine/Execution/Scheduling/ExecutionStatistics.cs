using System.Collections.Concurrent;
using System.Diagnostics;

namespace TickStore.Execution;

/// <summary>
/// What EXPLAIN ANALYZE shows: rows and time of each node. Filled while the query runs; thread-safe. Costs two clock
/// readings and two atomic adds per batch and node, and nothing at all for queries that do not ask for it.
/// </summary>
public sealed class ExecutionStatistics
{
    private readonly ConcurrentDictionary<PlanNode, NodeStatistics> nodes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Rows that <paramref name="node"/> has yielded so far; 0 for a node that did not run.</summary>
    public long RowsOf(PlanNode node) => nodes.TryGetValue(node, out var found) ? found.Rows : 0;

    /// <summary>
    /// Time spent in <paramref name="node"/> and everything below it, summed over threads (so that it may exceed the
    /// query's own duration).
    /// </summary>
    public TimeSpan TotalTimeOf(PlanNode node) => Stopwatch.GetElapsedTime(0, TotalTicks(node));

    /// <summary>Time spent in <paramref name="node"/> alone, summed over threads.</summary>
    public TimeSpan SelfTimeOf(PlanNode node) =>
        Stopwatch.GetElapsedTime(0, Math.Max(0, TotalTicks(node) - node.Inputs.Sum(TotalTicks)));

    /// <summary>Rows and own time as one note, for <see cref="PlanText.Write"/>.</summary>
    public string Annotate(PlanNode node) => $"{RowsOf(node):N0} rows, {SelfTimeOf(node).TotalMilliseconds:N3} ms";

    internal NodeStatistics Of(PlanNode node) => nodes.GetOrAdd(node, static _ => new NodeStatistics());

    // A node that blocks reads its inputs inside its own Prepare, and a node that streams inside its own Next: in both
    // cases what the inputs took is part of the node's own figure.
    private long TotalTicks(PlanNode node) =>
        nodes.TryGetValue(node, out var found)
            ? Math.Max(found.Ticks, node.Inputs.Sum(TotalTicks))
            : node.Inputs.Sum(TotalTicks);
}

/// <summary>Counters of one node.</summary>
internal sealed class NodeStatistics
{
    private long rows;
    private long ticks;

    public long Rows => Volatile.Read(ref rows);

    public long Ticks => Volatile.Read(ref ticks);

    public void AddRows(long count) => Interlocked.Add(ref rows, count);

    public void AddTime(long elapsedTicks) => Interlocked.Add(ref ticks, elapsedTicks);
}
