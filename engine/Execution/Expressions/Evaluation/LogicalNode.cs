using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// AND or OR by three-valued logic. An operand that may fail is evaluated only for the rows that the operands before it
/// left open; one that cannot is evaluated for all rows, which is cheaper than gathering them.
/// </summary>
internal sealed class LogicalNode(bool isAnd, LogicalOperand[] operands, EvaluationContext context) : EvaluatorNode
{
    private readonly ColumnVector result = ColumnVector.Allocate(DataType.Boolean, Batch.VectorRows, context.Pool);
    private readonly Selection open = new();

    // For each row: 1 where an operand has decided it (false under AND, true under OR), and 1 where one was NULL.
    private byte[] decided = new byte[Batch.VectorRows];
    private byte[] unknown = new byte[Batch.VectorRows];

    public override ColumnVector Evaluate(Batch input)
    {
        var rowCount = input.RowCount;
        if (decided.Length < rowCount)
        {
            decided = new byte[rowCount];
            unknown = new byte[rowCount];
        }

        var decidedRows = decided.AsSpan(0, rowCount);
        decidedRows.Clear();
        var anyUnknown = false;
        for (var i = 0; i < operands.Length; i++)
        {
            if (i > 0 && operands[i].Subset is { } subset)
            {
                Select(decidedRows);
                if (open.Count == 0)
                {
                    break;
                }

                if (open.Count < rowCount)
                {
                    anyUnknown = CombineOpen(
                        operands[i].Node.Evaluate(subset.Gather(input, open.Rows)),
                        anyUnknown,
                        rowCount
                    );
                    continue;
                }
            }

            anyUnknown = CombineAll(operands[i].Node.Evaluate(input), decidedRows, anyUnknown);
        }

        result.SetRowCount(0);
        result.EnsureCapacity(rowCount);
        var flags = result.Writable<byte>()[..rowCount];
        var flip = isAnd ? (byte)1 : (byte)0;
        for (var i = 0; i < flags.Length; i++)
        {
            flags[i] = (byte)(decidedRows[i] ^ flip);
        }

        result.SetRowCount(rowCount);
        if (anyUnknown)
        {
            var validity = result.WritableValidity();
            for (var i = 0; i < rowCount; i++)
            {
                validity[i] = (byte)(decidedRows[i] | (unknown[i] ^ 1));
            }
        }

        return result;
    }

    public override void Dispose()
    {
        base.Dispose();
        result.Dispose();
        foreach (var operand in operands)
        {
            operand.Subset?.Dispose();
        }
    }

    private void Select(ReadOnlySpan<byte> decidedRows)
    {
        open.SelectAll(decidedRows.Length);
        if (decidedRows.Contains((byte)1))
        {
            Span<byte> undecided =
                decidedRows.Length <= 4096 ? stackalloc byte[decidedRows.Length] : new byte[decidedRows.Length];
            for (var i = 0; i < undecided.Length; i++)
            {
                undecided[i] = (byte)(decidedRows[i] ^ 1);
            }

            open.SelectWhere(undecided);
        }
    }

    private bool CombineAll(ColumnVector operand, Span<byte> decidedRows, bool anyUnknown)
    {
        var values = operand.Values<byte>()[..decidedRows.Length];
        var flip = isAnd ? (byte)1 : (byte)0;
        if (!operand.MayHaveNulls)
        {
            for (var i = 0; i < decidedRows.Length; i++)
            {
                decidedRows[i] |= (byte)(values[i] ^ flip);
            }

            return anyUnknown;
        }

        if (!anyUnknown)
        {
            unknown.AsSpan(0, decidedRows.Length).Clear();
        }

        var validity = operand.Validity;
        for (var i = 0; i < decidedRows.Length; i++)
        {
            decidedRows[i] |= (byte)((values[i] ^ flip) & validity[i]);
            unknown[i] |= (byte)(validity[i] ^ 1);
        }

        return true;
    }

    private bool CombineOpen(ColumnVector operand, bool anyUnknown, int rowCount)
    {
        if (operand.MayHaveNulls && !anyUnknown)
        {
            unknown.AsSpan(0, rowCount).Clear();
        }

        var values = operand.Values<byte>();
        var rows = open.Rows;
        for (var i = 0; i < rows.Length; i++)
        {
            if (operand.IsNull(i))
            {
                unknown[rows[i]] = 1;
            }
            else
            {
                decided[rows[i]] |= (byte)(values[i] ^ (isAnd ? 1 : 0));
            }
        }

        return anyUnknown || operand.MayHaveNulls;
    }
}

/// <summary>An operand of AND or OR.</summary>
/// <param name="Node">Computes it.</param>
/// <param name="Subset">Gathers the rows it may see; null for one that cannot fail.</param>
internal readonly record struct LogicalOperand(EvaluatorNode Node, RowSubset? Subset);
