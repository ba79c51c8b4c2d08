using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.Gorilla;

/// <summary>
/// XOR with the previous value (Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database", VLDB
/// 2015): for floating point off any grid, where neighbours share sign, exponent and leading digits. A bit stream,
/// least significant bit first:
/// <code>
///   first value (lane), then for each further value
///     0                                         same as the previous value
///     1 0 [meaningful bits]                     the window of the last 1 1
///     1 1 [leading zeros: 6] [length - 1: 6] [meaningful bits]
/// </code>
/// </summary>
internal sealed class GorillaCodec : ILaneCodec
{
    private const int WindowFieldBits = 6;

    public static CodecId Id => CodecId.Gorilla;

    public static LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        long bits = 0;
        var window = default(Window);
        for (int i = 1; i < lanes.Length; i++)
        {
            T difference = lanes[i] ^ lanes[i - 1];
            if (T.IsZero(difference))
                bits += 1;
            else if (window.Holds(difference))
                bits += 2 + window.Length;
            else
                bits += 2 + (2 * WindowFieldBits) + (window = Window.Of(difference)).Length;
        }
        long bytes = Unsafe.SizeOf<T>() + ((bits + 7) >> 3);
        return new LanePlan(bytes > budgetBytes ? LanePlan.Unfit : (int)bytes);
    }

    public static int Encode<T>(
        ReadOnlySpan<T> lanes,
        in LaneStatistics<T> statistics,
        in LanePlan plan,
        Span<byte> payload
    )
        where T : unmanaged, IBinaryInteger<T>
    {
        Lane.Write(payload, lanes[0]);
        var writer = new BitWriter(payload[Unsafe.SizeOf<T>()..]);
        var window = default(Window);
        for (int i = 1; i < lanes.Length; i++)
        {
            T difference = lanes[i] ^ lanes[i - 1];
            if (T.IsZero(difference))
            {
                writer.Write(0, 1);
                continue;
            }
            if (window.Holds(difference))
            {
                writer.Write(0b01, 2);
            }
            else
            {
                window = Window.Of(difference);
                writer.Write(0b11u | ((ulong)window.Leading << 2) | ((ulong)(window.Length - 1) << 8), 14);
            }
            writer.Write(Unsigned(difference >>> window.Trailing<T>()), window.Length);
        }
        writer.Flush();
        return 0;
    }

    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (payload.Length < Unsafe.SizeOf<T>())
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, Unsafe.SizeOf<T>());
        T value = Lane.Read<T>(payload);
        lanes[0] = value;
        var reader = new BitReader(payload[Unsafe.SizeOf<T>()..]);
        var window = default(Window);
        for (int i = 1; i < lanes.Length; i++)
        {
            if (reader.Read(1) != 0)
            {
                if (reader.Read(1) != 0)
                {
                    int leading = (int)reader.Read(WindowFieldBits),
                        length = (int)reader.Read(WindowFieldBits) + 1;
                    if (leading + length > Lane.Bits<T>())
                        CodecErrors.ThrowCorrupt(Id, "window end", leading + length, Lane.Bits<T>());
                    window = new Window(leading, length);
                }
                if (window.Length == 0)
                    CodecErrors.ThrowCorrupt(Id, "window length before the first window", 0, 1);
                value ^= T.CreateTruncating(reader.Read(window.Length)) << window.Trailing<T>();
            }
            lanes[i] = value;
        }
        if (reader.UnreadBytes != 0)
            CodecErrors.ThrowCorrupt(Id, "number of bytes after the last value", reader.UnreadBytes, 0);
    }

    private static ulong Unsigned<T>(T lane)
        where T : unmanaged, IBinaryInteger<T> =>
        Unsafe.SizeOf<T>() == 4 ? uint.CreateTruncating(lane) : ulong.CreateTruncating(lane);

    /// <summary>
    /// The meaningful bits of a difference: between its leading and its trailing zeros. Length 0 means none yet.
    /// </summary>
    private readonly record struct Window(int Leading, int Length)
    {
        internal static Window Of<T>(T difference)
            where T : unmanaged, IBinaryInteger<T>
        {
            int width = Lane.BitWidth(difference);
            return new Window(Lane.Bits<T>() - width, width - Lane.TrailingZeros(difference));
        }

        internal int Trailing<T>() => Lane.Bits<T>() - Leading - Length;

        internal bool Holds<T>(T difference)
            where T : unmanaged, IBinaryInteger<T> =>
            Length != 0
            && Lane.Bits<T>() - Lane.BitWidth(difference) >= Leading
            && Lane.TrailingZeros(difference) >= Trailing<T>();
    }
}
