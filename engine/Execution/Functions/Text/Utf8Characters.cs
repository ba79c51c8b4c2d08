using System.Text;

namespace TickStore.Execution;

/// <summary>Characters (code points) of UTF-8. A byte that begins no character counts as one by itself.</summary>
internal static class Utf8Characters
{
    /// <summary>How many characters there are.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var value in text)
        {
            // Every byte but a continuation byte (10xxxxxx) begins a character.
            count += (sbyte)value >= -64 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Where the character of that index begins; the length where there are fewer.</summary>
    public static int Offset(ReadOnlySpan<byte> text, long index)
    {
        if (index >= text.Length)
        {
            return text.Length;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if ((sbyte)text[i] >= -64 && index-- == 0)
            {
                return i;
            }
        }

        return text.Length;
    }

    /// <summary>Bytes of the first character of a text that is not empty.</summary>
    public static int FirstLength(ReadOnlySpan<byte> text)
    {
        Rune.DecodeFromUtf8(text, out _, out var consumed);
        return consumed;
    }

    /// <summary>Writes the text in upper or lower case, by the invariant culture's one-to-one mappings.</summary>
    public static void ChangeCase(ReadOnlySpan<byte> text, bool upper, TextBuffer output)
    {
        if (Ascii.IsValid(text))
        {
            var room = output.Extend(text.Length);
            _ = upper ? Ascii.ToUpper(text, room, out _) : Ascii.ToLower(text, room, out _);
            return;
        }

        Span<byte> encoded = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(text, out var rune, out var consumed);
            if (status == System.Buffers.OperationStatus.Done)
            {
                rune = upper ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune);
                output.Append(encoded[..rune.EncodeToUtf8(encoded)]);
            }
            else
            {
                output.Append(text[..consumed]);
            }

            text = text[consumed..];
        }
    }
}
