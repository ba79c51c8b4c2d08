using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Whether values are the same to the bit: NaNs of other payloads and zeros of other signs are not.</summary>
public static class VectorEquality
{
    /// <summary>True where rows of two batches of the same columns are the same in each; NULL is like NULL.</summary>
    public static bool HasSameBits(Batch left, int leftRow, Batch right, int rightRow)
    {
        for (var i = 0; i < left.ColumnCount; i++)
        {
            if (!HasSameBits(left[i], leftRow, right[i], rightRow))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True where both are NULL, or both are values with the same bits. Of one type, which is no array. O(bytes).</summary>
    public static bool HasSameBits(ColumnVector left, int leftRow, ColumnVector right, int rightRow)
    {
        if (left.IsNull(leftRow) || right.IsNull(rightRow))
        {
            return left.IsNull(leftRow) && right.IsNull(rightRow);
        }

        if (left.Type.Kind == TypeKind.Varchar)
        {
            return left.Utf8(leftRow).SequenceEqual(right.Utf8(rightRow));
        }

        var width = left.Type.ElementBytes;
        for (var level = 0; level < left.Type.LevelCount; level++)
        {
            var one = left.LevelBytes(level).Slice(leftRow * width, width);
            if (!one.SequenceEqual(right.LevelBytes(level).Slice(rightRow * width, width)))
            {
                return false;
            }
        }

        return true;
    }
}
