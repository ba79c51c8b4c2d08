using System.Diagnostics;
using TickStore.EndToEnd.Data;
using TickStore.Storage;

namespace TickStore.EndToEnd.Suites;

/// <summary>Writing in TickStore's own ways: without waiting for the device, as rows of a .NET type, and sealing alone.</summary>
internal sealed class Ingest(Figures figures, string folder)
{
    private const int SealRepeats = 3;

    /// <summary>Columnar commits of 1,000 rows that nobody waits for, then a seal. Leaves the database behind, closed.</summary>
    /// <returns>The folder of the database.</returns>
    public string Columns(Workload workload)
    {
        const int commitRows = 1000;
        var path = Path.Combine(folder, $"async-{workload.Name}");
        using var database = TickDatabase.Open(path);
        database.CreateTable(workload.Schema);
        var symbols = workload.InternSymbols(database.Symbols);
        var clock = Stopwatch.StartNew();
        var options = new AppenderOptions { CommitRows = commitRows, Durability = Durability.Async };
        using (var appender = database.CreateAppender(workload.Name, options))
        {
            for (var start = 0; start < workload.RowCount; start += commitRows)
            {
                workload.Fill(appender.Pending, start, Math.Min(commitRows, workload.RowCount - start), symbols);
                appender.Commit();
            }
        }

        figures.Add($"ingest.async_1000.{workload.Name}", "rows/s", workload.RowCount / clock.Elapsed.TotalSeconds);
        database.Seal();
        return path;
    }

    /// <summary>Trades as rows of a .NET type, durable every 20,000 rows.</summary>
    public void Rows(TradeWorkload workload, int rowCount)
    {
        var path = Path.Combine(folder, $"rows-{workload.Name}");
        using (var database = TickDatabase.Open(path))
        {
            database.CreateTable(workload.Schema);
            var rows = workload.Rows;
            var clock = Stopwatch.StartNew();
            var options = new AppenderOptions { CommitRows = 20_000 };
            using (var appender = database.CreateAppender<TradeRow>(workload.Name, options))
            {
                for (var i = 0; i < rowCount; i++)
                {
                    appender.Append(
                        new TradeRow(
                            new(rows.Times[i]),
                            workload.SymbolNames[rows.Symbols[i]],
                            new decimal(rows.PriceCents[i], 0, 0, false, 2),
                            rows.Sizes[i],
                            rows.IsBuy[i] != 0
                        )
                    );
                }
            }

            figures.Add($"ingest.rows_fsync_20000.{workload.Name}", "rows/s", rowCount / clock.Elapsed.TotalSeconds);
        }

        Directory.Delete(path, recursive: true);
    }

    /// <summary>Sealing alone, of rows that fit into the head: rows a second, by the wall and by CPU time.</summary>
    public void Seal(Workload workload, int rowCount)
    {
        var (wall, cpu) = (new double[SealRepeats], new double[SealRepeats]);
        for (var i = 0; i < SealRepeats; i++)
        {
            var path = Path.Combine(folder, $"seal-{workload.Name}");
            using (var database = HeadReads.OpenWithHead(workload, rowCount, path))
            {
                using var process = Process.GetCurrentProcess();
                var cpuBefore = process.TotalProcessorTime;
                var clock = Stopwatch.StartNew();
                if (database.Seal() != rowCount)
                {
                    throw new InvalidOperationException(
                        $"Some of the {rowCount} rows were sealed before the clock started"
                    );
                }

                wall[i] = rowCount / clock.Elapsed.TotalSeconds;
                process.Refresh();
                cpu[i] = rowCount / (process.TotalProcessorTime - cpuBefore).TotalSeconds;
            }

            Directory.Delete(path, recursive: true);
        }

        figures.Add($"seal.{workload.Name}.wall", "rows/s", wall);
        figures.Add($"seal.{workload.Name}.per_core", "rows/s", cpu);
    }
}
