using System.Globalization;

namespace TickStore.EndToEnd.Workers;

/// <summary>Values of an answer on their way between processes: a letter for the type, a colon, and every digit.</summary>
internal static class AnswerText
{
    /// <summary>NULL, which no query should give; it compares unequal to every number.</summary>
    public const string Null = "null";

    public static string[][] Write(object[][] rows) => Array.ConvertAll(rows, r => Array.ConvertAll(r, Write));

    public static object[][] Read(string[][] rows) => Array.ConvertAll(rows, r => Array.ConvertAll(r, Read));

    private static string Write(object value) =>
        value switch
        {
            long number => $"l:{number}",
            int number => $"l:{number}",
            decimal number => $"m:{number}",
            double number => $"d:{number:R}",
            string text => $"s:{text}",
            null or DBNull => $"s:{Null}",
            _ => throw new InvalidDataException($"A {value.GetType().Name} is no value of an answer: {value}"),
        };

    private static object Read(string text) =>
        text[0] switch
        {
            'l' => long.Parse(text.AsSpan(2), CultureInfo.InvariantCulture),
            'm' => decimal.Parse(text.AsSpan(2), CultureInfo.InvariantCulture),
            'd' => double.Parse(text.AsSpan(2), CultureInfo.InvariantCulture),
            _ => text[2..],
        };
}
