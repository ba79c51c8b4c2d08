using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>A SELECT over a window join: every left row is a group of its own.</summary>
internal sealed partial class SelectBinder
{
    // WHERE chooses left rows; the right ones are chosen by the window.
    private Relation FilterLeft(PendingWindowJoin window, BoundExpression condition, Expression syntax)
    {
        if (ExpressionTree.ColumnsOf(condition).Any(c => c >= window.Width))
        {
            throw session.Error(
                ErrorCode.NotSupported,
                syntax,
                "WHERE over a WINDOW JOIN chooses left rows; put conditions on the right side into a subquery or a FILTER"
            );
        }

        var node = window.Node;
        var left = new FilterNode(node.Inputs[0], condition);
        return new Relation(relation.Plan, relation.Tables, relation.Star, relation.Merged)
        {
            Window = window with { Node = (WindowJoinNode)node.WithInputs(left, node.Inputs[1]) },
        };
    }

    private void RefuseGroups(bool hasHaving)
    {
        if (select.GroupBy.Count > 0 || bars is not null || hasHaving)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                select,
                "a WINDOW JOIN aggregates for each left row; group its result in an outer query"
            );
        }

        if (aggregates.Calls.Count == 0)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                select,
                "a WINDOW JOIN is there for aggregates over its right side, and this SELECT has none"
            );
        }
    }

    private WindowJoinNode Windowed(PendingWindowJoin window)
    {
        var node = window.Node;
        return new WindowJoinNode(
            node.Inputs[0],
            node.Inputs[1],
            node.LeftKeys,
            node.RightKeys,
            node.LeftTime,
            node.RightTime,
            node.StartNanos,
            node.EndNanos,
            node.IncludesPrevailing,
            aggregates.Calls,
            [.. aggregates.Calls.Select(a => a.Function.Function.Name)],
            node.RightTies
        );
    }

    private BoundExpression? OverWindow(BoundExpression expression, PendingWindowJoin window) =>
        expression switch
        {
            AggregateReference reference => new ColumnExpression(
                window.Width + reference.Index,
                aggregates.Calls[reference.Index].Function.Function.Name,
                reference.Type,
                true
            ),
            ColumnExpression column when column.Index < window.Width => column,
            ColumnExpression column => throw session.Error(
                ErrorCode.InvalidArgument,
                session.SpanOf(column, SpanOfItem(column)),
                $"column \"{column.Name}\" is of the right side of a WINDOW JOIN, and must stand inside an aggregate"
            ),
            _ => null,
        };
}
