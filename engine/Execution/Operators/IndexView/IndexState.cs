using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// An index as of a tick: the fold over ticks in the order of (event time, <c>_seq</c>) that both forms share. O(1) a tick; the
/// sum is exact.
/// </summary>
/// <param name="basket">Weights and divisors.</param>
/// <param name="knowsPending">False to leave out what the basket has pending: the index as it was told so far.</param>
/// <param name="scaleDifference">Decimal places of the sum less those of the divisor.</param>
internal sealed class IndexState(IndexBasket basket, bool knowsPending, int scaleDifference)
{
    // Products of two numbers below it leave room for 2^17 members in 128 bits.
    private const long UnitsMax = 1L << 55;

    private readonly double scale = Math.Pow(10, Math.Abs(scaleDifference));
    private long[] weights = [];
    private long[] prices = [];
    private bool[] hasPrice = [];
    private long sumHigh;
    private ulong sumLow;
    private double divisor;
    private int members;
    private int priced;
    private int next;

    /// <summary>Event time of the last tick or, before any, the least value.</summary>
    public long Time { get; private set; } = long.MinValue;

    /// <summary>The level now.</summary>
    public IndexLevel Level
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get =>
            new(
                priced < members || members == 0 || divisor == 0 ? double.NaN
                    : sumHigh == (long)sumLow >> 63 ? (long)sumLow / divisor
                    : (double)Sum / divisor,
                members,
                priced
            );
    }

    private Int128 Sum => new((ulong)sumHigh, sumLow);

    /// <summary>True where a symbol is a member now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsMember(int symbol) => symbol < weights.Length && weights[symbol] != 0;

    /// <summary>True where the index goes on alike from here, a symbol at a time.</summary>
    public bool IsSame(IndexState other, int symbol)
    {
        Grow(symbol);
        other.Grow(symbol);
        return weights[symbol] == other.weights[symbol]
            && hasPrice[symbol] == other.hasPrice[symbol]
            && prices[symbol] == other.prices[symbol];
    }

    /// <summary>Takes a tick; weights and divisors up to its time come into effect before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(in IndexTick tick)
    {
        if (next < basket.Count)
        {
            AdvanceTo(tick.Time);
        }

        Time = tick.Time;
        SetPrice(tick.Symbol, tick.Price);
    }

    /// <summary>Brings weights and divisors up to a time into effect.</summary>
    public void AdvanceTo(long time)
    {
        while (next < basket.Count && basket[next].Time <= time)
        {
            var change = basket[next++];
            if (change.IsPending && !knowsPending)
            {
                continue;
            }

            if (change.Symbol < 0)
            {
                divisor = scaleDifference >= 0 ? change.Value * scale : change.Value / scale;
            }
            else
            {
                SetWeight(change.Symbol, change.Value);
            }
        }
    }

    /// <summary>Gives a symbol its price.</summary>
    public void SetPrice(int symbol, long price)
    {
        if (symbol >= weights.Length)
        {
            Grow(symbol);
        }

        var weight = weights[symbol];
        if (weight != 0)
        {
            Require(price);
            if (!hasPrice[symbol])
            {
                priced++;
            }

            // A symbol without a price has 0 there.
            Add(weight, price - prices[symbol]);
        }

        prices[symbol] = price;
        hasPrice[symbol] = true;
    }

    /// <summary>Takes the prices of those symbols that this state has none of.</summary>
    public void FillPricesFrom(IndexState other)
    {
        for (var symbol = 0; symbol < other.weights.Length; symbol++)
        {
            if (other.hasPrice[symbol] && (symbol >= hasPrice.Length || !hasPrice[symbol]))
            {
                SetPrice(symbol, other.prices[symbol]);
            }
        }
    }

    /// <summary>A state that goes on from here by itself.</summary>
    public IndexState Clone(bool withPending)
    {
        var clone = new IndexState(basket, withPending, scaleDifference)
        {
            weights = [.. weights],
            prices = [.. prices],
            hasPrice = [.. hasPrice],
            sumHigh = sumHigh,
            sumLow = sumLow,
            divisor = divisor,
            members = members,
            priced = priced,
            next = next,
            Time = Time,
        };
        return clone;
    }

    /// <summary>Becomes like another state of the same basket; it and that one go on by themselves.</summary>
    public void CopyFrom(IndexState other)
    {
        if (weights.Length != other.weights.Length)
        {
            weights = new long[other.weights.Length];
            prices = new long[other.weights.Length];
            hasPrice = new bool[other.weights.Length];
        }

        other.weights.CopyTo(weights, 0);
        other.prices.CopyTo(prices, 0);
        other.hasPrice.CopyTo(hasPrice, 0);
        (sumHigh, sumLow, divisor) = (other.sumHigh, other.sumLow, other.divisor);
        (members, priced, next, Time) = (other.members, other.priced, other.next, other.Time);
    }

    /// <summary>Writes the state, but for the basket.</summary>
    public void Save(StateWriter writer)
    {
        writer.WriteSpan<long>(weights);
        writer.WriteSpan<long>(prices);
        writer.WriteSpan<bool>(hasPrice);
        writer.Write(Sum);
        writer.Write(divisor);
        writer.Write(members);
        writer.Write(priced);
        writer.Write(next);
        writer.Write(Time);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(StateReader reader)
    {
        weights = reader.ReadSpan<long>().ToArray();
        prices = reader.ReadSpan<long>().ToArray();
        hasPrice = reader.ReadSpan<bool>().ToArray();
        var sum = reader.Read<Int128>();
        (sumHigh, sumLow) = ((long)(sum >> 64), (ulong)(sum & ulong.MaxValue));
        divisor = reader.Read<double>();
        members = reader.Read<int>();
        priced = reader.Read<int>();
        next = reader.Read<int>();
        Time = reader.Read<long>();
    }

    private void SetWeight(int symbol, long weight)
    {
        Grow(symbol);
        Require(weight);
        var before = weights[symbol];
        weights[symbol] = weight;
        members += (weight != 0 ? 1 : 0) - (before != 0 ? 1 : 0);
        if (hasPrice[symbol])
        {
            Require(prices[symbol]);
            Add(weight - before, prices[symbol]);
            priced += (weight != 0 ? 1 : 0) - (before != 0 ? 1 : 0);
        }
    }

    // Adds a product to the sum, exactly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(long left, long right)
    {
        long high;
        long low;
        if (left == (int)left && right == (int)right)
        {
            low = left * right;
            high = low >> 63;
        }
        else
        {
            high = Math.BigMul(left, right, out low);
        }

        var before = sumLow;
        sumLow = unchecked(before + (ulong)low);
        sumHigh = unchecked(sumHigh + high + (sumLow < before ? 1 : 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Require(long units)
    {
        if (units is > UnitsMax or < -UnitsMax)
        {
            Refuse();
        }
    }

    private static void Refuse() =>
        Throw.Error(
            ErrorCode.NumericOverflow,
            "A weight or a price of an index has more than 16 digits; use a DECIMAL of fewer places"
        );

    private void Grow(int symbol)
    {
        if (symbol < weights.Length)
        {
            return;
        }

        var size = Math.Max(symbol + 1, Math.Max(64, weights.Length * 2));
        Array.Resize(ref weights, size);
        Array.Resize(ref prices, size);
        Array.Resize(ref hasPrice, size);
    }
}
