using System.Diagnostics;
using System.Numerics;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.DecimalGrid;
using TickStore.Codecs.Delta;
using TickStore.Codecs.Dictionary;
using TickStore.Codecs.DoubleDelta;
using TickStore.Codecs.ForBitPack;
using TickStore.Codecs.Gorilla;
using TickStore.Codecs.Rle;
using TickStore.Codecs.Scaled;
using TickStore.Codecs.WidthClasses;

namespace TickStore.Codecs;

/// <summary>From a ledger id to the code of a lane codec: one branch per vector, none per value.</summary>
internal static class LaneCodecs
{
    internal static LanePlan Plan<T>(
        CodecId id,
        ReadOnlySpan<T> lanes,
        in LaneStatistics<T> statistics,
        int budgetBytes
    )
        where T : unmanaged, IBinaryInteger<T> =>
        id switch
        {
            CodecId.Rle => RleCodec.Plan(lanes, statistics, budgetBytes),
            CodecId.ForBitPack => ForBitPackCodec.Plan(lanes, statistics, budgetBytes),
            CodecId.Delta => DeltaCodec.Plan(lanes, statistics, budgetBytes),
            CodecId.DoubleDelta => DoubleDeltaCodec.Plan(lanes, statistics, budgetBytes),
            CodecId.Gorilla => GorillaCodec.Plan(lanes, statistics, budgetBytes),
            CodecId.Dictionary => DictionaryCodec.Plan(lanes, statistics, budgetBytes),
            CodecId.Scaled => ScaledCodec.Plan(lanes, statistics, budgetBytes),
            CodecId.DecimalGrid => DecimalGridCodec.Plan(lanes, statistics, budgetBytes),
            CodecId.WidthClasses => WidthClassesCodec.Plan(lanes, statistics, budgetBytes),
            CodecId.None or CodecId.Constant or CodecId.Raw or CodecId.Lz4 or CodecId.Bitmap =>
                throw new UnreachableException($"{id} is no lane codec."),
        };

    internal static int Encode<T>(
        CodecId id,
        ReadOnlySpan<T> lanes,
        in LaneStatistics<T> statistics,
        in LanePlan plan,
        Span<byte> payload
    )
        where T : unmanaged, IBinaryInteger<T> =>
        id switch
        {
            CodecId.Rle => RleCodec.Encode(lanes, statistics, plan, payload),
            CodecId.ForBitPack => ForBitPackCodec.Encode(lanes, statistics, plan, payload),
            CodecId.Delta => DeltaCodec.Encode(lanes, statistics, plan, payload),
            CodecId.DoubleDelta => DoubleDeltaCodec.Encode(lanes, statistics, plan, payload),
            CodecId.Gorilla => GorillaCodec.Encode(lanes, statistics, plan, payload),
            CodecId.Dictionary => DictionaryCodec.Encode(lanes, statistics, plan, payload),
            CodecId.Scaled => ScaledCodec.Encode(lanes, statistics, plan, payload),
            CodecId.DecimalGrid => DecimalGridCodec.Encode(lanes, statistics, plan, payload),
            CodecId.WidthClasses => WidthClassesCodec.Encode(lanes, statistics, plan, payload),
            CodecId.None or CodecId.Constant or CodecId.Raw or CodecId.Lz4 or CodecId.Bitmap =>
                throw new UnreachableException($"{id} is no lane codec."),
        };

    /// <summary>One lane, for the two codecs that can read it in place.</summary>
    internal static T Fetch<T>(CodecId id, ReadOnlySpan<byte> payload, int bitWidth, int count, int index)
        where T : unmanaged, IBinaryInteger<T> =>
        id == CodecId.ForBitPack
            ? ForBitPackCodec.Fetch<T>(payload, bitWidth, count, index)
            : DictionaryCodec.Fetch<T>(payload, bitWidth, count, index);

    internal static void Decode<T>(CodecId id, ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        switch (id)
        {
            case CodecId.Rle:
                RleCodec.Decode(payload, bitWidth, lanes);
                break;
            case CodecId.ForBitPack:
                ForBitPackCodec.Decode(payload, bitWidth, lanes);
                break;
            case CodecId.Delta:
                DeltaCodec.Decode(payload, bitWidth, lanes);
                break;
            case CodecId.DoubleDelta:
                DoubleDeltaCodec.Decode(payload, bitWidth, lanes);
                break;
            case CodecId.Gorilla:
                GorillaCodec.Decode(payload, bitWidth, lanes);
                break;
            case CodecId.Dictionary:
                DictionaryCodec.Decode(payload, bitWidth, lanes);
                break;
            case CodecId.Scaled:
                ScaledCodec.Decode(payload, bitWidth, lanes);
                break;
            case CodecId.DecimalGrid:
                DecimalGridCodec.Decode(payload, bitWidth, lanes);
                break;
            case CodecId.WidthClasses:
                WidthClassesCodec.Decode(payload, bitWidth, lanes);
                break;
            default:
                throw new UnreachableException($"{id} is no lane codec.");
        }
    }
}
