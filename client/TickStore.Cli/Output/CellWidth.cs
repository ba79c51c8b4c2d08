using System.Globalization;
using System.Text;

namespace TickStore.Cli;

/// <summary>How many cells of a terminal a text takes: East Asian characters take two, combining marks none.</summary>
internal static class CellWidth
{
    /// <summary>Cells of a text.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    /// <summary>Cells of a character.</summary>
    public static int Of(Rune rune) =>
        rune.Value switch
        {
            < 0x300 => 1,
            (>= 0x1100 and <= 0x115F)
            or (>= 0x2E80 and <= 0xA4CF)
            or (>= 0xAC00 and <= 0xD7A3)
            or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F)
            or (>= 0xFF00 and <= 0xFF60)
            or (>= 0x1F300 and <= 0x1FAFF) => 2,
            _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
                ? 0
                : 1,
        };

    /// <summary>
    /// The text with spaces before or after it, so that it takes <paramref name="width"/> cells at least.
    /// </summary>
    public static string Pad(string text, int width, bool isRightAligned)
    {
        var missing = width - Of(text);
        return missing <= 0 ? text
            : isRightAligned ? new string(' ', missing) + text
            : text + new string(' ', missing);
    }

    /// <summary>A text of at most <paramref name="width"/> cells; a longer one ends in an ellipsis.</summary>
    public static string Fit(string text, int width)
    {
        if (Of(text) <= width)
        {
            return text;
        }

        var taken = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            taken += Of(rune);
            if (taken > width - 1)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length] + "…";
    }
}
