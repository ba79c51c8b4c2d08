using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Binding;

/// <summary>The aggregates of one SELECT, over its FROM; equal ones are computed once.</summary>
internal sealed class AggregateCollector
{
    private readonly List<AggregateCall> calls = [];

    public IReadOnlyList<AggregateCall> Calls => calls;

    /// <summary>A reference to the aggregate's result, which is added if it is new.</summary>
    public AggregateReference Add(AggregateCall call)
    {
        var index = calls.FindIndex(c => c.Equals(call));
        if (index < 0)
        {
            index = calls.Count;
            calls.Add(call);
        }

        return new AggregateReference(index, call.Type);
    }
}

/// <summary>The functions with state of one SELECT under CONTEXT BY, inner ones first; equal ones are computed once.</summary>
internal sealed class FactorCollector
{
    private readonly List<StatefulCall> calls = [];

    public int Count => calls.Count;

    /// <summary>A reference to the function's result, which is added if it is new.</summary>
    public FactorReference Add(StatefulOverload function, IReadOnlyList<BoundExpression> arguments)
    {
        var index = calls.FindIndex(c =>
            ReferenceEquals(c.Function.Function, function.Function)
            && c.Function.Parameters == function.Parameters
            && c.Arguments.SequenceEqual(arguments)
        );
        if (index < 0)
        {
            index = calls.Count;
            calls.Add(new StatefulCall(function, arguments));
        }

        return new FactorReference(index, function.ReturnType);
    }

    /// <summary>The plan with the functions' results behind its columns, and what puts an expression over it.</summary>
    public (PlanNode Plan, Func<BoundExpression, BoundExpression> Onto) Apply(
        PlanNode plan,
        IReadOnlyList<BoundExpression> keys,
        BoundExpression? reset,
        ScopeTable order
    )
    {
        var width = plan.Schema.ColumnCount;
        BoundExpression Onto(BoundExpression expression) =>
            ExpressionTree.Rewrite(
                expression,
                e =>
                    e is FactorReference factor
                        ? new ColumnExpression(
                            width + factor.Index,
                            calls[factor.Index].Function.Function.Name,
                            factor.Type,
                            true
                        )
                        : null
            );
        var context = new ContextNode(
            plan,
            keys,
            reset,
            order.Time!,
            order.Sequence,
            [.. calls.Select(c => c with { Arguments = [.. c.Arguments.Select(Onto)] })],
            [.. calls.Select(c => c.Function.Function.Name)]
        );
        return (context, Onto);
    }
}

/// <summary>One window function: its window, and what is computed over it.</summary>
internal sealed record PendingWindow(
    IReadOnlyList<BoundExpression> PartitionBy,
    IReadOnlyList<SortKey> OrderBy,
    WindowCall Call
)
{
    public PendingWindow Rewrite(Func<BoundExpression, BoundExpression> rewrite) =>
        new(
            [.. PartitionBy.Select(rewrite)],
            [.. OrderBy.Select(k => k with { Expression = rewrite(k.Expression) })],
            Call with
            {
                Arguments = [.. Call.Arguments.Select(rewrite)],
            }
        );

    public bool SharesWindowWith(PendingWindow other) =>
        PartitionBy.SequenceEqual(other.PartitionBy) && OrderBy.SequenceEqual(other.OrderBy);
}

/// <summary>The window functions of one SELECT, in the order they were met.</summary>
internal sealed class WindowCollector
{
    private readonly List<PendingWindow> windows = [];

    public int Count => windows.Count;

    public WindowReference Add(PendingWindow window)
    {
        windows.Add(window);
        return new WindowReference(windows.Count - 1, window.Call.Type);
    }

    /// <summary>
    /// Stacks a node for each distinct window on top of a plan, after <paramref name="rewrite"/> has put every
    /// expression over it.
    /// </summary>
    /// <param name="plan">What the windows are over.</param>
    /// <param name="rewrite">Puts an expression over the plan.</param>
    /// <param name="tieBreak">Columns of the plan that say which of several peers comes first.</param>
    /// <returns>The plan, and for each window function the column with its result.</returns>
    public (PlanNode Plan, ColumnExpression[] Results) Apply(
        PlanNode plan,
        Func<BoundExpression, BoundExpression> rewrite,
        IReadOnlyList<SortKey> tieBreak
    )
    {
        var results = new ColumnExpression[windows.Count];
        var pending = windows.Select(w => w.Rewrite(rewrite)).ToArray();
        for (var first = 0; first < pending.Length; first++)
        {
            if (results[first] is not null)
                continue;
            var members = Enumerable
                .Range(first, pending.Length - first)
                .Where(i => results[i] is null && pending[i].SharesWindowWith(pending[first]))
                .ToArray();
            var names = members.Select(i => pending[i].Call.Function).ToArray();
            for (var m = 0; m < members.Length; m++)
            {
                var type = pending[members[m]].Call.Type;
                results[members[m]] = new ColumnExpression(plan.Schema.ColumnCount + m, names[m], type, true);
            }

            WindowCall[] calls = [.. members.Select(i => pending[i].Call)];
            plan = new WindowNode(
                plan,
                pending[first].PartitionBy,
                pending[first].OrderBy,
                calls,
                names,
                calls.Any(WindowNode.DependsOnTies) ? tieBreak : []
            );
        }

        return (plan, results);
    }
}
