using System.Diagnostics;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;
using TickStore.Storage;

namespace TickStore.EndToEnd.Suites;

/// <summary>Writing: how many rows a second are acknowledged, durable, and sealed, and what a commit takes.</summary>
internal sealed class Ingest(Report report, string folder)
{
    /// <summary>Rows of one columnar commit after the other, then a seal. Leaves the database behind, closed.</summary>
    /// <returns>The folder of the database.</returns>
    public string Columns(Workload workload, Durability durability, int commitRows)
    {
        var variant = $"{workload.Name}.{durability.ToString().ToLowerInvariant()}_{commitRows}";
        Report.Progress($"tickstore: write {variant}");
        var path = Path.Combine(folder, variant);
        var latencies = new Latencies(workload.RowCount / commitRows);
        var memory = PeakMemory.Start();
        using var database = TickDatabase.Open(path);
        database.CreateTable(workload.Schema);
        var symbols = workload.InternSymbols(database.Symbols);
        var clock = Stopwatch.StartNew();
        var options = new AppenderOptions { CommitRows = commitRows, Durability = durability };
        using (var appender = database.CreateAppender(workload.Name, options))
        {
            for (var start = 0; start < workload.RowCount; start += commitRows)
            {
                var before = Stopwatch.GetTimestamp();
                workload.Fill(appender.Pending, start, Math.Min(commitRows, workload.RowCount - start), symbols);
                appender.Commit();
                latencies.Add(Stopwatch.GetTimestamp() - before);
            }
        }

        Finish(database, workload.RowCount, durability, variant, clock);
        report.Add($"commit_p50.{variant}", Measurement.TickStore, latencies.PercentileMicros(0.5), "us");
        report.Add($"commit_p99.{variant}", Measurement.TickStore, latencies.PercentileMicros(0.99), "us");
        if (memory.MebibytesAbove() is { } mebibytes)
        {
            report.Add($"memory.{variant}", Measurement.TickStore, mebibytes, "MiB");
        }

        return path;
    }

    /// <summary>Trades as rows of a .NET type, durable.</summary>
    public void Rows(TradeWorkload workload, int commitRows)
    {
        var variant = $"{workload.Name}.rows_fsync_{commitRows}";
        Report.Progress($"tickstore: write {variant}");
        var path = Path.Combine(folder, variant);
        using (var database = TickDatabase.Open(path))
        {
            database.CreateTable(workload.Schema);
            var rows = workload.Rows;
            var clock = Stopwatch.StartNew();
            using (
                var appender = database.CreateAppender<TradeRow>(
                    workload.Name,
                    new AppenderOptions { CommitRows = commitRows }
                )
            )
            {
                for (var i = 0; i < workload.RowCount; i++)
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

            report.Add(
                $"write.{variant}",
                Measurement.TickStore,
                workload.RowCount / clock.Elapsed.TotalSeconds,
                "rows/s"
            );
        }

        Directory.Delete(path, recursive: true);
    }

    /// <summary>Sealing alone, of rows that fit into the head: rows a second, by the wall and by CPU time; medians of three.</summary>
    public void Seal(Workload workload, int rowCount)
    {
        const int repeats = 3;
        Report.Progress($"tickstore: seal {workload.Name}");
        var (wall, cpu) = (new double[repeats], new double[repeats]);
        for (var i = 0; i < repeats; i++)
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

                wall[i] = clock.Elapsed.TotalSeconds;
                process.Refresh();
                cpu[i] = (process.TotalProcessorTime - cpuBefore).TotalSeconds;
            }

            Directory.Delete(path, recursive: true);
        }

        Array.Sort(wall);
        Array.Sort(cpu);
        report.Add($"seal.{workload.Name}.wall", Measurement.TickStore, rowCount / wall[repeats / 2], "rows/s");
        report.Add($"seal.{workload.Name}.per_core", Measurement.TickStore, rowCount / cpu[repeats / 2], "rows/s");
    }

    private void Finish(TickDatabase database, int rowCount, Durability durability, string variant, Stopwatch clock)
    {
        report.Add($"write.{variant}", Measurement.TickStore, rowCount / clock.Elapsed.TotalSeconds, "rows/s");
        if (durability == Durability.Async)
        {
            database.Flush();
            report.Add(
                $"write.{variant}_durable",
                Measurement.TickStore,
                rowCount / clock.Elapsed.TotalSeconds,
                "rows/s"
            );
        }

        database.Seal();
        report.Add($"write.{variant}_sealed", Measurement.TickStore, rowCount / clock.Elapsed.TotalSeconds, "rows/s");
    }
}
