using System.Numerics;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs;

/// <summary>What a codec would write for given lanes.</summary>
/// <param name="PayloadBytes">Exact size, or <see cref="Unfit"/>.</param>
/// <param name="Patches">
/// How the packed offsets are split, for codecs that patch; of the inner vector if there is one.
/// </param>
/// <param name="Inner">The inner vector's codec, for codecs that have one.</param>
/// <param name="InnerBytes">The inner vector's payload.</param>
/// <param name="Parameter">What the codec found out while planning: a divisor, an exponent, a mode.</param>
internal readonly record struct LanePlan(
    int PayloadBytes,
    PatchPlan Patches = default,
    CodecId Inner = CodecId.None,
    int InnerBytes = 0,
    long Parameter = 0
)
{
    /// <summary>The budget of a codec that was forced: a plan that gains nothing is a plan too.</summary>
    internal const int NoBudget = int.MaxValue - 1;

    /// <summary>
    /// The size of a plan that does not exist: the codec cannot hold the lanes, or not within the budget.
    /// </summary>
    internal const int Unfit = int.MaxValue;

    /// <summary>The parameter of the inner vector's codec.</summary>
    internal long InnerParameter { get; init; }
}

/// <summary>
/// A codec over lanes (see <see cref="Lane"/>), as a life in sections: plan (an exact estimate), encode, decode, fetch.
/// Choosing is somebody else's job. Lanes are 1 to 1,024 values. Decoders get bytes nobody has looked at: they check
/// every length, width and position before they use it, and throw the corruption error.
/// </summary>
internal interface ILaneCodec
{
    static abstract CodecId Id { get; }

    /// <summary>
    /// The exact size, or unfit; planning may stop as unfit once it is clear that the budget is exceeded.
    /// </summary>
    static abstract LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>;

    /// <summary>Writes exactly the planned bytes.</summary>
    /// <returns>The bit width for the header.</returns>
    static abstract int Encode<T>(
        ReadOnlySpan<T> lanes,
        in LaneStatistics<T> statistics,
        in LanePlan plan,
        Span<byte> payload
    )
        where T : unmanaged, IBinaryInteger<T>;

    /// <summary>Writes every lane, or throws.</summary>
    static abstract void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>;
}
