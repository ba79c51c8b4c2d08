using System.Text;

namespace TickStore.Micro.Reporting;

/// <summary>Rows as Markdown: one table a suite, the widths of a benchmark beside each other.</summary>
internal static class MicroTable
{
    /// <summary>Writes all suites, in the order in which they first appear.</summary>
    public static string Write(IReadOnlyList<MicroRow> rows)
    {
        var text = new StringBuilder();
        foreach (var suite in rows.GroupBy(r => r.Suite))
        {
            WriteSuite(text, suite.Key, [.. suite]);
        }

        return text.ToString();
    }

    private static void WriteSuite(StringBuilder text, string suite, IReadOnlyList<MicroRow> rows)
    {
        var widths = rows.Select(r => r.Width).Distinct().ToArray();
        text.Append($"\n## {suite}\n\n| case | benchmark |");
        foreach (var width in widths)
        {
            text.Append($" {width}: ns | GB/s | x base |");
        }

        text.Append(" M values/s | B/value | allocated B |\n|---|---|");
        foreach (var _ in widths)
        {
            text.Append("--:|--:|--:|");
        }

        text.Append("--:|--:|--:|\n");
        foreach (var line in rows.GroupBy(r => (r.Case, r.Group, r.Method)))
        {
            text.Append($"| {line.Key.Case} | {Label(line.Key.Group, line.Key.Method)} |");
            foreach (var width in widths)
            {
                var row = line.FirstOrDefault(r => r.Width == width);
                text.Append(
                    row is null
                        ? " - | - | - |"
                        : $" {row.Nanos:G3} | {row.GigabytesPerSecond:F1} | {Ratio(row, rows):F2} |"
                );
            }

            var first = line.First();
            text.Append($" {1e3 / first.Nanos:G4} | {first.StoredBytesPerValue:F2} | {first.AllocatedBytes:F0} |\n");
        }
    }

    /// <summary>Time over the time of the group's baseline; null where there is none.</summary>
    private static double? Ratio(MicroRow row, IReadOnlyList<MicroRow> rows)
    {
        var baseline = rows.FirstOrDefault(r =>
            r.IsBaseline && r.Group == row.Group && r.Case == row.Case && r.Width == row.Width
        );
        return row.Nanos / baseline?.Nanos;
    }

    private static string Label(string group, string method) => group.Length == 0 ? method : $"{group}: {method}";
}
