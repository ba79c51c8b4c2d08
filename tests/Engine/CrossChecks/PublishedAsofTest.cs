// Proves that ASOF joins by SQL give what pandas itself gives for the 22 cases of its own tests (cross-check 13): backward,
// forward and nearest, with and without exact matches, tolerance, several keys, times, integers and floats.
using System.Globalization;

namespace TickStore.Tests.Engine.CrossChecks;

public sealed class PublishedAsofTest
{
    private static readonly string Folder = FindFolder();

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var line in File.ReadAllLines(Path.Combine(Folder, "index.csv")).Skip(1).Where(l => l.Length > 0))
        {
            var quoted = line.Split('"');
            cases.Add(quoted[0].TrimEnd(','), quoted[1]);
        }

        return cases;
    }

    [Fact]
    public void All_cases_are_here() => Assert.Equal(22, Cases().Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_join_equals_pandas(string name, string optionText)
    {
        var options = optionText.Split(';').Select(o => o.Split('=', 2)).ToDictionary(o => o[0], o => o[1]);
        var on = options["on"];
        var keys = options
            .GetValueOrDefault("by", string.Empty)
            .Trim('[', ']')
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(k => k.Trim(' ', '\''))
            .ToList();
        var direction = options.GetValueOrDefault("direction", "backward");
        var exact = options.GetValueOrDefault("allow_exact_matches", "True") == "True";
        var comparison = (direction == "forward" ? "<" : ">") + (exact ? "=" : string.Empty);

        using var database = TickDatabase.OpenInMemory();
        DataFiles.Import(database, "l", Path.Combine(Folder, name + ".left.csv"));
        DataFiles.Import(database, "r", Path.Combine(Folder, name + ".right.csv"));
        var expected = File.ReadAllLines(Path.Combine(Folder, name + ".expected.csv"))
            .Where(l => l.Length > 0)
            .Select(l => l.Split(','))
            .ToList();
        var leftNames = database.FindTable("l")!.Columns.Select(c => c.Name).ToHashSet();
        var rightNames = database.FindTable("r")!.Columns.Select(c => c.Name).ToHashSet();

        // pandas names what both sides have NAME_x and NAME_y; keys and the time are the left side's.
        var columns = expected[0]
            .Select(c =>
                leftNames.Contains(c) ? $"l.{c}"
                : rightNames.Contains(c) ? $"r.{c}"
                : c.EndsWith("_x", StringComparison.Ordinal) ? $"l.{c[..^2]}"
                : $"r.{c[..^2]}"
            );
        var conditions = string.Concat(keys.Select(k => $"l.{k} = r.{k} AND "));
        var sql = $"""
            SELECT {string.Join(", ", columns)} FROM l ASOF LEFT JOIN r ON {conditions}l.{on} {comparison} r.{on}
            {Tolerance(options.GetValueOrDefault("tolerance"))} {(
                direction == "nearest" ? "NEAREST" : string.Empty
            )} ORDER BY l._seq
            """;
        using var result = database.Query(sql);
        var actual = result.ToTextRows();
        Assert.Equal(expected.Count - 1, actual.Count);
        for (var row = 0; row < actual.Count; row++)
        {
            Assert.Equal(expected[row + 1].Select(Plain), actual[row].Select(f => Plain(f ?? string.Empty)));
        }
    }

    private static string Tolerance(string? tolerance) =>
        tolerance is null ? string.Empty
        : tolerance.StartsWith("0 days", StringComparison.Ordinal)
            ? $"TOLERANCE INTERVAL '{TimeSpan.Parse(tolerance[7..], CultureInfo.InvariantCulture).TotalMilliseconds} milliseconds'"
        : $"TOLERANCE {tolerance}";

    // A column with a gap is floating in pandas, and times print their microseconds: numbers and times are compared as values.
    private static string Plain(string field) =>
        decimal.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("0.############", CultureInfo.InvariantCulture)
        : DateTime.TryParse(
            field,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time.ToString("O")
        : field;

    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TickStore.sln")))
        {
            folder = folder.Parent;
        }

        return Directory.GetDirectories(
            Path.Combine(folder.FullName, "tests"),
            "PublishedAsof",
            SearchOption.AllDirectories
        )[0];
    }
}
