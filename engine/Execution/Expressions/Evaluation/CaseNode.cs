using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A branch of CASE: null for the condition of ELSE.</summary>
internal sealed record CaseBranch(
    EvaluatorNode? Condition,
    RowSubset? ConditionRows,
    EvaluatorNode Result,
    RowSubset ResultRows
);

/// <summary>
/// CASE. A condition is evaluated for the rows that no branch has taken, a result for the rows of its branch; then the
/// results are put together in the order of the rows.
/// </summary>
internal sealed class CaseNode(CaseBranch[] branches, DataType type, EvaluationContext context) : EvaluatorNode
{
    private readonly ColumnVector result = ColumnVector.Allocate(type, Batch.VectorRows, context.Pool);
    private readonly ColumnVector?[] results = new ColumnVector?[branches.Length];
    private readonly int[] positions = new int[branches.Length];
    private int[] open = new int[Batch.VectorRows];
    private int[] taken = new int[Batch.VectorRows];
    private int[] branchOfRow = new int[Batch.VectorRows];

    public override ColumnVector Evaluate(Batch input)
    {
        var rowCount = input.RowCount;
        if (open.Length < rowCount)
        {
            open = new int[rowCount];
            taken = new int[rowCount];
            branchOfRow = new int[rowCount];
        }

        for (var i = 0; i < rowCount; i++)
        {
            open[i] = i;
        }

        var openCount = rowCount;
        for (var branch = 0; branch < branches.Length; branch++)
        {
            results[branch] = null;
            var takenCount = Take(branch, input, ref openCount);
            if (takenCount == rowCount)
            {
                return branches[branch].Result.Evaluate(input);
            }

            if (takenCount > 0)
            {
                var rows = branches[branch].ResultRows.Gather(input, taken.AsSpan(0, takenCount));
                results[branch] = branches[branch].Result.Evaluate(rows);
            }
        }

        Assemble(rowCount);
        return result;
    }

    public override void Dispose()
    {
        base.Dispose();
        result.Dispose();
        foreach (var branch in branches)
        {
            branch.ConditionRows?.Dispose();
            branch.ResultRows.Dispose();
        }
    }

    // Moves the rows whose condition is true from the open ones to the taken ones.
    private int Take(int branch, Batch input, ref int openCount)
    {
        var takenCount = 0;
        if (openCount == 0)
        {
            return 0;
        }

        if (branches[branch].Condition is not { } condition)
        {
            for (; takenCount < openCount; takenCount++)
            {
                taken[takenCount] = open[takenCount];
                branchOfRow[taken[takenCount]] = branch;
            }

            openCount = 0;
            return takenCount;
        }

        var rows =
            openCount == input.RowCount
                ? input
                : branches[branch].ConditionRows!.Gather(input, open.AsSpan(0, openCount));
        var flags = condition.Evaluate(rows);
        var values = flags.Values<byte>();
        var left = 0;
        for (var i = 0; i < openCount; i++)
        {
            var row = open[i];
            if (values[i] != 0 && !flags.IsNull(i))
            {
                taken[takenCount++] = row;
                branchOfRow[row] = branch;
            }
            else
            {
                open[left++] = row;
            }
        }

        openCount = left;
        return takenCount;
    }

    private void Assemble(int rowCount)
    {
        result.SetRowCount(0);
        result.EnsureCapacity(rowCount);
        Array.Clear(positions);
        for (var row = 0; row < rowCount; )
        {
            // Rows of one branch that follow each other follow each other in its results too.
            var branch = branchOfRow[row];
            var end = row + 1;
            while (end < rowCount && branchOfRow[end] == branch)
            {
                end++;
            }

            VectorCopy.AppendRange(results[branch]!, positions[branch], end - row, result);
            positions[branch] += end - row;
            row = end;
        }
    }
}
