namespace TickStore.Execution;

/// <summary>
/// All that a bar is made of, in two cache lines: what the states of first, max, min, last, count and two sums of 64-bit integers hold
/// for one group. Counts of NULLs rather than of values, so that a row without NULLs adds to one counter.
/// </summary>
internal struct BarState
{
    public long Rows;
    public long NullPrices;
    public long High;
    public long Low;
    public long First;
    public long FirstTime;
    public long FirstSequence;
    public long Last;
    public long LastTime;
    public long LastSequence;
    public Int128 Sum;
    public Int128 OtherSum;
    public int NullSums;
    public int NullOtherSums;

    /// <summary>Rows whose price is not NULL.</summary>
    public readonly long Prices => Rows - NullPrices;

    /// <summary>Adds the first price.</summary>
    public void Begin(long price, long time, long sequence)
    {
        High = Low = First = Last = price;
        FirstTime = LastTime = time;
        FirstSequence = LastSequence = sequence;
    }

    /// <summary>Adds a further price.</summary>
    public void Add(long price, long time, long sequence)
    {
        if (price > High)
        {
            High = price;
        }
        else if (price < Low)
        {
            Low = price;
        }

        // In order as a rule; a row that is the last one is not the first one as well.
        if (time > LastTime || (time == LastTime && sequence > LastSequence))
        {
            Last = price;
            LastTime = time;
            LastSequence = sequence;
        }
        else if (time < FirstTime || (time == FirstTime && sequence < FirstSequence))
        {
            First = price;
            FirstTime = time;
            FirstSequence = sequence;
        }
    }
}
