using System.Text;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Functions of text. SYMBOL arguments are read as VARCHAR. Positions and lengths count characters from 1, not bytes.
/// </summary>
internal static class TextFunctions
{
    private const int TextBytesMax = 1 << 28;

    private static readonly DataType Text = DataType.Varchar;
    private static readonly DataType Count = DataType.Int;

    /// <summary>The family's table.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Make("lower", "lower('ABC')", "The text in lower case.", static (a, i, o) => Utf8Characters.ChangeCase(a[0].Utf8(i), false, o), Text),
        Make("upper", "upper('abc')", "The text in upper case.", static (a, i, o) => Utf8Characters.ChangeCase(a[0].Utf8(i), true, o), Text),
        Read("length", "length('abc')", "Characters of the text.", Count, static (a, i) => Utf8Characters.Count(a[0].Utf8(i)), Text),
        Read("char_length", "char_length('abc')", "Characters of the text.", Count, static (a, i) => Utf8Characters.Count(a[0].Utf8(i)), Text),
        Read("octet_length", "octet_length('abc')", "Bytes of the text.", Count, static (a, i) => a[0].Utf8(i).Length, Text),
        Substring("substring", "substring('abcdef' FROM 2 FOR 3)"),
        Substring("substr", "substr('abcdef', 2, 3)"),
        Make("left", "left('abc', 2)", "The first n characters; all but the last -n for a negative n.", Left, Text, Count),
        Make("right", "right('abc', 2)", "The last n characters; all but the first -n for a negative n.", Right, Text, Count),
        Trimming("trim", "trim('  a ')", "The text without blanks (or the characters of the second argument) at both ends.", true, true),
        Trimming("btrim", "btrim('xax', 'x')", "The text without blanks (or the characters of the second argument) at both ends.", true, true),
        Trimming("ltrim", "ltrim('  a')", "The text without blanks (or the characters of the second argument) at its start.", true, false),
        Trimming("rtrim", "rtrim('a  ')", "The text without blanks (or the characters of the second argument) at its end.", false, true),
        Make("replace", "replace('aba', 'a', 'c')", "The text with every occurrence of the second argument replaced.", Replace, Text, Text, Text),
        Define.Scalar(
            "concat", "concat('a', 'b', 'c')", "All arguments one after the other, values as their text; NULL counts as an empty text.",
            static types => types.Count > 0 && types.All(t => t is null or { IsArray: false })
                ? new(Concat, DataType.Varchar, [.. types.Select(_ => DataType.Varchar)])
                : null,
            isStrict: false, canFail: false),
        Define.Scalar(
            "||", "'a' || 'b'", "Both sides one after the other; one of them is a text, the other may be a value of any type but an array.",
            static types => types.Count == 2 && types.All(t => t is null or { IsArray: false }) && types.Any(t => t is null or { IsText: true })
                ? new(TextRows.Write(static (a, i, o) => Append(o, a[0].Utf8(i), a[1].Utf8(i))), Text, Text, Text)
                : null),
        Read("position", "position('b' IN 'abc')", "Where the first argument first stands in the second, from 1; 0 where it does not.",
            Count, static (a, i) => Position(a[1].Utf8(i), a[0].Utf8(i)), Text, Text),
        Read("strpos", "strpos('abc', 'b')", "Where the second argument first stands in the first, from 1; 0 where it does not.",
            Count, static (a, i) => Position(a[0].Utf8(i), a[1].Utf8(i)), Text, Text),
        Read("starts_with", "starts_with('abc', 'a')", "True where the text begins with the second argument.",
            DataType.Boolean, static (a, i) => Flag(a[0].Utf8(i).StartsWith(a[1].Utf8(i))), Text, Text),
        Read("ends_with", "ends_with('abc', 'c')", "True where the text ends with the second argument.",
            DataType.Boolean, static (a, i) => Flag(a[0].Utf8(i).EndsWith(a[1].Utf8(i))), Text, Text),
        Read("like", "'abc' LIKE 'a%'", "True where the text matches: % any characters, _ one, backslash escapes.",
            DataType.Boolean, static (a, i) => Flag(LikePattern.IsMatch(a[0].Utf8(i), a[1].Utf8(i), ignoreCase: false)), Text, Text),
        Read("ilike", "'ABC' ILIKE 'a%'", "As LIKE, in any case of letters.",
            DataType.Boolean, static (a, i) => Flag(LikePattern.IsMatch(a[0].Utf8(i), a[1].Utf8(i), ignoreCase: true)), Text, Text),
        Make("split_part", "split_part('a,b,c', ',', 2)", "The n-th part between delimiters, from 1 (from the end for a negative n); empty beyond.",
            SplitPart, Text, Text, Count),
        Padding("lpad", "lpad('7', 3, '0')", "The text cut or filled up on the left to n characters.", left: true),
        Padding("rpad", "rpad('7', 3, '0')", "The text cut or filled up on the right to n characters.", left: false),
        Make("reverse", "reverse('abc')", "The characters in reverse order.", Reverse, Text),
        Make("repeat", "repeat('ab', 3)", "The text n times.", Repeat, Text, Count),
        Make("chr", "chr(65)", "The character of a code point.", Character, Count),
        Read("ascii", "ascii('A')", "The code point of the first character; 0 of an empty text.", Count, CodePoint, Text),
    ];

    private static ScalarFunction Make(string name, string example, string summary, TextWriter writer, params DataType[] arguments) =>
        Define.Scalar(name, example, summary, new Signature(TextRows.Write(writer), DataType.Varchar, arguments));

    private static ScalarFunction Read<T>(
        string name, string example, string summary, DataType type, TextReader<T> reader, params DataType[] arguments)
        where T : unmanaged => Define.Infallible(name, example, summary, new Signature(TextRows.Read(reader), type, arguments));

    private static ScalarFunction Substring(string name, string example) => Define.Scalar(
        name, example, "Characters from a position on, at most as many as the third argument says.",
        new Signature(TextRows.Write(static (a, i, o) => Substring(a[0].Utf8(i), a[1].Values<int>()[i], int.MaxValue, o)), Text, Text, Count),
        new Signature(
            TextRows.Write(static (a, i, o) => Substring(a[0].Utf8(i), a[1].Values<int>()[i], a[2].Values<int>()[i], o)), Text, Text, Count, Count));

    private static ScalarFunction Trimming(string name, string example, string summary, bool start, bool end) => Define.Scalar(
        name, example, summary,
        new Signature(TextRows.Write((a, i, o) => Trim(a[0].Utf8(i), " "u8, start, end, o)), DataType.Varchar, DataType.Varchar),
        new Signature(
            TextRows.Write((a, i, o) => Trim(a[0].Utf8(i), a[1].Utf8(i), start, end, o)), DataType.Varchar, DataType.Varchar, DataType.Varchar));

    private static ScalarFunction Padding(string name, string example, string summary, bool left) => Define.Scalar(
        name, example, summary,
        new Signature(
            TextRows.Write((a, i, o) => Pad(a[0].Utf8(i), a[1].Values<int>()[i], " "u8, left, o)), DataType.Varchar, DataType.Varchar, DataType.Int),
        new Signature(
            TextRows.Write((a, i, o) => Pad(a[0].Utf8(i), a[1].Values<int>()[i], a[2].Utf8(i), left, o)),
            DataType.Varchar, DataType.Varchar, DataType.Int, DataType.Varchar));

    private static byte Flag(bool value) => value ? (byte)1 : (byte)0;

    private static void Append(TextBuffer output, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        output.Append(first);
        output.Append(second);
    }

    private static void Concat(ReadOnlySpan<ColumnVector> arguments, int rowCount, ColumnVector result, EvaluationContext context)
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
    private static void Substring(ReadOnlySpan<byte> text, int start, int count, TextBuffer output)
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

    private static void Left(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var text = arguments[0].Utf8(row);
        var count = (long)arguments[1].Values<int>()[row];
        var kept = count >= 0 ? count : Math.Max(Utf8Characters.Count(text) + count, 0);
        output.Append(text[..Utf8Characters.Offset(text, kept)]);
    }

    private static void Right(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var text = arguments[0].Utf8(row);
        var count = (long)arguments[1].Values<int>()[row];
        var dropped = count >= 0 ? Math.Max(Utf8Characters.Count(text) - count, 0) : -count;
        output.Append(text[Utf8Characters.Offset(text, dropped)..]);
    }

    private static void Trim(ReadOnlySpan<byte> text, ReadOnlySpan<byte> characters, bool start, bool end, TextBuffer output)
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
    private static bool Contains(ReadOnlySpan<byte> characters, ReadOnlySpan<byte> character) => characters.IndexOf(character) >= 0;

    private static void Replace(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
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

    private static int Position(ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted)
    {
        var at = text.IndexOf(wanted);
        return at < 0 ? 0 : Utf8Characters.Count(text[..at]) + 1;
    }

    private static void SplitPart(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var text = arguments[0].Utf8(row);
        var delimiter = arguments[1].Utf8(row);
        var wanted = (long)arguments[2].Values<int>()[row];
        if (wanted == 0)
        {
            Throw.Error(ErrorCode.InvalidArgument, "split_part(..., 0): parts count from 1, or from -1 for the last one");
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

    private static void Pad(ReadOnlySpan<byte> text, int wanted, ReadOnlySpan<byte> fill, bool left, TextBuffer output)
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

    private static void Reverse(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        for (var text = arguments[0].Utf8(row); !text.IsEmpty;)
        {
            Rune.DecodeLastFromUtf8(text, out _, out var lastBytes);
            output.Append(text[^lastBytes..]);
            text = text[..^lastBytes];
        }
    }

    private static void Repeat(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
    {
        var text = arguments[0].Utf8(row);
        var times = arguments[1].Values<int>()[row];
        CheckLength((long)text.Length * Math.Max(times, 0), "repeat");
        for (var i = 0; i < times && !text.IsEmpty; i++)
        {
            output.Append(text);
        }
    }

    private static void Character(ReadOnlySpan<ColumnVector> arguments, int row, TextBuffer output)
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

    private static int CodePoint(ReadOnlySpan<ColumnVector> arguments, int row)
    {
        var text = arguments[0].Utf8(row);
        if (text.IsEmpty)
        {
            return 0;
        }

        Rune.DecodeFromUtf8(text, out var rune, out _);
        return rune.Value;
    }

    private static void CheckLength(long bytes, string function)
    {
        if (bytes > TextBytesMax)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"{function}: a text of {bytes:N0} bytes is too long: at most {TextBytesMax:N0}");
        }
    }
}
