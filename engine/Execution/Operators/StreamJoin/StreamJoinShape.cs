using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// What a join of streams compares: keys, times, and the window of right times around a left one. All are columns of the inputs.
/// </summary>
/// <param name="LeftKeys">Columns of the left input.</param>
/// <param name="RightKeys">Columns of the right input, pair by pair of the same types.</param>
/// <param name="LeftTime">A column of the left input.</param>
/// <param name="RightTime">A column of the right input, of the same type.</param>
/// <param name="StartOffset">From a left row's time to the first right time that counts.</param>
/// <param name="EndOffset">From a left row's time to the last right time that counts; not less than the start.</param>
internal sealed record StreamJoinShape(
    int[] LeftKeys,
    int[] RightKeys,
    int LeftTime,
    int RightTime,
    long StartOffset,
    long EndOffset
)
{
    /// <summary>True where the last right row before the window counts too.</summary>
    public bool NeedsPredecessor { get; init; }

    /// <summary>True where that row may lie <see cref="PredecessorSpan"/> before the window's start at most.</summary>
    public bool IsLimited { get; init; }

    /// <summary>How far before the window's start the last row before it may lie; -1 for a row that may lie nowhere.</summary>
    public long PredecessorSpan { get; init; }

    /// <summary>True where of right rows of one time only the last one counts.</summary>
    public bool LastOfTimeOnly { get; init; }

    /// <summary>
    /// True where a right row counts only for left rows behind the right row of an earlier time before it: one that looks ahead
    /// stops at that.
    /// </summary>
    public bool StopsAtFirst { get; init; }

    /// <summary>The first right time that counts for a left time, but for the predecessor.</summary>
    public long Start(long leftTime) => Add(leftTime, StartOffset);

    /// <summary>The last right time that counts for a left time.</summary>
    public long End(long leftTime) => Add(leftTime, EndOffset);

    /// <summary>The first left time that a right row counts for.</summary>
    public long FirstLeft(long rightTime) => Subtract(rightTime, EndOffset);

    /// <summary>The last left time that a right row counts for within the window.</summary>
    public long LastLeft(long rightTime) => Subtract(rightTime, StartOffset);

    /// <summary>The first time that a predecessor of a window may have.</summary>
    public long PredecessorLimit(long start) => IsLimited ? Subtract(start, PredecessorSpan) : long.MinValue;

    /// <summary>The sum, or the end of the range that it lies beyond.</summary>
    public static long Add(long time, long span)
    {
        var sum = unchecked(time + span);
        return ((time ^ sum) & (span ^ sum)) < 0 ? (span < 0 ? long.MinValue : long.MaxValue) : sum;
    }

    /// <summary>The difference, or the end of the range that it lies beyond.</summary>
    public static long Subtract(long time, long span)
    {
        var difference = unchecked(time - span);
        return ((time ^ span) & (time ^ difference)) < 0 ? (span < 0 ? long.MaxValue : long.MinValue) : difference;
    }

    /// <summary>
    /// The columns that expressions are. Throws Internal for anything else: keys of plans make columns of what joins compare.
    /// </summary>
    public static int[] ColumnsOf(IReadOnlyList<BoundExpression> expressions) =>
        [
            .. expressions.Select(e =>
                e is ColumnExpression column
                    ? column.Index
                    : Throw.Error<int>(ErrorCode.Internal, $"A join of a circuit compares columns, not {e}")
            ),
        ];
}
