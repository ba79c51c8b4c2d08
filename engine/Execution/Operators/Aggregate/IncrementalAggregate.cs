using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of aggregation: a state for each group, to which the rows of a step are added, and at the step's end one upsert
/// for each group that they touched. Late rows need nothing special, for states do not depend on the order of rows.
/// </summary>
internal sealed class IncrementalAggregate : IncrementalOperator
{
    private readonly AggregateNode node;
    private readonly ExpressionSet keys;
    private readonly IncrementalGroups groups;
    private readonly IncrementalCall[] calls;
    private readonly DeltaBuffer buffer;

    public IncrementalAggregate(AggregateNode node, IncrementalOperator input, CircuitContext context)
        : base(node, [.. Enumerable.Range(0, node.Keys.Count)])
    {
        if (!input.IsAppendOnly)
        {
            Throw.Error(ErrorCode.NotSupported, $"{node.Name} over rows that change cannot be kept up incrementally");
        }

        this.node = node;
        foreach (var call in node.Aggregates)
        {
            if (call.Function.Function.KeepsRows)
            {
                Throw.Error(
                    ErrorCode.NotSupported,
                    $"{call.Function.Function.Name} looks at all rows of its group again for each new one, so it cannot be kept up "
                        + "incrementally: use approx_quantile"
                );
            }
        }

        keys = new ExpressionSet(node.Keys, context.Evaluation);
        groups = new IncrementalGroups(node.Keys, context.Pool);
        calls = [.. node.Aggregates.Select(a => new IncrementalCall(a, context.Evaluation))];
        buffer = new DeltaBuffer(Schema, KeyColumns, carriesOld: false, context.Pool);
        EnsureGroups();
    }

    /// <inheritdoc/>
    public override string StateBound => node.Keys.Count == 0 ? "one row" : "one state per group";

    public override void Push(int input, in DeltaBatch delta)
    {
        var numbers = groups.Assign(keys.Evaluate(delta.Rows), delta);
        EnsureGroups();
        foreach (var call in calls)
        {
            call.Add(delta.Rows, numbers, node.Keys.Count == 0);
        }
    }

    public override void Flush(CircuitStep step)
    {
        var touched = groups.Touched;
        for (var start = 0; start < touched.Length; start += Batch.VectorRows)
        {
            Emit(touched.Slice(start, Math.Min(Batch.VectorRows, touched.Length - start)));
        }

        groups.ClearTouched();
    }

    public override void Dispose()
    {
        keys.Dispose();
        groups.Dispose();
        buffer.Dispose();
        foreach (var call in calls)
        {
            call.Dispose();
        }

        base.Dispose();
    }

    private void Emit(ReadOnlySpan<int> chosen)
    {
        buffer.Clear();
        groups.AppendKeys(chosen, buffer.Rows);
        for (var i = 0; i < calls.Length; i++)
        {
            calls[i].State.AppendResults(chosen, buffer.Rows[node.Keys.Count + i]);
        }

        buffer.Rows.SetRowCount(chosen.Length);
        for (var i = 0; i < chosen.Length; i++)
        {
            buffer.Note(i, DeltaOp.Upsert, groups.CauseOf(chosen[i]), withOld: false);
        }

        Emit(buffer.Delta);
    }

    private void EnsureGroups()
    {
        foreach (var call in calls)
        {
            call.State.EnsureGroups(groups.Count);
        }
    }
}
