using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What the aggregates ask about runs of rows.</summary>
internal static class Runs
{
    /// <summary>True where one of the arguments may be NULL somewhere.</summary>
    public static bool MayHaveNulls(ReadOnlySpan<ColumnVector> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.MayHaveNulls)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True where a row of the run is NULL in one of the arguments.</summary>
    public static bool HasNulls(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount)
    {
        foreach (var argument in arguments)
        {
            if (argument.MayHaveNulls && argument.Validity.Slice(startRow, rowCount).Contains((byte)0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Rows of the run in which the only argument is not NULL; all of them without one.</summary>
    public static long CountValues(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount) =>
        arguments.IsEmpty || !arguments[0].MayHaveNulls
            ? rowCount
            : rowCount - arguments[0].Validity.Slice(startRow, rowCount).Count((byte)0);
}
