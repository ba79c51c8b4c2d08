using TickStore.EndToEnd.Data;

namespace TickStore.EndToEnd.Suites;

/// <summary>
/// Figures that only TickStore has: sealing, reads of the head and of segments, replay. They run in a worker of their own, on databases
/// that they make and remove.
/// </summary>
internal static class OwnFigures
{
    // Below the size at which a head is sealed behind our back: 96 MiB.
    private const int HeadTicks = 1_000_000;
    private const int HeadSnapshots = 150_000;

    /// <summary>Measures what is wanted of a table.</summary>
    /// <param name="workload">Its rows.</param>
    /// <param name="folder">Where the databases are made.</param>
    /// <param name="only">The prefix of the figures' names; null for all.</param>
    public static IReadOnlyList<Figure> Run(Workload workload, string folder, string? only)
    {
        var figures = new Figures(only);
        var name = workload.Name;
        var headRows = Math.Min(workload.RowCount, workload is SnapshotWorkload ? HeadSnapshots : HeadTicks);
        var ingest = new Ingest(figures, folder);
        if (workload is TradeWorkload trades && figures.Wants($"ingest.rows_fsync_20000.{name}"))
        {
            ingest.Rows(trades, headRows);
        }

        if (figures.Wants($"seal.{name}"))
        {
            ingest.Seal(workload, headRows);
        }

        if (figures.Wants($"read.{name}.head"))
        {
            new HeadReads(figures, folder).Run(workload, headRows);
        }

        if (!new[] { "ingest.async_1000", "read", "replay" }.Any(k => figures.Wants($"{k}.{name}")))
        {
            return figures.All;
        }

        var path = ingest.Columns(workload);
        using (var database = TickDatabase.Open(path))
        {
            var reads = new SegmentReads(figures, database);
            if (figures.Wants($"read.{name}.segments"))
            {
                reads.Scans(workload);
            }

            if (figures.Wants($"replay.{name}.max"))
            {
                reads.Replay(workload);
            }
        }

        Directory.Delete(path, recursive: true);
        return figures.All;
    }
}
