using TickStore.Core;
using TickStore.EndToEnd.Data;
using TickStore.Streaming;

namespace TickStore.EndToEnd.Suites;

/// <summary>Reading sealed rows: scans, time order, replay. The database is warm: its bytes are in the page cache.</summary>
internal sealed class SegmentReads(Figures figures, TickDatabase database)
{
    public void Scans(Workload workload)
    {
        var expected = workload.Checksum(workload.RowCount);
        Time("segments_1_thread", ScanOrder.None, 1);
        Time("segments_2_threads", ScanOrder.None, 2);
        Time("segments_time_order", ScanOrder.EventTime, 1);

        void Time(string variant, ScanOrder order, int threads)
        {
            var seconds = Timing.Seconds(() =>
                expected.MustEqual(
                    Scanner.Read(database, workload, order, threads),
                    $"{workload.Name} read from segments"
                )
            );
            figures.Add($"read.{workload.Name}.{variant}", "rows/s", Timing.RowsPerSecond(workload.RowCount, seconds));
        }
    }

    /// <summary>At full speed, with and without the run hash; the hash must repeat.</summary>
    public void Replay(Workload workload)
    {
        string? runHash = null;
        var seconds = Timing.Seconds(() => Play(withHash: false));
        figures.Add($"replay.{workload.Name}.max", "rows/s", Timing.RowsPerSecond(workload.RowCount, seconds));
        seconds = Timing.Seconds(() =>
        {
            var played = Play(withHash: true).RunHash;
            if (played != (runHash ??= played))
            {
                throw new InvalidDataException($"Two replays of {workload.Name} have different run hashes");
            }
        });
        figures.Add(
            $"replay.{workload.Name}.max_with_run_hash",
            "rows/s",
            Timing.RowsPerSecond(workload.RowCount, seconds)
        );

        ReplayReport Play(bool withHash)
        {
            using var snapshot = database.OpenSnapshot();
            var session = new ReplaySession(
                new ReplayOptions
                {
                    Tables = [snapshot.GetTable(workload.Name)],
                    ComputeRunHash = withHash,
                    Pool = database.Pool,
                }
            );
            var rows = 0L;
            var result = session.Run(block => rows += block.RowCount);
            return rows == workload.RowCount
                ? result
                : throw new InvalidDataException($"A replay gave {rows} rows of {workload.Name}");
        }
    }
}
