using System.Numerics.Tensors;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What becomes of NULL.</summary>
internal static class Validities
{
    /// <summary>Makes those rows of the result NULL that are NULL in the argument.</summary>
    public static void Merge(ColumnVector argument, int rowCount, ColumnVector result)
    {
        if (!argument.MayHaveNulls)
        {
            return;
        }

        var source = argument.Validity[..rowCount];
        if (result.MayHaveNulls)
        {
            var target = result.WritableValidity()[..rowCount];
            TensorPrimitives.BitwiseAnd(source, target, target);
        }
        else
        {
            source.CopyTo(result.WritableValidity());
        }
    }

    /// <summary>A byte a row: 1 where a BOOLEAN is true, 0 where it is false or NULL.</summary>
    public static ReadOnlySpan<byte> True(ColumnVector boolean, int rowCount, ref byte[] scratch)
    {
        var values = boolean.Values<byte>()[..rowCount];
        if (!boolean.MayHaveNulls)
        {
            return values;
        }

        if (scratch.Length < rowCount)
        {
            scratch = new byte[Math.Max(rowCount, Batch.VectorRows)];
        }

        var target = scratch.AsSpan(0, rowCount);
        TensorPrimitives.BitwiseAnd(values, boolean.Validity[..rowCount], target);
        return target;
    }
}
