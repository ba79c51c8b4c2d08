using System.Diagnostics;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>Writes a workload's rows into its table.</summary>
internal sealed class ClickHouseLoader(ChDbConnection connection, string folder, Workload workload)
{
    private const long NanosPerDay = 86_400_000_000_000;
    private const int BlockRowsMax = 1 << 24;

    // Our blocks are already what an insert should be: not to be put together or cut further.
    private const string InsertSettings =
        "SETTINGS min_insert_block_size_rows = 0, min_insert_block_size_bytes = 0, async_insert = 0, optimize_on_insert = 0";

    /// <summary>
    /// A block for each day, inserted by two sessions at a time: each becomes one sorted part of its partition, so that nothing is
    /// left to merge but the blocks of days that were too long for one.
    /// </summary>
    /// <returns>Seconds.</returns>
    public double Bulk()
    {
        var clock = Create();
        var slices = new Queue<(int Start, int Count)>(Slices());
        var threads = Math.Min(2, slices.Count);
        Parallel.For(
            0,
            threads,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            index =>
            {
                var session = index == 0 ? connection : ChDbConnection.Open(folder);
                while (TryTake(slices, out var slice))
                {
                    Insert(session, slice.Start, slice.Count);
                }

                if (index != 0)
                {
                    session.Dispose();
                }
            }
        );
        connection.Execute($"OPTIMIZE TABLE {workload.Name} FINAL SETTINGS optimize_skip_merged_partitions = 1");
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>One insert a commit; it returns when the new part and its folder are written through.</summary>
    /// <returns>Seconds.</returns>
    public double Durable(int rowCount, int commitRows, Latencies commits)
    {
        var clock = Create();
        for (var start = 0; start < rowCount; start += commitRows)
        {
            var before = Stopwatch.GetTimestamp();
            Insert(connection, start, Math.Min(commitRows, rowCount - start));
            commits.Add(Stopwatch.GetTimestamp() - before);
        }

        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Removes what an earlier load left, starts the clock, and makes the table.</summary>
    private Stopwatch Create()
    {
        connection.Execute($"DROP TABLE IF EXISTS {workload.Name} SYNC");
        var clock = Stopwatch.StartNew();
        connection.Execute(ClickHouseTable.Create(workload, workload.Name, isSmall: false));
        return clock;
    }

    private void Insert(ChDbConnection session, int startRow, int count)
    {
        using var insert = session.Insert($"INSERT INTO {workload.Name} {InsertSettings}", "Native");
        ClickHouseTable.WriteBlock(new NativeBlockWriter(insert, workload.SymbolNames), workload, startRow, count);
        insert.Finish();
    }

    /// <summary>The rows cut at midnight (UTC), and long days in equal pieces.</summary>
    private IEnumerable<(int Start, int Count)> Slices()
    {
        var times = ClickHouseTable.Times(workload);
        for (var start = 0; start < workload.RowCount; )
        {
            var midnight = ((times[start] / NanosPerDay) + 1) * NanosPerDay;
            var end = FirstAtOrAfter(times, midnight);
            var pieces = ((end - start - 1) / BlockRowsMax) + 1;
            for (var i = 0; i < pieces; i++)
            {
                var from = start + (int)((long)(end - start) * i / pieces);
                yield return (from, start + (int)((long)(end - start) * (i + 1) / pieces) - from);
            }

            start = end;
        }
    }

    private static int FirstAtOrAfter(long[] ascending, long value)
    {
        var (low, high) = (0, ascending.Length);
        while (low < high)
        {
            var middle = (int)(((long)low + high) / 2);
            (low, high) = ascending[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static bool TryTake(Queue<(int Start, int Count)> slices, out (int Start, int Count) slice)
    {
        lock (slices)
        {
            return slices.TryDequeue(out slice);
        }
    }
}
