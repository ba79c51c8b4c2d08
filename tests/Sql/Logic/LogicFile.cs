using System.Text;

namespace TickStore.Tests.Sql.Logic;

/// <summary>
/// Reads files in the manner of sqllogictest. Records are separated by empty lines; a line that starts with # is a comment.
/// <c>statement ok</c>, <c>statement error TEXT</c>: the statement follows. <c>query [rowsort]</c>: the query follows, then a line
/// ----, then the expected rows, values separated by |, NULL written so. <c>query error TEXT</c> as for statements.
/// </summary>
internal sealed record LogicRecord(int Line, string Kind, string Argument, string Sql, IReadOnlyList<string> Expected)
{
    public static IEnumerable<LogicRecord> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i].StartsWith('#'))
                continue;
            var start = i + 1;
            var words = lines[i].Split(' ', 3);
            var kind = words.Length > 1 && words[1] == "error" ? "error" : words[0];
            var argument = kind == "error" ? words.ElementAtOrDefault(2) ?? "" : words.ElementAtOrDefault(1) ?? "";
            var sql = new StringBuilder();
            for (i++; i < lines.Length && lines[i].Length > 0 && lines[i] != "----"; i++)
                sql.Append(lines[i]).Append('\n');
            var expected = new List<string>();
            if (i < lines.Length && lines[i] == "----")
            {
                for (i++; i < lines.Length && lines[i].Length > 0; i++)
                    expected.Add(lines[i]);
            }

            yield return new LogicRecord(start, kind, argument, sql.ToString().TrimEnd(), expected);
        }
    }
}
