namespace TickStore.Execution;

/// <summary>How far back the calls of a context look, through what they nest in each other.</summary>
internal sealed class ContextReach
{
    private readonly int[][] inner;

    public ContextReach(ContextNode node)
    {
        var width = node.Inputs[0].Schema.ColumnCount;
        Calls = [.. node.Calls.Select(c => c.Function.Reach)];
        inner = [.. node.Calls.Select(c => CallsWithin(c, width))];
        var totals = new FactorReach[Calls.Length];
        for (var call = 0; call < totals.Length; call++)
        {
            var arguments = default(FactorReach);
            foreach (var other in inner[call])
            {
                arguments = arguments.Or(totals[other]);
            }

            totals[call] = Calls[call].Over(arguments);
            Total = Total.Or(totals[call]);
        }
    }

    /// <summary>The reach of each call over its own arguments.</summary>
    public FactorReach[] Calls { get; }

    /// <summary>The farthest of all; what no number of rows bounds makes it unbounded.</summary>
    public FactorReach Total { get; }

    /// <summary>The calls whose results the arguments of a call are made of.</summary>
    public ReadOnlySpan<int> CallsWithin(int call) => inner[call];

    private static int[] CallsWithin(StatefulCall call, int width)
    {
        var columns = new SortedSet<int>();
        foreach (var argument in call.Arguments)
        {
            ExpressionCompiler.CollectColumns(argument, columns);
        }

        return [.. columns.Where(c => c >= width).Select(c => c - width)];
    }
}

/// <summary>
/// From which row on a program that began in the middle of its rows gives what it gives from their beginning: a call is right once as many
/// values, and as much time, have passed as it reaches back, counted from where its arguments are right. NULLs do not count, so that the
/// rows that are needed are known only when they have been seen.
/// </summary>
internal sealed class ContextSettling(ContextReach reach)
{
    private const long Never = long.MaxValue;

    private readonly long[] settled = new long[reach.Calls.Length];
    private readonly long[] missing = new long[reach.Calls.Length];
    private readonly long[] since = new long[reach.Calls.Length];
    private long begin;
    private long place;

    /// <summary>Begins anew: rows from a place on are right.</summary>
    public void Begin(long from)
    {
        begin = from;
        place = 0;
        settled.AsSpan().Fill(Never);
    }

    /// <summary>True where all calls are right from a place on.</summary>
    public bool IsSettledAt(long at)
    {
        foreach (var from in settled)
        {
            if (from > at)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes what a call is computed from in the next rows; calls come in their order.</summary>
    public void Take(int call, ReadOnlySpan<long> times, ReadOnlySpan<byte> validity)
    {
        if (settled[call] != Never)
        {
            return;
        }

        var first = begin;
        foreach (var other in reach.CallsWithin(call))
        {
            first = Math.Max(first, settled[other]);
        }

        if (first >= place + times.Length)
        {
            return;
        }

        var own = reach.Calls[call];
        if (first >= place)
        {
            missing[call] = own.Rows;
            since[call] = times[(int)(first - place)];
        }

        for (var row = (int)Math.Max(first - place, 0); row < times.Length; row++)
        {
            if (missing[call] == 0 && times[row] - since[call] >= own.Nanos)
            {
                settled[call] = place + row;
                return;
            }

            if (missing[call] > 0 && (validity.IsEmpty || validity[row] != 0))
            {
                missing[call]--;
            }
        }

        if (missing[call] == 0 && own.Nanos == 0)
        {
            settled[call] = place + times.Length;
        }
    }

    /// <summary>Ends the rows that all calls have been told of.</summary>
    public void EndRows(int count) => place += count;
}
