using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Adds to each node of a plan the hidden columns that tell its rows apart, behind those it has: a line for each operator. The rows
/// and the columns that were there stay as they are.
/// </summary>
internal static class PlanKeys
{
    /// <summary>The plan with hidden columns behind its own, and the columns of its key.</summary>
    public static (PlanNode Plan, IReadOnlyList<int> Keys) Add(PlanNode node)
    {
        switch (node)
        {
            case ScanNode scan:
                return OfScan(scan);
            case KeyedScanNode keyed:
                return (keyed, keyed.Source.KeyColumns);
            case WindowNode window:
                return WindowKeys.Add(window);
            case FilterNode filter when TopPerKey.Of(filter) is { } top:
                return top.AddKeys(filter);
            case FilterNode filter:
            {
                var (input, keys) = Add(filter.Inputs[0]);
                return (new FilterNode(input, filter.Predicate), keys);
            }
            case ProjectNode project:
                return OfProject(project);
            case ContextNode context:
            {
                var (input, keys) = Add(context.Inputs[0]);
                return ContextKeys.Over(context, input, keys);
            }
            case AggregateNode aggregate:
            {
                var (input, inputKeys) = Add(aggregate.Inputs[0]);
                RefuseTies(aggregate, input, inputKeys);
                return (aggregate.WithInputs(input), [.. Enumerable.Range(0, aggregate.Keys.Count)]);
            }
            case AsofJoinNode join:
                return JoinKeys.OfAsof(join);
            case WindowJoinNode join:
                return JoinKeys.OfWindowJoin(join);
            case JoinNode join:
                return JoinKeys.OfJoin(join);
            case UnionAllNode union:
                return JoinKeys.OfUnion(union);
            case AlertNode alert:
                return OfAlert(alert);
            case IndexNode index:
                return (index, [IndexNode.SequenceColumn]);
            default:
                return Throw.Error<(PlanNode, IReadOnlyList<int>)>(
                    ErrorCode.NotSupported,
                    $"{node.Name} cannot be kept up incrementally: {ReasonAgainst(node)}"
                );
        }
    }

    private static (PlanNode, IReadOnlyList<int>) OfScan(ScanNode scan)
    {
        var sequence = scan.Source.Schema.SequenceIndex;
        var at = scan.Request.Columns.ToList().IndexOf(sequence);
        if (at >= 0)
        {
            return (scan, [at]);
        }

        var request = scan.Request;
        var wider = new ScanRequest
        {
            Columns = [.. request.Columns, sequence],
            Symbols = request.Symbols,
            TimeFrom = request.TimeFrom,
            TimeTo = request.TimeTo,
            Predicates = request.Predicates,
            Order = request.Order,
            Latest = request.Latest,
        };
        return (scan.WithRequest(wider), [request.Columns.Count]);
    }

    // Its input has its keys already; those that nodes below put behind them are not carried up.
    private static (PlanNode, IReadOnlyList<int>) OfAlert(AlertNode alert)
    {
        var width = alert.Inputs[0].Schema.ColumnCount;
        var (input, _) = Add(alert.Inputs[0]);
        if (input.Schema.ColumnCount > width)
        {
            var columns = Enumerable.Range(0, width).Select(i => KeyedPlan.ColumnOf(input, i)).ToArray();
            input = new ProjectNode(input, columns, [.. columns.Select(c => c.Name)]);
        }

        return (alert.WithInputs(input), alert.RowKeys);
    }

    private static (PlanNode, IReadOnlyList<int>) OfProject(ProjectNode project)
    {
        var (input, inputKeys) = Add(project.Inputs[0]);
        var expressions = project.Expressions.ToList();
        var names = project.Names.ToList();
        var keys = new int[inputKeys.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            var column = KeyedPlan.ColumnOf(input, inputKeys[i]);
            keys[i] = expressions.FindIndex(e => e is ColumnExpression c && c.Index == column.Index);
            if (keys[i] < 0)
            {
                keys[i] = expressions.Count;
                expressions.Add(column);
                names.Add(column.Name);
            }
        }

        return (new ProjectNode(input, expressions, names), keys);
    }

    // Without a sequence the time alone says which row of a group comes first, so it has to tell the group's rows apart.
    private static void RefuseTies(AggregateNode aggregate, PlanNode input, IReadOnlyList<int> inputKeys)
    {
        foreach (var call in aggregate.Aggregates)
        {
            if (!call.Function.Function.IsOrderSensitive || call.Arguments[^1] is not ConstantExpression)
            {
                continue;
            }

            foreach (var key in inputKeys)
            {
                var isTold =
                    (call.Arguments[^2] is ColumnExpression time && time.Index == key)
                    || aggregate.Keys.Any(k => k is ColumnExpression column && column.Index == key);
                if (!isTold)
                {
                    var name = input.Schema[key].Name;
                    Throw.Error(
                        ErrorCode.NotSupported,
                        $"{call.Function.Function.Name} cannot be kept up incrementally here: rows of a group that differ in "
                            + $"\"{name}\" may have the same time, and nothing says which of them comes first; add \"{name}\" to GROUP BY"
                    );
                }
            }
        }
    }

    private static string ReasonAgainst(PlanNode node) =>
        node switch
        {
            SortNode => "the rows of a view have no order; put ORDER BY into the query that reads it",
            LimitNode or TopNNode =>
                "which rows are first changes with every row; use a top-n per group (QUALIFY row_number() OVER (...) <= n)",
            ValuesNode => "it has no rows that change",
            _ => "it has no incremental form",
        };
}
