using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// One node of a compiled expression. It owns the vector of its results and reuses it from batch to batch; what it
/// returns is on loan until its next evaluation.
/// </summary>
internal abstract class EvaluatorNode : IDisposable
{
    /// <summary>Computes all rows of the batch.</summary>
    public abstract ColumnVector Evaluate(Batch input);

    /// <summary>Returns memory.</summary>
    public virtual void Dispose() { }
}

/// <summary>A column of the input, as it is.</summary>
internal sealed class ColumnNode(int index) : EvaluatorNode
{
    public override ColumnVector Evaluate(Batch input) => input[index];
}

/// <summary>A constant as a column, filled once and for more rows only where a batch is larger than any before.</summary>
internal sealed class ConstantNode(ConstantValue value, EvaluationContext context) : EvaluatorNode
{
    private readonly ColumnVector view = ColumnVector.CreateView(value.Type);
    private ColumnVector? filled;

    public override ColumnVector Evaluate(Batch input)
    {
        if (filled is null || filled.RowCount < input.RowCount)
        {
            filled?.Dispose();
            filled = Fill(Math.Max(input.RowCount, 1));
        }

        view.Borrow(filled, 0, input.RowCount);
        return view;
    }

    public override void Dispose()
    {
        filled?.Dispose();
        base.Dispose();
    }

    private ColumnVector Fill(int rowCount)
    {
        var column = ColumnVector.Allocate(value.Type, rowCount, context.Pool);
        ConstantColumns.Append(value, rowCount, column, context);
        return column;
    }
}

/// <summary>A call of a scalar function, or a cast.</summary>
internal sealed class CallNode(
    ScalarKernel kernel,
    bool isStrict,
    DataType type,
    EvaluatorNode[] arguments,
    EvaluationContext context
) : EvaluatorNode
{
    private readonly ColumnVector result = ColumnVector.Allocate(type, Batch.VectorRows, context.Pool);
    private readonly ColumnVector[] values = new ColumnVector[arguments.Length];

    public override ColumnVector Evaluate(Batch input)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(input);
        }

        result.SetRowCount(0);
        result.EnsureCapacity(input.RowCount);
        kernel(values, input.RowCount, result, context);
        if (isStrict)
        {
            foreach (var value in values)
            {
                Validities.Merge(value, input.RowCount, result);
            }
        }

        return result;
    }

    public override void Dispose()
    {
        result.Dispose();
        base.Dispose();
    }
}

/// <summary>IS NULL and IS NOT NULL.</summary>
internal sealed class IsNullNode(EvaluatorNode operand, bool negated, EvaluationContext context) : EvaluatorNode
{
    private readonly ColumnVector result = ColumnVector.Allocate(DataType.Boolean, Batch.VectorRows, context.Pool);

    public override ColumnVector Evaluate(Batch input)
    {
        var value = operand.Evaluate(input);
        result.SetRowCount(0);
        result.EnsureCapacity(input.RowCount);
        var flags = result.Writable<byte>()[..input.RowCount];
        if (!value.MayHaveNulls)
        {
            flags.Fill(negated ? (byte)1 : (byte)0);
        }
        else
        {
            var validity = value.Validity;
            var flip = negated ? (byte)0 : (byte)1;
            for (var i = 0; i < flags.Length; i++)
            {
                flags[i] = (byte)(validity[i] ^ flip);
            }
        }

        result.SetRowCount(input.RowCount);
        return result;
    }

    public override void Dispose()
    {
        result.Dispose();
        base.Dispose();
    }
}

/// <summary>NOT.</summary>
internal sealed class NotNode(EvaluatorNode operand, EvaluationContext context) : EvaluatorNode
{
    private readonly ColumnVector result = ColumnVector.Allocate(DataType.Boolean, Batch.VectorRows, context.Pool);

    public override ColumnVector Evaluate(Batch input)
    {
        var value = operand.Evaluate(input);
        result.SetRowCount(0);
        result.EnsureCapacity(input.RowCount);
        var source = value.Values<byte>()[..input.RowCount];
        var flags = result.Writable<byte>()[..input.RowCount];
        for (var i = 0; i < flags.Length; i++)
        {
            flags[i] = (byte)(source[i] ^ 1);
        }

        result.SetRowCount(input.RowCount);
        Validities.Merge(value, input.RowCount, result);
        return result;
    }

    public override void Dispose()
    {
        result.Dispose();
        base.Dispose();
    }
}

/// <summary>One level of an array, from 1. A constant level is a view; outside the depth it is NULL.</summary>
internal sealed class SubscriptNode(
    EvaluatorNode array,
    EvaluatorNode level,
    int? constantLevel,
    DataType type,
    EvaluationContext context
) : EvaluatorNode
{
    private readonly ColumnVector view = ColumnVector.CreateView(type);
    private readonly ColumnVector result = ColumnVector.Allocate(type, Batch.VectorRows, context.Pool);

    public override ColumnVector Evaluate(Batch input)
    {
        var values = array.Evaluate(input);
        if (constantLevel is { } wanted && wanted >= 1 && wanted <= values.Type.Depth)
        {
            view.Borrow(values, 0, input.RowCount, wanted - 1);
            return view;
        }

        var levels = level.Evaluate(input);
        result.SetRowCount(0);
        result.EnsureCapacity(input.RowCount);
        var width = type.ElementBytes;
        var target = result.Writable<byte>();
        var validity = result.WritableValidity();
        for (var i = 0; i < input.RowCount; i++)
        {
            var index = levels.IsNull(i) ? 0 : LevelAt(levels, i);
            var isValue = index >= 1 && index <= values.Type.Depth && !values.IsNull(i);
            validity[i] = isValue ? (byte)1 : (byte)0;
            if (isValue)
            {
                values.LevelBytes((int)index - 1).Slice(i * width, width).CopyTo(target[(i * width)..]);
            }
        }

        result.SetRowCount(input.RowCount);
        return result;
    }

    public override void Dispose()
    {
        result.Dispose();
        base.Dispose();
    }

    private static long LevelAt(ColumnVector levels, int row) =>
        levels.Type.Kind switch
        {
            TypeKind.SmallInt => levels.Values<short>()[row],
            TypeKind.Int => levels.Values<int>()[row],
            _ => levels.Values<long>()[row],
        };
}
