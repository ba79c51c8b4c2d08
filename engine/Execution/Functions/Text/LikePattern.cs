using System.Text;

namespace TickStore.Execution;

/// <summary>
/// LIKE: <c>%</c> stands for any characters, <c>_</c> for one, a backslash takes the next character as it is. Matched over
/// bytes with one point to go back to, which is linear for patterns of one <c>%</c> and at worst text times pattern.
/// </summary>
internal static class LikePattern
{
    /// <summary>True where the whole text matches.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="pattern">UTF-8; a backslash at its end stands for itself.</param>
    /// <param name="ignoreCase">True for ILIKE: characters match in any case.</param>
    public static bool IsMatch(ReadOnlySpan<byte> text, ReadOnlySpan<byte> pattern, bool ignoreCase)
    {
        var (t, p) = (0, 0);
        var (starText, starPattern) = (-1, -1);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == (byte)'%')
            {
                (starText, starPattern) = (t, ++p);
                continue;
            }

            if (
                p < pattern.Length
                && TryMatchOne(text[t..], pattern[p..], ignoreCase, out var textBytes, out var patternBytes)
            )
            {
                t += textBytes;
                p += patternBytes;
                continue;
            }

            if (starPattern < 0)
            {
                return false;
            }

            // The last % takes one character more, and the rest is tried again.
            starText += Utf8Characters.FirstLength(text[starText..]);
            (t, p) = (starText, starPattern);
        }

        while (p < pattern.Length && pattern[p] == (byte)'%')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool TryMatchOne(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> pattern,
        bool ignoreCase,
        out int textBytes,
        out int patternBytes
    )
    {
        textBytes = text[0] < 0x80 ? 1 : Utf8Characters.FirstLength(text);
        if (pattern[0] == (byte)'_')
        {
            patternBytes = 1;
            return true;
        }

        var escapeBytes = pattern[0] == (byte)'\\' && pattern.Length > 1 ? 1 : 0;
        var wanted = pattern[escapeBytes..];
        var wantedBytes = wanted[0] < 0x80 ? 1 : Utf8Characters.FirstLength(wanted);
        patternBytes = escapeBytes + wantedBytes;
        if (textBytes == wantedBytes && text[..textBytes].SequenceEqual(wanted[..wantedBytes]))
        {
            return true;
        }

        if (!ignoreCase)
        {
            return false;
        }

        Rune.DecodeFromUtf8(text, out var left, out _);
        Rune.DecodeFromUtf8(wanted, out var right, out _);
        return Rune.ToLowerInvariant(left) == Rune.ToLowerInvariant(right);
    }
}
