using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Suites;

/// <summary>Bytes a row once everything is sealed: segments, columns with their codecs, and the whole folder.</summary>
internal sealed class Sizes(Report report)
{
    /// <summary>The segments alone; the database is open.</summary>
    public void Segments(TickDatabase database, Workload workload)
    {
        var table = database.Statistics().Single(t => t.Table.Name == workload.Name);
        if (table.HeadRowCount != 0)
        {
            throw new InvalidOperationException($"{table.HeadRowCount} rows of {workload.Name} are not sealed");
        }

        report.Add(
            $"bytes.{workload.Name}.segments",
            Measurement.TickStore,
            (double)table.SegmentBytes / workload.RowCount,
            "B/row"
        );
        foreach (var column in table.Columns)
        {
            var metric = $"bytes.{workload.Name}.column.{column.Column.Name}";
            report.Add(metric, Measurement.TickStore, column.BitsPerValue / 8, "B/row");
            if (report.Wants(metric))
            {
                var vectors = Math.Max(1, column.Codecs.Sum(c => c.VectorCount));
                var codecs = column.Codecs.Take(3).Select(c => $"{c.Codec} {100.0 * c.VectorCount / vectors:F0} %");
                report.Note($"{workload.Name}.{column.Column.Name}: {string.Join(", ", codecs)}");
            }
        }

        report.Note($"{workload.Name}: {table.Segments.Count} segments");
    }

    /// <summary>Every file of the closed database: manifest, symbols and log included.</summary>
    public void Folder(string path, Workload workload)
    {
        var bytes = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        report.Add($"bytes.{workload.Name}.folder", Measurement.TickStore, (double)bytes / workload.RowCount, "B/row");
    }
}
