using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>A table or view that a circuit reads.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What is taken of it.</param>
public sealed record CircuitInput(string Name, CircuitInputKind Kind);

/// <summary>What a circuit takes of an input.</summary>
public enum CircuitInputKind
{
    /// <summary>Rows of a table, and its watermark.</summary>
    Table,

    /// <summary>Changes of a view.</summary>
    View,

    /// <summary>The watermark of a table whose rows come by way of a view.</summary>
    Watermark,
}

/// <summary>Finds what a plan reads.</summary>
internal static class CircuitInputs
{
    /// <summary>The inputs in the order of their first appearance, those of which only the watermark is taken last.</summary>
    public static IReadOnlyList<CircuitInput> Of(PlanNode plan)
    {
        var found = new List<CircuitInput>();
        Collect(plan, found);
        var watermarks = new List<string>();
        CollectWatermarks(plan, watermarks);
        foreach (var name in watermarks)
        {
            Add(found, name, CircuitInputKind.Watermark);
        }

        return found;
    }

    private static void Collect(PlanNode node, List<CircuitInput> found)
    {
        switch (node)
        {
            case ScanNode scan:
                Add(found, scan.Source.Schema.Name, CircuitInputKind.Table);
                break;
            case KeyedScanNode keyed:
                Add(found, keyed.Source.Name, CircuitInputKind.View);
                break;
            default:
                foreach (var input in node.Inputs)
                {
                    Collect(input, found);
                }

                break;
        }
    }

    private static void Add(List<CircuitInput> found, string name, CircuitInputKind kind)
    {
        if (!found.Exists(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            found.Add(new CircuitInput(name, kind));
        }
    }

    private static void CollectWatermarks(PlanNode node, List<string> names)
    {
        switch (node)
        {
            case FilterNode filter:
                CollectWatermarks(filter.Predicate, names);
                break;
            case ProjectNode project:
                foreach (var expression in project.Expressions)
                {
                    CollectWatermarks(expression, names);
                }

                break;
            default:
                break;
        }

        foreach (var input in node.Inputs)
        {
            CollectWatermarks(input, names);
        }
    }

    private static void CollectWatermarks(BoundExpression expression, List<string> names)
    {
        if (expression is WatermarkExpression watermark)
        {
            names.Add(watermark.Table);
        }

        foreach (var child in BoundChildren.Of(expression))
        {
            CollectWatermarks(child, names);
        }
    }
}
