// Proves that the ASOF join gives the results that pandas' own test suite publishes for merge_asof: the tables of
// PublishedAsof/ (BSD-3, see LICENSE.pandas there) are read, joined, and compared with the expected tables as text.
using System.Globalization;
using System.Runtime.CompilerServices;
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class PublishedAsofTests
{
    public static TheoryData<string, string> Cases { get; } = ReadCases();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_published_result_comes_out(string name, string options)
    {
        var settings = options.Split(';').Select(o => o.Split('=', 2)).ToDictionary(o => o[0], o => o[1]);
        var symbols = new SymbolTable();
        var left = Table.Read($"{name}.left.csv");
        var right = Table.Read($"{name}.right.csv");
        var expected = Table.Read($"{name}.expected.csv");
        var on = settings["on"];
        string[] by = settings.TryGetValue("by", out var keys)
            ? keys.Trim('[', ']').Replace("'", string.Empty, StringComparison.Ordinal).Split(", ")
            : [];
        var leftNode = left.ToPlan(on, by);
        var rightNode = right.ToPlan(on, by);
        var time = Column(leftNode, leftNode.Schema.IndexOf(on));
        ConstantValue? tolerance = null;
        if (settings.TryGetValue("tolerance", out var text))
        {
            tolerance = time.Type.Kind switch
            {
                TypeKind.Timestamp => ConstantValue.Of(
                    Interval.OfNanos(
                        TimeSpan
                            .Parse(
                                text.Replace("0 days ", string.Empty, StringComparison.Ordinal),
                                CultureInfo.InvariantCulture
                            )
                            .Ticks * 100
                    )
                ),
                TypeKind.Double => ConstantValue.Of(DataType.Double, double.Parse(text, CultureInfo.InvariantCulture)),
                _ => ConstantValue.Of(time.Type, long.Parse(text, CultureInfo.InvariantCulture)),
            };
        }

        var node = new AsofJoinNode(
            leftNode,
            rightNode,
            JoinKind.Left,
            [.. by.Select(b => Column(leftNode, leftNode.Schema.IndexOf(b)))],
            [.. by.Select(b => Column(rightNode, rightNode.Schema.IndexOf(b)))],
            time,
            Column(rightNode, rightNode.Schema.IndexOf(on)),
            settings.TryGetValue("direction", out var direction)
                ? Enum.Parse<AsofDirection>(direction, ignoreCase: true)
                : AsofDirection.Backward,
            !settings.TryGetValue("allow_exact_matches", out var exact) || exact == "True",
            tolerance
        );

        var found = TestQuery.Run(node, symbols, 2);
        Assert.Equal(expected.Rows.Count, found.Count);
        foreach (var (column, index) in expected.Names.Select((n, i) => (n, i)))
        {
            // A column that both sides have, and that is no key, is suffixed by pandas.
            var place = node.Schema.IndexOf(column);
            place = column.EndsWith("_x", StringComparison.Ordinal) ? leftNode.Schema.IndexOf(column[..^2]) : place;
            place = column.EndsWith("_y", StringComparison.Ordinal)
                ? left.Names.Count + rightNode.Schema.IndexOf(column[..^2])
                : place;
            Assert.True(place >= 0, column);
            for (var row = 0; row < found.Count; row++)
            {
                var value = expected.Rows[row][index];
                object? wanted = value.Length == 0 ? null : Parse(node.Schema[place].Type, value);
                Assert.Equal(TestRow.Text([wanted]), TestRow.Text([found[row][place]]));
            }
        }
    }

    private static object Parse(DataType type, string text) =>
        type.Kind switch
        {
            TypeKind.Timestamp => (
                DateTime.Parse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
                ) - DateTime.UnixEpoch
            ).Ticks * 100,
            TypeKind.Double => double.Parse(text, CultureInfo.InvariantCulture),
            _ => text,
        };

    private static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "PublishedAsof");

    private static TheoryData<string, string> ReadCases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var line in File.ReadLines(Path.Combine(Folder(), "index.csv")).Skip(1))
        {
            cases.Add(line[..line.IndexOf(',', StringComparison.Ordinal)], line.Split('"')[1]);
        }

        Assert.Equal(22, cases.Count);
        return cases;
    }

    private sealed record Table(IReadOnlyList<string> Names, IReadOnlyList<string[]> Rows)
    {
        public static Table Read(string file)
        {
            var lines = File.ReadAllLines(Path.Combine(Folder(), file));
            return new Table(lines[0].Split(','), [.. lines.Skip(1).Select(l => l.Split(','))]);
        }

        /// <summary>Times are time stamps or numbers; what is neither a key nor a number is text.</summary>
        public ValuesNode ToPlan(string on, string[] by)
        {
            var types = Names
                .Select(
                    (name, i) =>
                    {
                        var values = Rows.Select(r => r[i]).Where(v => v.Length > 0).ToList();
                        var isNumber =
                            !by.Contains(name)
                            && values.All(v => double.TryParse(v, CultureInfo.InvariantCulture, out _));
                        return name == on && !isNumber ? DataType.Timestamp
                            : isNumber ? DataType.Double
                            : DataType.Varchar;
                    }
                )
                .ToList();
            return new ValuesNode(
                new BatchSchema([.. Names.Select((n, i) => new ColumnSchema(n, types[i]))]),
                [
                    .. Rows.Select(r =>
                        (IReadOnlyList<ConstantValue>)
                            [
                                .. r.Select(
                                    (v, i) => TestRow.Constant(types[i], v.Length == 0 ? null : Parse(types[i], v))
                                ),
                            ]
                    ),
                ]
            );
        }
    }
}
