using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of a union: changes of all branches go through. Rows of two branches never have one key, for the branch is part
/// of it. Without state.
/// </summary>
internal sealed class IncrementalUnionAll : IncrementalOperator
{
    private readonly Batch view;
    private readonly Batch oldView;

    public IncrementalUnionAll(UnionAllNode node, IReadOnlyList<IncrementalOperator> inputs)
        : base(node, KeysOf(node))
    {
        view = Batch.CreateView(Schema);
        oldView = Batch.CreateView(Schema);
        IsAppendOnly = inputs.All(i => i.IsAppendOnly);
        CarriesOld = inputs.All(i => i.IsAppendOnly || i.CarriesOld);
    }

    public override void Push(int input, in DeltaBatch delta)
    {
        view.Borrow(delta.Rows, 0, delta.RowCount);
        if (delta.Old is { } old)
        {
            oldView.Borrow(old, 0, delta.RowCount);
        }

        Emit(
            new DeltaBatch(view)
            {
                Ops = delta.Ops,
                Causes = delta.Causes,
                Old = delta.Old is null ? null : oldView,
                HasOld = delta.HasOld,
            }
        );
    }

    // The branch, and the key columns behind it.
    private static int[] KeysOf(UnionAllNode node)
    {
        var branch = node.Schema.IndexOf(JoinKeys.BranchName);
        if (branch < 0)
        {
            Throw.Error(ErrorCode.Internal, "A union of a circuit says in a column of which branch a row is");
        }

        return [.. Enumerable.Range(branch, node.Schema.ColumnCount - branch)];
    }
}
