namespace TickStore.Execution;

/// <summary>The key of a context: that of its input, whose hidden columns it passes on behind its own.</summary>
internal static class ContextKeys
{
    /// <summary>The context over an input with hidden columns behind its own; see <see cref="PlanKeys"/>.</summary>
    public static (PlanNode Plan, IReadOnlyList<int> Keys) Over(
        ContextNode context,
        PlanNode input,
        IReadOnlyList<int> inputKeys
    )
    {
        var width = context.Inputs[0].Schema.ColumnCount;
        var hidden = input.Schema.ColumnCount - width;
        if (hidden == 0)
        {
            return (context.WithInputs(input), inputKeys);
        }

        var wider = new ContextNode(
            input,
            context.Keys,
            context.Reset,
            context.Time,
            context.Sequence,
            [
                .. context.Calls.Select(c =>
                    c with
                    {
                        Arguments = [.. c.Arguments.Select(a => ColumnMoves.Move(a, width, hidden))],
                    }
                ),
            ],
            context.Names
        );
        int[] order =
        [
            .. Enumerable.Range(0, width),
            .. Enumerable.Range(width + hidden, context.Calls.Count),
            .. Enumerable.Range(width, hidden),
        ];
        var columns = order.Select(c => (BoundExpression)KeyedPlan.ColumnOf(wider, c)).ToArray();
        return (
            new ProjectNode(wider, columns, [.. order.Select(c => wider.Schema[c].Name)]),
            [.. inputKeys.Select(k => k < width ? k : k + context.Calls.Count)]
        );
    }
}
