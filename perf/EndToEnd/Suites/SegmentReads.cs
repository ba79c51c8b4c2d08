using TickStore.Core;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;
using TickStore.Streaming;

namespace TickStore.EndToEnd.Suites;

/// <summary>Reading sealed rows: scans, time order, replay. The database is warm: its bytes are in the page cache.</summary>
internal sealed class SegmentReads(Report report, TickDatabase database)
{
    public void Scans(Workload workload)
    {
        Report.Progress($"tickstore: read {workload.Name} from segments");
        var expected = workload.Checksum(workload.RowCount);
        Time("segments_1_thread", ScanOrder.None, 1);
        Time("segments_2_threads", ScanOrder.None, 2);
        Time("segments_time_order", ScanOrder.EventTime, 1);

        void Time(string variant, ScanOrder order, int threads)
        {
            var seconds = Timing.MedianSeconds(() =>
                expected.MustEqual(
                    Scanner.Read(database, workload, order, threads),
                    $"{workload.Name} read from segments"
                )
            );
            report.Add($"read.{workload.Name}.{variant}", Measurement.TickStore, workload.RowCount / seconds, "rows/s");
        }
    }

    /// <summary>At full speed, with and without the run hash; the hash must repeat.</summary>
    public void Replay(Workload workload)
    {
        Report.Progress($"tickstore: replay {workload.Name}");
        var expected = workload.Checksum(workload.RowCount);
        string? runHash = null;
        var seconds = Timing.MedianSeconds(() => Play(withHash: false));
        report.Add($"replay.{workload.Name}.max", Measurement.TickStore, expected.RowCount / seconds, "rows/s");
        seconds = Timing.MedianSeconds(() =>
        {
            var played = Play(withHash: true).RunHash;
            if (played != (runHash ??= played))
            {
                throw new InvalidDataException($"Two replays of {workload.Name} have different run hashes");
            }
        });
        report.Add(
            $"replay.{workload.Name}.max_with_run_hash",
            Measurement.TickStore,
            expected.RowCount / seconds,
            "rows/s"
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
            return rows == expected.RowCount
                ? result
                : throw new InvalidDataException($"A replay gave {rows} rows of {workload.Name}");
        }
    }
}
