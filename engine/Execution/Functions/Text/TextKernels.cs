using System.Text;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The text functions' work, a row at a time: UTF-8 in, UTF-8 or a number out.</summary>
internal static class TextKernels
{
    private const int TextBytesMax = 1 << 28;

    public static byte Flag(bool value) => value ? (byte)1 : (byte)0;

    public static void Append(TextBuffer output, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        output.Append(first);
        output.Append(second);
    }

    public static void Concat(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        for (var i = 0; i < rowCount; i++)
        {
            var output = TextBuffer.Take();
            foreach (var argument in arguments)
            {
                output.Append(argument.IsNull(i) ? default : argument.Utf8(i));
            }

            result.AppendUtf8(output.Written);
        }
    }

    // As in PostgreSQL, a start before the text uses up part of the length.
    public static void Substring(ReadOnlySpan<byte> text, int start, int count, TextBuffer output)
    {
        if (count < 0)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"substring(..., {count}): the length must not be negative");
        }

        var end = count == int.MaxValue ? long.MaxValue : (long)start + count;
        var from = Utf8Characters.Offset(text, Math.Max(start - 1L, 0));
        var to = Utf8Characters.Offset(text, Math.Max(end - 1, 0));
        output.Append(to > from ? text[from..to] : default);
    }

    public static void Left(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var text = arguments[0].Utf8(row);
        var count = (long)arguments[1].Values<int>()[row];
        var kept = count >= 0 ? count : Math.Max(Utf8Characters.Count(text) + count, 0);
        output.Append(text[..Utf8Characters.Offset(text, kept)]);
    }

    public static void Right(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var text = arguments[0].Utf8(row);
        var count = (long)arguments[1].Values<int>()[row];
        var dropped = count >= 0 ? Math.Max(Utf8Characters.Count(text) - count, 0) : -count;
        output.Append(text[Utf8Characters.Offset(text, dropped)..]);
    }

    public static void Trim(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> characters,
        bool start,
        bool end,
        TextBuffer output
    )
    {
        while (start && !text.IsEmpty && Contains(characters, text[..Utf8Characters.FirstLength(text)]))
        {
            text = text[Utf8Characters.FirstLength(text)..];
        }

        while (end && !text.IsEmpty)
        {
            Rune.DecodeLastFromUtf8(text, out _, out var lastBytes);
            if (!Contains(characters, text[^lastBytes..]))
            {
                break;
            }

            text = text[..^lastBytes];
        }

        output.Append(text);
    }

    // UTF-8 is self-synchronising: the bytes of a whole character are found only where that character stands.
    public static bool Contains(ReadOnlySpan<byte> characters, ReadOnlySpan<byte> character) =>
        characters.IndexOf(character) >= 0;

    public static void Replace(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var text = arguments[0].Utf8(row);
        var old = arguments[1].Utf8(row);
        var replacement = arguments[2].Utf8(row);
        for (var at = 0; !old.IsEmpty && (at = text.IndexOf(old)) >= 0; text = text[(at + old.Length)..])
        {
            Append(output, text[..at], replacement);
            CheckLength(output.Length, "replace");
        }

        output.Append(text);
    }

    public static int Position(ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted)
    {
        var at = text.IndexOf(wanted);
        return at < 0 ? 0 : Utf8Characters.Count(text[..at]) + 1;
    }

    public static void SplitPart(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var text = arguments[0].Utf8(row);
        var delimiter = arguments[1].Utf8(row);
        var wanted = (long)arguments[2].Values<int>()[row];
        if (wanted == 0)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                "split_part(..., 0): parts count from 1, or from -1 for the last one"
            );
        }

        if (delimiter.IsEmpty)
        {
            output.Append(wanted is 1 or -1 ? text : default);
            return;
        }

        if (wanted < 0)
        {
            wanted += text.Count(delimiter) + 2;
        }

        for (var at = text.IndexOf(delimiter); wanted > 1 && at >= 0; wanted--)
        {
            text = text[(at + delimiter.Length)..];
            at = text.IndexOf(delimiter);
        }

        if (wanted == 1)
        {
            var end = text.IndexOf(delimiter);
            output.Append(end < 0 ? text : text[..end]);
        }
    }

    public static void Pad(ReadOnlySpan<byte> text, int wanted, ReadOnlySpan<byte> fill, bool left, TextBuffer output)
    {
        var missing = wanted - Utf8Characters.Count(text);
        if (missing <= 0 || fill.IsEmpty)
        {
            output.Append(text[..Utf8Characters.Offset(text, Math.Max(wanted, 0))]);
            return;
        }

        CheckLength((long)missing * 4, left ? "lpad" : "rpad");
        output.Append(left ? default : text);
        var fillCount = Utf8Characters.Count(fill);
        for (; missing >= fillCount; missing -= fillCount)
        {
            output.Append(fill);
        }

        output.Append(fill[..Utf8Characters.Offset(fill, missing)]);
        output.Append(left ? text : default);
    }

    public static void Reverse(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        for (var text = arguments[0].Utf8(row); !text.IsEmpty; )
        {
            Rune.DecodeLastFromUtf8(text, out _, out var lastBytes);
            output.Append(text[^lastBytes..]);
            text = text[..^lastBytes];
        }
    }

    public static void Repeat(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var text = arguments[0].Utf8(row);
        var times = arguments[1].Values<int>()[row];
        CheckLength((long)text.Length * Math.Max(times, 0), "repeat");
        for (var i = 0; i < times && !text.IsEmpty; i++)
        {
            output.Append(text);
        }
    }

    public static void Character(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var code = arguments[0].Values<int>()[row];
        if (code == 0 || !Rune.TryCreate(code, out var rune))
        {
            Throw.Error(ErrorCode.InvalidArgument, $"chr({code}): there is no character of that code point");
        }
        else
        {
            Span<byte> encoded = stackalloc byte[4];
            output.Append(encoded[..rune.EncodeToUtf8(encoded)]);
        }
    }

    public static int CodePoint(ReadOnlySpan<ColumnVector> arguments, int row)
    {
        var text = arguments[0].Utf8(row);
        if (text.IsEmpty)
        {
            return 0;
        }

        Rune.DecodeFromUtf8(text, out var rune, out _);
        return rune.Value;
    }

    public static void CheckLength(long bytes, string function)
    {
        if (bytes > TextBytesMax)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"{function}: a text of {bytes:N0} bytes is too long: at most {TextBytesMax:N0}"
            );
        }
    }
}
