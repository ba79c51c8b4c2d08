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
    /// A BOOLEAN, never NULL: whether the row came later than an age. Costs nothing for rows that are not late; a
    /// look at the rows that lie ahead of all late rows of a batch, and further looks for those that came too late.
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
        var flags = result.Writable<byte>()[..rowCount];
        flags.Clear();
        if (context.HasRowBeyond is { } hasRowBeyond)
        {
            var late = arguments[0].Values<byte>()[..rowCount];
            var times = arguments[1].Values<long>();
            var sequences = arguments[2].Values<long>();
            Mark(table, aheadNanos, late, times, sequences, flags, hasRowBeyond);
        }

        result.SetRowCount(rowCount);
    }

    // Hardly any row comes too late: the earliest of many and the last place of many are asked for at once, and halves only
    // where that finds something.
    private static void Mark(
        string table,
        long aheadNanos,
        ReadOnlySpan<byte> late,
        ReadOnlySpan<long> times,
        ReadOnlySpan<long> sequences,
        Span<byte> flags,
        Func<string, long, long, bool> hasRowBeyond
    )
    {
        var (earliest, last, count) = (long.MaxValue, long.MinValue, 0);
        for (var row = late.IndexOf((byte)1); row >= 0 && row < late.Length; row++)
        {
            if (late[row] != 0)
            {
                (earliest, last) = (Math.Min(earliest, times[row]), Math.Max(last, sequences[row]));
                count++;
            }
        }

        if (count == 0 || earliest > long.MaxValue - aheadNanos || !hasRowBeyond(table, earliest + aheadNanos, last))
        {
            return;
        }

        if (count == 1)
        {
            flags[late.IndexOf((byte)1)] = 1;
            return;
        }

        var half = late.Length / 2;
        Mark(table, aheadNanos, late[..half], times, sequences, flags, hasRowBeyond);
        Mark(table, aheadNanos, late[half..], times[half..], sequences[half..], flags[half..], hasRowBeyond);
    }

    private static long SaturatingNanos(Int128 nanos) => nanos > long.MaxValue ? long.MaxValue : (long)nanos;
}
