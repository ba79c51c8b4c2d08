using System.Numerics;

namespace TickStore.Codecs.Choosing;

/// <summary>
/// Chooses a lane codec by exact size, raised by the ledger's decode penalty. Nothing is sampled: a pass over 1,024
/// values in the first-level cache costs less than a wrong choice. Candidates stand in the order of their cost to plan,
/// and each gets what the best one so far has left it as a budget, so the expensive ones give up early.
/// </summary>
internal static class LaneChooser
{
    /// <param name="lanes">1 to 1,024 lanes, not all the same.</param>
    /// <param name="statistics">Of these lanes.</param>
    /// <param name="elementBytes">Width of the values the lanes were made from, in bytes.</param>
    /// <param name="isFloatingPoint">Whether lanes are bit patterns of floating point; only then is XOR tried.</param>
    /// <param name="allowInner">
    /// Whether codecs that hold an inner vector may be chosen; not for an inner vector.
    /// </param>
    /// <param name="plan">The winner's plan.</param>
    /// <returns>The winner; raw if nothing is smaller.</returns>
    internal static CodecId Choose<T>(
        ReadOnlySpan<T> lanes,
        in LaneStatistics<T> statistics,
        int elementBytes,
        bool isFloatingPoint,
        bool allowInner,
        out LanePlan plan
    )
        where T : unmanaged, IBinaryInteger<T>
    {
        int count = lanes.Length;
        var best = new Best(CodecId.Raw, new LanePlan(count * elementBytes), (long)count * elementBytes * 100);
        // Offsets from the minimum: the cheapest to decode, and a good budget for the others.
        Try(CodecId.ForBitPack, lanes, statistics, ref best);
        // Prices are decimals: where they are, what follows sees their bit patterns and can only lose, but early.
        if (isFloatingPoint && elementBytes == 8)
            Try(CodecId.DecimalGrid, lanes, statistics, ref best);
        // Runs must be three values long on average before storing their lengths can pay.
        if (statistics.RunCount <= (count / 3) + 1)
            Try(CodecId.Rle, lanes, statistics, ref best);
        bool isDecimal = best.Id == CodecId.DecimalGrid;
        if (!isDecimal)
            Try(CodecId.Delta, lanes, statistics, ref best);
        // Below two bits a value, what a second difference could save is less than its header; bit patterns have none.
        if (!isFloatingPoint && best.Plan.PayloadBytes > count / 4)
            Try(CodecId.DoubleDelta, lanes, statistics, ref best);
        // Selectors take two bits a value by themselves.
        if (!isFloatingPoint && best.Plan.PayloadBytes > count * 3 / 8)
            Try(CodecId.WidthClasses, lanes, statistics, ref best);
        // Time stamps on a coarse clock, sizes in lots: one division of the first few values tells.
        if (allowInner && !isFloatingPoint && best.Plan.PayloadBytes > count / 8)
            Try(CodecId.Scaled, lanes, statistics, ref best);
        // A dictionary needs a repeated value: where all values rise or fall there is none.
        if (best.Plan.PayloadBytes > count / 8 && !IsStrictlyMonotone(statistics))
            Try(CodecId.Dictionary, lanes, statistics, ref best);
        // XOR decodes bit by bit: only where nothing else has found structure in floating point.
        if (isFloatingPoint && best.Plan.PayloadBytes > count * elementBytes / 3)
            Try(CodecId.Gorilla, lanes, statistics, ref best);
        plan = best.Plan;
        return best.Id;
    }

    /// <summary>
    /// The most bytes a codec may take and still win against <paramref name="otherBytes"/> of another.
    /// </summary>
    internal static int BudgetBytes(CodecId id, CodecId other, int otherBytes) =>
        (int)((((long)otherBytes * (100 + Penalty(other))) - 1) / (100 + Penalty(id)));

    private static void Try<T>(CodecId id, ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, ref Best best)
        where T : unmanaged, IBinaryInteger<T>
    {
        int penalty = 100 + Penalty(id);
        LanePlan plan = LaneCodecs.Plan(id, lanes, statistics, (int)(best.WeightedBytes / penalty));
        long weightedBytes = (long)plan.PayloadBytes * penalty;
        if (weightedBytes < best.WeightedBytes)
            best = new Best(id, plan, weightedBytes);
    }

    private static bool IsStrictlyMonotone<T>(in LaneStatistics<T> statistics)
        where T : unmanaged, IBinaryInteger<T> =>
        // Differences of one sign that did not wrap on the way: the range is then a positive number too.
        (statistics.DeltaMin > T.Zero || statistics.DeltaMax < T.Zero)
        && !T.IsNegative(statistics.Max - statistics.Min);

    private static int Penalty(CodecId id) =>
        CodecLedger.TryGet(id, out CodecLedgerEntry entry) ? entry.DecodePenaltyPercent : 0;

    private readonly record struct Best(CodecId Id, LanePlan Plan, long WeightedBytes);
}
