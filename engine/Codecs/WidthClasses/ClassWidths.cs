using System.Numerics;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.WidthClasses;

/// <summary>The four widths of a vector's classes, ascending, and the bytes of the four streams.</summary>
/// <param name="Width0">Bits of the narrowest class.</param>
/// <param name="Width1">Bits of the second class.</param>
/// <param name="Width2">Bits of the third class.</param>
/// <param name="Width3">Bits of the widest class: those of the widest value.</param>
/// <param name="StreamBytes">Exact size of the streams together.</param>
internal readonly record struct ClassWidths(int Width0, int Width1, int Width2, int Width3, int StreamBytes)
{
    internal const int ClassCount = 4;

    internal int this[int index] =>
        index switch
        {
            0 => Width0,
            1 => Width1,
            2 => Width2,
            _ => Width3,
        };

    /// <summary>The narrowest class that holds a value of this many bits.</summary>
    internal int ClassOf(int width) => (width > Width0 ? 1 : 0) + (width > Width1 ? 1 : 0) + (width > Width2 ? 1 : 0);

    /// <summary>
    /// The widths with the fewest bits: least[c, w] = the cost of all values of up to w bits in classes 0 to c where
    /// class c is w bits wide, over the widths that occur (dynamic programming; a few hundred steps for most vectors).
    /// </summary>
    [SkipLocalsInit]
    internal static ClassWidths Choose<T>(ReadOnlySpan<T> offsets)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<int> valuesOfWidth = stackalloc int[65];
        Span<int> widths = stackalloc int[65],
            upTo = stackalloc int[65];
        valuesOfWidth.Clear();
        foreach (T offset in offsets)
            valuesOfWidth[Lane.BitWidth(offset)]++;
        int widthCount = 0,
            valueCount = 0;
        for (int width = 0; width <= 64; width++)
        {
            if (valuesOfWidth[width] == 0)
                continue;
            valueCount += valuesOfWidth[width];
            widths[widthCount] = width;
            upTo[widthCount++] = valueCount;
        }

        Span<int> least = stackalloc int[ClassCount * 65],
            from = stackalloc int[ClassCount * 65];
        for (int w = 0; w < widthCount; w++)
        {
            least[w] = upTo[w] * widths[w];
            from[w] = w;
            for (int c = 1; c < ClassCount; c++)
            {
                // An empty class, or one that begins after some narrower width.
                int best = least[((c - 1) * 65) + w],
                    bestFrom = w;
                for (int narrower = 0; narrower < w; narrower++)
                {
                    int cost = least[((c - 1) * 65) + narrower] + ((upTo[w] - upTo[narrower]) * widths[w]);
                    if (cost < best)
                        (best, bestFrom) = (cost, narrower);
                }
                least[(c * 65) + w] = best;
                from[(c * 65) + w] = bestFrom;
            }
        }
        int last = widthCount - 1;
        int third = from[(3 * 65) + last],
            second = from[(2 * 65) + third],
            first = from[65 + second];
        var chosen = new ClassWidths(widths[first], widths[second], widths[third], widths[last], 0);
        return chosen with { StreamBytes = chosen.Bytes(valuesOfWidth) };
    }

    /// <summary>Each stream ends on a whole byte, so the bytes are counted per class.</summary>
    private int Bytes(ReadOnlySpan<int> valuesOfWidth)
    {
        Span<int> members = [0, 0, 0, 0];
        for (int width = 0; width < valuesOfWidth.Length; width++)
        {
            // Above the widest class there are no values.
            members[ClassOf(width)] += valuesOfWidth[width];
        }
        int bytes = 0;
        for (int c = 0; c < ClassCount; c++)
            bytes += BitPacking.BytesFor(members[c], this[c]);
        return bytes;
    }
}
