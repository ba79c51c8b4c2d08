using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>Rows compared bit by bit: one NaN and another, and 0 and -0, are told apart, which keys do not.</summary>
internal static class RowBits
{
    /// <summary>True where all columns of two rows hold the same bits, NULL being like NULL.</summary>
    public static bool AreSame(Batch left, int leftRow, Batch right, int rightRow)
    {
        for (var c = 0; c < left.ColumnCount; c++)
        {
            if (!AreSame(left[c], leftRow, right[c], rightRow))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreSame(ColumnVector left, int leftRow, ColumnVector right, int rightRow)
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
            var bits = left.LevelBytes(level).Slice(leftRow * width, width);
            if (!bits.SequenceEqual(right.LevelBytes(level).Slice(rightRow * width, width)))
            {
                return false;
            }
        }

        return true;
    }
}
