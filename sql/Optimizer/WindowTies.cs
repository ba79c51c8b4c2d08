using TickStore.Execution;

namespace TickStore.Sql.Optimizer;

/// <summary>
/// Takes the tie-break out of windows that a clustered scan feeds in order: its rows come by time and <c>_seq</c> within each symbol, so
/// nothing is left to be told apart, and <c>_seq</c> need not be read.
/// </summary>
internal static class WindowTies
{
    public static PlanNode Run(PlanNode node)
    {
        if (node.Inputs.Count == 0)
            return node;
        node = node.WithInputs([.. node.Inputs.Select(Run)]);
        if (node is not WindowNode { TieBreak.Count: > 0 } window)
            return node;
        var clustered = ScanOrders.Ordered(window.Inputs[0], Core.ScanOrder.Clustered);
        return WindowNode.IsInOrder(clustered, window.PartitionBy, window.OrderBy, window.TieBreak)
            ? new WindowNode(window.Inputs[0], window.PartitionBy, window.OrderBy, window.Calls, window.Names)
            : window;
    }
}
