using TickStore.Core;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Workers;
using TickStore.Storage;

namespace TickStore.EndToEnd.Suites;

/// <summary>Reading rows that are visible and not sealed yet.</summary>
internal sealed class HeadReads(Figures figures, string folder)
{
    /// <summary>Makes a database whose rows all lie in memory; few enough that nothing is sealed behind our back.</summary>
    public static TickDatabase OpenWithHead(Workload workload, int rowCount, string path)
    {
        const int commitRows = 20_000;
        var database = TickDatabase.Open(path, new TickDatabaseOptions { ThreadCount = WorkerMain.ThreadCount });
        database.CreateTable(workload.Schema);
        var symbols = workload.InternSymbols(database.Symbols);
        var options = new AppenderOptions { CommitRows = commitRows, Durability = Durability.Async };
        using (var appender = database.CreateAppender(workload.Name, options))
        {
            for (var start = 0; start < rowCount; start += commitRows)
            {
                workload.Fill(appender.Pending, start, Math.Min(commitRows, rowCount - start), symbols);
                appender.Commit();
            }
        }

        database.Flush();
        return database;
    }

    public void Run(Workload workload, int rowCount)
    {
        var path = Path.Combine(folder, $"head-{workload.Name}");
        using (var database = OpenWithHead(workload, rowCount, path))
        {
            var expected = workload.Checksum(rowCount);
            Time("head_1_thread", ScanOrder.None, 1);
            Time("head_2_threads", ScanOrder.None, 2);
            Time("head_time_order", ScanOrder.EventTime, 1);

            void Time(string variant, ScanOrder order, int threads)
            {
                var seconds = Timing.Seconds(() =>
                    expected.MustEqual(
                        Scanner.Read(database, workload, order, threads),
                        $"{workload.Name} read from the head"
                    )
                );
                figures.Add($"read.{workload.Name}.{variant}", "rows/s", Timing.RowsPerSecond(rowCount, seconds));
            }
        }

        Directory.Delete(path, recursive: true);
    }
}
