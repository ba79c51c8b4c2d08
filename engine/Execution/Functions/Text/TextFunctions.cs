using System.Text;
using TickStore.Core;
using static TickStore.Execution.TextKernels;

namespace TickStore.Execution;

/// <summary>
/// Functions of text. SYMBOL arguments are read as VARCHAR. Positions and lengths count characters from 1, not bytes.
/// </summary>
internal static class TextFunctions
{
    private static readonly DataType Text = DataType.Varchar;
    private static readonly DataType Count = DataType.Int;

    /// <summary>The family's table.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Make(
            "lower",
            "lower('ABC')",
            "The text in lower case.",
            static (a, i, o) => Utf8Characters.ChangeCase(a[0].Utf8(i), false, o),
            Text
        ),
        Make(
            "upper",
            "upper('abc')",
            "The text in upper case.",
            static (a, i, o) => Utf8Characters.ChangeCase(a[0].Utf8(i), true, o),
            Text
        ),
        Read(
            "length",
            "length('abc')",
            "Characters of the text.",
            Count,
            static (a, i) => Utf8Characters.Count(a[0].Utf8(i)),
            Text
        ),
        Read(
            "char_length",
            "char_length('abc')",
            "Characters of the text.",
            Count,
            static (a, i) => Utf8Characters.Count(a[0].Utf8(i)),
            Text
        ),
        Read(
            "octet_length",
            "octet_length('abc')",
            "Bytes of the text.",
            Count,
            static (a, i) => a[0].Utf8(i).Length,
            Text
        ),
        SubstringFunction("substring", "substring('abcdef' FROM 2 FOR 3)"),
        SubstringFunction("substr", "substr('abcdef', 2, 3)"),
        Make(
            "left",
            "left('abc', 2)",
            "The first n characters; all but the last -n for a negative n.",
            Left,
            Text,
            Count
        ),
        Make(
            "right",
            "right('abc', 2)",
            "The last n characters; all but the first -n for a negative n.",
            Right,
            Text,
            Count
        ),
        Trimming(
            "trim",
            "trim('  a ')",
            "The text without blanks (or the characters of the second argument) at both ends.",
            true,
            true
        ),
        Trimming(
            "btrim",
            "btrim('xax', 'x')",
            "The text without blanks (or the characters of the second argument) at both ends.",
            true,
            true
        ),
        Trimming(
            "ltrim",
            "ltrim('  a')",
            "The text without blanks (or the characters of the second argument) at its start.",
            true,
            false
        ),
        Trimming(
            "rtrim",
            "rtrim('a  ')",
            "The text without blanks (or the characters of the second argument) at its end.",
            false,
            true
        ),
        Make(
            "replace",
            "replace('aba', 'a', 'c')",
            "The text with every occurrence of the second argument replaced.",
            Replace,
            Text,
            Text,
            Text
        ),
        Define.Scalar(
            "concat",
            "concat('a', 'b', 'c')",
            "All arguments one after the other, values as their text; NULL counts as an empty text.",
            static types =>
                types.Count > 0 && types.All(t => t is null or { IsArray: false })
                    ? new(Concat, DataType.Varchar, [.. types.Select(_ => DataType.Varchar)])
                    : null,
            isStrict: false,
            canFail: false
        ),
        Define.Scalar(
            "||",
            "'a' || 'b'",
            "Both sides one after the other; one of them is a text, the other may be a value of any type but an array.",
            static types =>
                types.Count == 2
                && types.All(t => t is null or { IsArray: false })
                && types.Any(t => t is null or { IsText: true })
                    ? new(TextRows.Write(static (a, i, o) => Append(o, a[0].Utf8(i), a[1].Utf8(i))), Text, Text, Text)
                    : null
        ),
        Read(
            "position",
            "position('b' IN 'abc')",
            "Where the first argument first stands in the second, from 1; 0 where it does not.",
            Count,
            static (a, i) => Position(a[1].Utf8(i), a[0].Utf8(i)),
            Text,
            Text
        ),
        Read(
            "strpos",
            "strpos('abc', 'b')",
            "Where the second argument first stands in the first, from 1; 0 where it does not.",
            Count,
            static (a, i) => Position(a[0].Utf8(i), a[1].Utf8(i)),
            Text,
            Text
        ),
        Read(
            "starts_with",
            "starts_with('abc', 'a')",
            "True where the text begins with the second argument.",
            DataType.Boolean,
            static (a, i) => Flag(a[0].Utf8(i).StartsWith(a[1].Utf8(i))),
            Text,
            Text
        ),
        Read(
            "ends_with",
            "ends_with('abc', 'c')",
            "True where the text ends with the second argument.",
            DataType.Boolean,
            static (a, i) => Flag(a[0].Utf8(i).EndsWith(a[1].Utf8(i))),
            Text,
            Text
        ),
        Read(
            "like",
            "'abc' LIKE 'a%'",
            "True where the text matches: % any characters, _ one, backslash escapes.",
            DataType.Boolean,
            static (a, i) => Flag(LikePattern.IsMatch(a[0].Utf8(i), a[1].Utf8(i), ignoreCase: false)),
            Text,
            Text
        ),
        Read(
            "ilike",
            "'ABC' ILIKE 'a%'",
            "As LIKE, in any case of letters.",
            DataType.Boolean,
            static (a, i) => Flag(LikePattern.IsMatch(a[0].Utf8(i), a[1].Utf8(i), ignoreCase: true)),
            Text,
            Text
        ),
        Make(
            "split_part",
            "split_part('a,b,c', ',', 2)",
            "The n-th part between delimiters, from 1 (from the end for a negative n); empty beyond.",
            SplitPart,
            Text,
            Text,
            Count
        ),
        Padding("lpad", "lpad('7', 3, '0')", "The text cut or filled up on the left to n characters.", left: true),
        Padding("rpad", "rpad('7', 3, '0')", "The text cut or filled up on the right to n characters.", left: false),
        Make("reverse", "reverse('abc')", "The characters in reverse order.", Reverse, Text),
        Make("repeat", "repeat('ab', 3)", "The text n times.", Repeat, Text, Count),
        Make("chr", "chr(65)", "The character of a code point.", Character, Count),
        Read(
            "ascii",
            "ascii('A')",
            "The code point of the first character; 0 of an empty text.",
            Count,
            CodePoint,
            Text
        ),
    ];

    private static ScalarFunction Make(
        string name,
        string example,
        string summary,
        TextWriter writer,
        params DataType[] arguments
    ) => Define.Scalar(name, example, summary, new Signature(TextRows.Write(writer), DataType.Varchar, arguments));

    private static ScalarFunction Read<T>(
        string name,
        string example,
        string summary,
        DataType type,
        TextReader<T> reader,
        params DataType[] arguments
    )
        where T : unmanaged =>
        Define.Infallible(name, example, summary, new Signature(TextRows.Read(reader), type, arguments));

    private static ScalarFunction SubstringFunction(string name, string example) =>
        Define.Scalar(
            name,
            example,
            "Characters from a position on, at most as many as the third argument says.",
            new Signature(
                TextRows.Write(static (a, i, o) => Substring(a[0].Utf8(i), a[1].Values<int>()[i], int.MaxValue, o)),
                Text,
                Text,
                Count
            ),
            new Signature(
                TextRows.Write(
                    static (a, i, o) => Substring(a[0].Utf8(i), a[1].Values<int>()[i], a[2].Values<int>()[i], o)
                ),
                Text,
                Text,
                Count,
                Count
            )
        );

    private static ScalarFunction Trimming(string name, string example, string summary, bool start, bool end) =>
        Define.Scalar(
            name,
            example,
            summary,
            new Signature(
                TextRows.Write((a, i, o) => Trim(a[0].Utf8(i), " "u8, start, end, o)),
                DataType.Varchar,
                DataType.Varchar
            ),
            new Signature(
                TextRows.Write((a, i, o) => Trim(a[0].Utf8(i), a[1].Utf8(i), start, end, o)),
                DataType.Varchar,
                DataType.Varchar,
                DataType.Varchar
            )
        );

    private static ScalarFunction Padding(string name, string example, string summary, bool left) =>
        Define.Scalar(
            name,
            example,
            summary,
            new Signature(
                TextRows.Write((a, i, o) => Pad(a[0].Utf8(i), a[1].Values<int>()[i], " "u8, left, o)),
                DataType.Varchar,
                DataType.Varchar,
                DataType.Int
            ),
            new Signature(
                TextRows.Write((a, i, o) => Pad(a[0].Utf8(i), a[1].Values<int>()[i], a[2].Utf8(i), left, o)),
                DataType.Varchar,
                DataType.Varchar,
                DataType.Int,
                DataType.Varchar
            )
        );
}
