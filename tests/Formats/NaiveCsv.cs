using System.Text;

namespace TickStore.Tests.Formats;

/// <summary>The slow twin of the CSV reader: one character after the other, over the whole text at once.</summary>
internal static class NaiveCsv
{
    /// <summary>Each record as its line number and its fields, or <c>bad</c>.</summary>
    public static List<string> Parse(string text, int fieldCount)
    {
        var records = new List<string>();
        var line = 1;
        var at = 0;
        while (at < text.Length)
        {
            var firstLine = line;
            var begin = at;
            var fields = new List<string>();
            var isBad = false;
            while (true)
            {
                string field;
                if (at < text.Length && text[at] == '"')
                {
                    var value = new StringBuilder();
                    at++;
                    while (at < text.Length && !(text[at] == '"' && !(at + 1 < text.Length && text[at + 1] == '"')))
                    {
                        at += text[at] == '"' ? 1 : 0;
                        line += text[at] == '\n' ? 1 : 0;
                        value.Append(text[at++]);
                    }

                    isBad |= at == text.Length;
                    at = Math.Min(at + 1, text.Length);
                    at +=
                        at < text.Length && text[at] == '\r' && (at + 1 == text.Length || text[at + 1] == '\n') ? 1 : 0;
                    for (; at < text.Length && text[at] is not (',' or '\n'); at++)
                    {
                        isBad = true;
                    }

                    field = $"<{value}>";
                }
                else
                {
                    var start = at;
                    while (at < text.Length && text[at] is not (',' or '\n'))
                    {
                        at++;
                    }

                    var value = text[start..at];
                    value = (at == text.Length || text[at] == '\n') && value.EndsWith('\r') ? value[..^1] : value;
                    field = value.Length == 0 ? "null" : $"<{value}>";
                }

                fields.Add(field);
                if (at < text.Length && text[at] == ',')
                {
                    at++;
                    continue;
                }

                break;
            }

            var isEmpty = text[begin..at].TrimEnd('\r').Length == 0 && text[begin..at].Length <= 1;
            at++;
            line++;
            if (isEmpty && fieldCount != 1)
            {
                continue;
            }

            records.Add($"{firstLine}:" + (isBad || fields.Count != fieldCount ? "bad" : string.Join('|', fields)));
        }

        return records;
    }
}
