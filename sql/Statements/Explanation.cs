using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Statements;

/// <summary>A plan as lines of text: a line a node, what each scan will read below it, and what was measured.</summary>
internal sealed class Explanation(BlockPool pool, ExecutionStatistics? statistics)
{
    public IReadOnlyList<string> Write(PlanNode plan)
    {
        var lines = new List<string>();
        Append(lines, plan, depth: 0);
        return lines;
    }

    private void Append(List<string> lines, PlanNode node, int depth)
    {
        var indent = new string(' ', depth * 2);
        var details = node.Details.Length > 0 ? $": {node.Details}" : string.Empty;
        var measured = statistics is null ? string.Empty : $"  [{statistics.Annotate(node)}]";
        lines.Add($"{indent}{node.Name}{details}{measured}");
        if (node is ScanNode scan)
        {
            using var opened = scan.Source.OpenScan(scan.Request, pool, CancellationToken.None);
            lines.AddRange(opened.Describe().Select(line => $"{indent}    {line}"));
        }

        foreach (var input in node.Inputs)
            Append(lines, input, depth + 1);
    }
}
