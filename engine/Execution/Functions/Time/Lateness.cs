using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// How late rows came, for views that are corrected by late rows up to an age. A row came too late if it is marked as late and a row with
/// a smaller <c>_seq</c> lies further ahead in event time than the table's lateness and the age together. That depends on what is stored
/// alone: not on the clock, nor on how rows were grouped into commits.
/// </summary>
public static class Lateness
{
    private static readonly DataType[] ArgumentTypes =
    [
        DataType.Boolean,
        DataType.Timestamp,
        DataType.BigInt,
        DataType.Interval,
    ];

    /// <summary>
    /// A BOOLEAN, never NULL: whether the row came later than an age. Costs nothing for rows that are not late; for each that is, a
    /// look at the rows that lie ahead of it.
    /// </summary>
    /// <param name="table">The table whose rows these are.</param>
    /// <param name="age">The age; its months count as 30 days. Not negative.</param>
    /// <param name="late">The row's <c>_late</c>.</param>
    /// <param name="time">Its event time.</param>
    /// <param name="sequence">Its <c>_seq</c>.</param>
    public static BoundExpression CameLaterThan(
        TableSchema table,
        Interval age,
        BoundExpression late,
        BoundExpression time,
        BoundExpression sequence
    )
    {
        var aheadNanos = SaturatingNanos(age.ComparableNanos + table.LatenessNanos);
        ScalarFunction? function = null;
        function = new ScalarFunction
        {
            Name = "came_later_than",
            Summary = "Whether a row is late, and came after a row that lies further ahead than an age.",
            Example = "came_later_than(_late, ts, _seq, INTERVAL '1 day')",
            Resolve = _ => null,
            CanFail = false,
        };
        var overload = new ScalarOverload(
            function,
            ArgumentTypes,
            DataType.Boolean,
            (arguments, rowCount, result, context) =>
                Compute(table.Name, aheadNanos, arguments, rowCount, result, context)
        );
        return new CallExpression(
            overload,
            [late, time, sequence, new ConstantExpression(ConstantValue.Of(age))],
            false
        );
    }

    private static void Compute(
        string table,
        long aheadNanos,
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        var late = arguments[0].Values<byte>()[..rowCount];
        var times = arguments[1].Values<long>();
        var sequences = arguments[2].Values<long>();
        var flags = result.Writable<byte>()[..rowCount];
        flags.Clear();
        for (var row = late.IndexOf((byte)1); row >= 0 && row < rowCount; )
        {
            var isPossible = times[row] <= long.MaxValue - aheadNanos;
            flags[row] =
                isPossible && context.HasRowBeyond?.Invoke(table, times[row] + aheadNanos, sequences[row]) == true
                    ? (byte)1
                    : (byte)0;
            var next = late[(row + 1)..].IndexOf((byte)1);
            row = next < 0 ? -1 : row + 1 + next;
        }

        result.SetRowCount(rowCount);
    }

    private static long SaturatingNanos(Int128 nanos) => nanos > long.MaxValue ? long.MaxValue : (long)nanos;
}
