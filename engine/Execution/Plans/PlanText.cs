using System.Text;

namespace TickStore.Execution;

/// <summary>A plan as EXPLAIN shows it: a line a node, inputs indented below.</summary>
public static class PlanText
{
    /// <summary>Writes the tree under <paramref name="plan"/>.</summary>
    /// <param name="plan">The root.</param>
    /// <param name="annotate">More to say of a node, such as measured rows and time; null for nothing.</param>
    public static string Write(PlanNode plan, Func<PlanNode, string?>? annotate = null)
    {
        var text = new StringBuilder();
        Append(text, plan, annotate, depth: 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, PlanNode node, Func<PlanNode, string?>? annotate, int depth)
    {
        text.Append(' ', depth * 2).Append(node.Name);
        if (node.Details.Length > 0)
        {
            text.Append(": ").Append(node.Details);
        }

        if (annotate?.Invoke(node) is { Length: > 0 } note)
        {
            text.Append("  [").Append(note).Append(']');
        }

        text.Append('\n');
        foreach (var input in node.Inputs)
        {
            Append(text, input, annotate, depth + 1);
        }
    }
}
