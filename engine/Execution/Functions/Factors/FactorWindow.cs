namespace TickStore.Execution;

/// <summary>Which rows a moving window holds: the last so many rows with values, or those of the last so much time.</summary>
/// <param name="Rows">Rows, the current one included; 0 for a window of time.</param>
/// <param name="Nanos">Length in time; the window is (t - length, t], of rows up to the current one in order.</param>
internal readonly record struct FactorWindow(int Rows, long Nanos)
{
    /// <summary>True for a window of time.</summary>
    public bool IsTime => Rows == 0;

    /// <summary>How far back it reaches.</summary>
    public FactorReach Reach => IsTime ? new(0, Nanos) : new(Rows - 1, 0);

    /// <summary>True where a window with that many rows gives a value: one of rows when it is full.</summary>
    public bool IsReady(int count) => IsTime || count >= Rows;

    /// <summary>As text, for EXPLAIN.</summary>
    public override string ToString() => IsTime ? $"{Nanos}ns" : $"{Rows}";

    /// <summary>How many of the oldest rows have left the window. Times are stored as the bits of a double.</summary>
    public int Leaving(ReadOnlySpan<double> times, long now)
    {
        var leaving = 0;
        while (leaving < times.Length && now - BitConverter.DoubleToInt64Bits(times[leaving]) >= Nanos)
        {
            leaving++;
        }

        return leaving;
    }
}
