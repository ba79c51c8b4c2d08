using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The incremental form of a projection: the expressions over new rows, and over what they were. Without state.</summary>
/// <remarks>
/// A deleted row has values in its key columns only, so nothing is computed of it: its keys are copied. Where old rows come along, a
/// deleted row is computed from what it was.
/// </remarks>
internal sealed class IncrementalProject : IncrementalOperator
{
    private readonly ExpressionSet expressions;
    private readonly ExpressionSet oldExpressions;
    private readonly Batch view;
    private readonly Batch oldView;
    private readonly DeltaBuffer split;

    // What a deleted row has values for: columns of the input's key, and constants; null for all else.
    private readonly BoundExpression?[] expressionsOfKey;
    private readonly ISymbolTable symbols;

    public IncrementalProject(ProjectNode node, IncrementalOperator input, CircuitContext context)
        : base(node, KeysOf(node, input.KeyColumns))
    {
        expressions = new ExpressionSet(node.Expressions, context.Evaluation);
        oldExpressions = new ExpressionSet(node.Expressions, context.Evaluation);
        view = Batch.CreateView(Schema);
        oldView = Batch.CreateView(Schema);
        split = new DeltaBuffer(input.Schema, input.KeyColumns, input.CarriesOld, context.Pool);
        symbols = context.Evaluation.Symbols;
        expressionsOfKey =
        [
            .. node.Expressions.Select(e =>
                e is ConstantExpression || (e is ColumnExpression c && input.KeyColumns.Contains(c.Index)) ? e : null
            ),
        ];
        deleted = Batch.Allocate(Schema, 64, context.Pool);
        IsAppendOnly = input.IsAppendOnly;
        CarriesOld = input.CarriesOld;
        EmitsKeysOnce = input.EmitsKeysOnce;
        Holder = input.Holder;
    }

    private readonly Batch deleted;

    /// <inheritdoc/>
    public override IHoldsBack? Holder { get; }

    public override void Push(int input, in DeltaBatch delta)
    {
        if (delta.Ops.IndexOf(DeltaOp.Delete) < 0)
        {
            Project(delta);
            return;
        }

        // Stretches of upserts and of deletes, in order.
        for (var start = 0; start < delta.RowCount; )
        {
            var isDelete = delta.IsDelete(start);
            var end = start + 1;
            while (end < delta.RowCount && delta.IsDelete(end) == isDelete)
            {
                end++;
            }

            split.Clear();
            for (var row = start; row < end; row++)
            {
                split.Add(delta, row, delta.Ops[row], delta.Old is not null && delta.HasOld[row] != 0);
            }

            if (isDelete)
            {
                Delete(split.Delta);
            }
            else
            {
                Project(split.Delta);
            }

            start = end;
        }
    }

    public override void Dispose()
    {
        expressions.Dispose();
        oldExpressions.Dispose();
        split.Dispose();
        deleted.Dispose();
        base.Dispose();
    }

    private void Project(in DeltaBatch delta)
    {
        Evaluate(expressions, delta.Rows, view);
        Emit(
            new DeltaBatch(view)
            {
                Ops = delta.Ops,
                Causes = delta.Causes,
                Old = OldOf(delta),
                HasOld = delta.HasOld,
            }
        );
    }

    private void Delete(in DeltaBatch delta)
    {
        deleted.Clear();
        for (var i = 0; i < Schema.ColumnCount; i++)
        {
            switch (expressionsOfKey[i])
            {
                case ColumnExpression column:
                    VectorCopy.AppendRange(delta.Rows[column.Index], 0, delta.RowCount, deleted[i]);
                    continue;
                case ConstantExpression constant:
                    for (var row = 0; row < delta.RowCount; row++)
                    {
                        ConstantColumns.Append(constant.Value, deleted[i], symbols);
                    }

                    continue;
            }

            for (var row = 0; row < delta.RowCount; row++)
            {
                deleted[i].AppendNull();
            }
        }

        deleted.SetRowCount(delta.RowCount);
        Emit(
            new DeltaBatch(deleted)
            {
                Ops = delta.Ops,
                Causes = delta.Causes,
                Old = OldOf(delta),
                HasOld = delta.HasOld,
            }
        );
    }

    // Rows that were not there before hold NULLs in the old batch, which an expression may well refuse: only those that were are computed.
    private Batch? OldOf(in DeltaBatch delta)
    {
        if (delta.Old is not { } old)
        {
            return null;
        }

        if (delta.HasOld.IndexOf((byte)0) < 0)
        {
            Evaluate(oldExpressions, old, oldView);
            return oldView;
        }

        return split.EvaluateOld(delta, oldExpressions, Schema);
    }

    private static void Evaluate(ExpressionSet set, Batch rows, Batch target)
    {
        var vectors = set.Evaluate(rows);
        for (var i = 0; i < vectors.Length; i++)
        {
            target[i].Borrow(vectors[i], 0, rows.RowCount);
        }

        target.SetRowCount(rows.RowCount);
    }

    private static int[] KeysOf(ProjectNode node, IReadOnlyList<int> inputKeys)
    {
        var keys = new int[inputKeys.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = node.Expressions.ToList().FindIndex(e => e is ColumnExpression c && c.Index == inputKeys[i]);
            if (keys[i] < 0)
            {
                Throw.Error(ErrorCode.Internal, "A projection of a circuit drops a column of its key");
            }
        }

        return keys;
    }
}
